"""The administration as its administrator sees it."""

import pytest

from .people import Person

pytestmark = pytest.mark.site


def test_the_overview_says_that_the_site_is_connected(administrator: Person) -> None:
    page = administrator.visitor.page("/wp-admin/admin.php?page=trp-overview").text
    assert "Connected as site" in page
    assert "Answers with status 200" in page


def test_the_settings_page_shows_no_key(administrator: Person) -> None:
    page = administrator.visitor.page("/wp-admin/admin.php?page=trp-settings").text
    assert "One-time code" in page
    assert "private_key" not in page
