"""The administrator's mailbox: mails of a backend without a mail server."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Site
from .people import Person
from .probe import run
from .stand_in import answering

pytestmark = pytest.mark.site

PAGE = "/wp-admin/admin.php?page=trp-mailbox"
ANSWERED_AT = "/api/sites/mailbox"
MAIL = {
    "id": "0b0f6c1e-7c1d-4f5a-9a54-0d8b6c2f1a11",
    "to": "someone@example.com",
    "subject": "Reset <b>your</b> password",
    "text": "Open http://127.0.0.1/reset?token=1 <script>alert(1)</script>",
    "html": "<p>Hello &lt;b&gt;Ann&lt;/b&gt;</p><script>document.body.id = 'ran'</script>",
    "created_at": "2026-03-01T10:00:00Z",
}
SET_SCOPES = """
$kept = get_option( 'trp_connection' );
update_option( 'trp_connection', array( 'scopes' => array( {scopes} ) ) + $kept );
return $kept['scopes'];
"""


def set_scopes(site: Site, scopes: list[str]) -> list[str]:
    """What the site believes it may do; answers what it believed before."""
    words = ", ".join(f"'{scope}'" for scope in scopes)
    before: list[str] = run(site.wordpress_url, site.files, SET_SCOPES.format(scopes=words))
    return before


@pytest.fixture
def allowed(site: Site) -> Iterator[Site]:
    before = set_scopes(site, ["act_for_users", "mailbox"])
    yield site
    set_scopes(site, before)


def shown(site: Site, administrator: Person, status: int, body: Any) -> str:
    with answering(site.files, {ANSWERED_AT: (status, body)}):
        return administrator.visitor.page(PAGE).text


def test_a_site_that_may_not_read_mails_has_no_mailbox(site: Site, administrator: Person) -> None:
    before = set_scopes(site, ["act_for_users"])
    try:
        assert "trp-mailbox" not in administrator.visitor.page("/wp-admin/").text
        assert administrator.visitor.page(PAGE).status == 403
    finally:
        set_scopes(site, before)


def test_a_copy_of_the_site_has_no_mailbox(allowed: Site) -> None:
    code = """
    $here = TRP_Connection::may( 'mailbox' );
    add_filter( 'home_url', static fn() => 'https://copy.example' );
    return array( $here, TRP_Connection::may( 'mailbox' ) );
    """
    assert run(allowed.wordpress_url, allowed.files, code) == [True, False]


def test_the_list_shows_recipient_subject_and_time(allowed: Site, administrator: Person) -> None:
    page = shown(allowed, administrator, 200, {"mails": [MAIL]})
    assert "someone@example.com" in page
    assert "Reset &lt;b&gt;your&lt;/b&gt; password" in page
    assert "March 1, 2026 10:00 am" in page


def test_an_empty_mailbox_says_when_the_first_mail_comes(
    allowed: Site, administrator: Person
) -> None:
    assert "There are no mails yet" in shown(allowed, administrator, 200, {"mails": []})


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (409, "mail_is_sent", "has a mail server"),
        (403, "scope_missing", "does not allow this site to read its mails"),
        (401, "assertion_refused", "does not allow this site to read its mails"),
        (500, "failed", "answered with status 500 (request request-of-the-test)"),
    ],
)
def test_a_refusal_is_told_as_a_sentence(
    allowed: Site, administrator: Person, status: int, code: str, words: str
) -> None:
    assert words in shown(allowed, administrator, status, {"error": code})


def test_a_mail_is_shown_as_written_and_nothing_in_it_runs(
    allowed: Site, administrator: Person, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies(administrator.visitor.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    with answering(allowed.files, {ANSWERED_AT: (200, {"mails": [MAIL]})}):
        page.goto(allowed.wordpress_url + PAGE)
        page.get_by_role("link", name="Reset <b>your</b> password").click()
        expect(page.get_by_role("heading", name="Reset <b>your</b> password")).to_be_visible()
        mail = page.frame_locator("iframe[sandbox='']")
        expect(mail.locator("p")).to_have_text("Hello <b>Ann</b>")
        expect(mail.locator("#ran")).to_have_count(0)
        expect(page.locator("pre")).to_have_text(MAIL["text"])
        expect(page.locator("pre a")).to_have_attribute("href", "http://127.0.0.1/reset?token=1")
    context.close()
