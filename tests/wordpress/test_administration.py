"""The administration: every action needs the capability and its own nonce."""

import pytest

from .people import Person

pytestmark = pytest.mark.slow

ACTIONS = ["trp_connect", "trp_disconnect", "trp_make_pages", "trp_flush_cache"]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_without_its_nonce_is_refused(administrator: Person, action: str) -> None:
    answer = administrator.visitor.form("/wp-admin/admin-post.php", {"action": action, "code": "x"})
    assert answer.status == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_a_subscriber_may_do_nothing(demo: Person, action: str) -> None:
    answer = demo.visitor.form("/wp-admin/admin-post.php", {"action": action, "code": "x"})
    assert answer.status == 403


@pytest.mark.parametrize("page", ["trp-overview", "trp-settings"])
def test_a_subscriber_sees_no_administration_page(demo: Person, page: str) -> None:
    assert demo.visitor.page(f"/wp-admin/admin.php?page={page}").status == 403


def test_the_overview_says_that_the_site_is_connected(administrator: Person) -> None:
    page = administrator.visitor.page("/wp-admin/admin.php?page=trp-overview").text
    assert "Connected as site" in page
    assert "Answers with status 200" in page


def test_the_settings_page_shows_no_key(administrator: Person) -> None:
    page = administrator.visitor.page("/wp-admin/admin.php?page=trp-settings").text
    assert "One-time code" in page
    assert "private_key" not in page
