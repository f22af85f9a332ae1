"""The administration: every action needs the capability and its own nonce."""

import pytest

from .conftest import Site
from .visitor import Visitor

pytestmark = pytest.mark.slow

ACTIONS = ["trp_connect", "trp_disconnect", "trp_make_pages", "trp_flush_cache"]


def signed_in(site: Site, login: str, password: str) -> Visitor:
    visitor = Visitor(site.wordpress_url)
    visitor.sign_in(login, password)
    return visitor


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_without_its_nonce_is_refused(site: Site, action: str) -> None:
    admin = signed_in(site, "admin", site.admin_password)
    answer = admin.form("/wp-admin/admin-post.php", {"action": action, "code": "x"})
    assert answer.status == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_a_subscriber_may_do_nothing(site: Site, action: str) -> None:
    user = signed_in(site, site.demo["email"], site.demo["password"])
    answer = user.form("/wp-admin/admin-post.php", {"action": action, "code": "x"})
    assert answer.status == 403


@pytest.mark.parametrize("page", ["trp-overview", "trp-settings"])
def test_a_subscriber_sees_no_administration_page(site: Site, page: str) -> None:
    user = signed_in(site, site.demo["email"], site.demo["password"])
    assert user.page(f"/wp-admin/admin.php?page={page}").status == 403


def test_the_overview_says_that_the_site_is_connected(site: Site) -> None:
    admin = signed_in(site, "admin", site.admin_password)
    page = admin.page("/wp-admin/admin.php?page=trp-overview").text
    assert "Connected as site" in page
    assert "Answers with status 200" in page


def test_the_settings_page_shows_no_key(site: Site) -> None:
    admin = signed_in(site, "admin", site.admin_password)
    page = admin.page("/wp-admin/admin.php?page=trp-settings").text
    assert "One-time code" in page
    assert "private_key" not in page
