"""The account's screens in a browser: the second factor, trading accounts, settings, leaving."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from .browsing import SECONDS, Visitor, code_field, enrol_on_screen, overflow, visit
from .conftest import Site
from .people import PASSWORD, Person, add_member, enrol, sign_in

pytestmark = pytest.mark.site

STALE = {
    "error": "step_up_required",
    "message": "Confirm with your authenticator app that it is you.",
    "details": {"how": "POST /api/auth/step-up", "needs": ["totp_code"]},
}


@dataclass(frozen=True)
class Owner:
    """A member at the dashboard, with the authenticator app set up there."""

    visitor: Visitor
    person: Person
    codes: list[str]

    @property
    def page(self) -> Page:
        return self.visitor.page

    def open(self, address: str) -> Page:
        """The dashboard at this address below the hash."""
        self.page.goto(f"{self.visitor.site}/dashboard/#/{address}")
        return self.page


def give_backup_code(page: Page, code: str, button: str) -> None:
    page.get_by_role("button", name="Use a backup code").click()
    page.get_by_label("Backup code", exact=True).fill(code)
    page.get_by_role("button", name=button).click()


@pytest.fixture
def newcomer(browser: Browser, site: Site, member: Person) -> Iterator[Visitor]:
    """Someone who signed in here for the first time."""
    visitor = visit(browser, site, member)
    yield visitor
    visitor.page.context.close()


def owner_of(browser: Browser, site: Site, member: Person) -> Owner:
    codes = enrol(member)
    visitor = visit(browser, site, member)
    expect(visitor.page.get_by_role("heading", name="Dashboard")).to_be_visible()
    return Owner(visitor, member, codes)


@pytest.fixture
def own_owner(browser: Browser, site: Site, member: Person) -> Iterator[Owner]:
    """Of one test alone."""
    made = owner_of(browser, site, member)
    yield made
    made.page.context.close()


@pytest.fixture(scope="module")
def settled(browser: Browser, site: Site, administrator: Person) -> Iterator[Owner]:
    made = owner_of(browser, site, add_member(site.wordpress_url, administrator))
    yield made
    made.page.context.close()


@pytest.fixture
def owner(settled: Owner) -> Owner:
    """The same for the tests that leave an account as it was, back on the first page."""
    settled.open("")
    expect(settled.page.get_by_role("heading", name="Dashboard")).to_be_visible()
    settled.visitor.complaints.clear()
    return settled


def stale_once(page: Page, path: str) -> None:
    """The next call of this path is refused as it is ten minutes after the last code."""

    def refuse(route: Route) -> None:
        route.fulfill(status=403, content_type="application/json", body=json.dumps(STALE))

    page.route(f"**/me/{path}", refuse, times=1)


def test_a_newcomer_sets_up_the_second_factor_before_anything_else(newcomer: Visitor) -> None:
    page = newcomer.page
    expect(page.get_by_role("heading", name="Secure your account")).to_be_visible()
    expect(page.get_by_role("navigation", name="Parts of the dashboard")).to_be_hidden()
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_alt_text("QR code for the authenticator app")).to_be_visible()
    expect(code_field(page)).to_have_attribute("autocomplete", "one-time-code")
    code_field(page).fill("000 000")
    page.get_by_role("button", name="Confirm").click()
    expect(code_field(page)).to_have_attribute("aria-invalid", "true")
    expect(code_field(page)).to_be_focused()

    page.reload()
    codes = enrol_on_screen(newcomer)

    assert len(set(codes)) == 10
    first = page.locator(".trp-steps li").first
    expect(first).to_contain_text("Secure your account")
    expect(first).to_have_attribute("data-done", "")
    expect(page.get_by_text(codes[0])).to_have_count(0)


def test_a_new_session_gives_a_code_and_goes_on_where_it_was(
    browser: Browser, site: Site, own_owner: Owner
) -> None:
    again = sign_in(site.wordpress_url, own_owner.person.email, PASSWORD)
    other = visit(browser, site, again).page
    other.goto(f"{site.wordpress_url}/dashboard/#/settings/sessions")
    other.reload()
    expect(other.get_by_role("heading", name="Enter the code")).to_be_visible()
    code_field(other).fill("000000")
    other.get_by_role("button", name="Go on").click()
    expect(code_field(other)).to_have_attribute("aria-invalid", "true")

    give_backup_code(other, own_owner.codes[0], "Go on")

    expect(other.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    expect(other.get_by_text("This session")).to_have_count(1)
    other.get_by_role("button", name=re.compile("End the session")).click()
    expect(other.get_by_text("The session has ended.")).to_be_visible()
    other.context.close()


def test_an_action_asks_for_the_code_and_then_goes_on_by_itself(owner: Owner) -> None:
    page = owner.open("settings/security")
    stale_once(page, "auth/2fa/backup-codes")
    page.get_by_role("button", name="New backup codes").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Confirm that it is you")
    expect(code_field(page)).to_be_focused()

    give_backup_code(page, owner.codes[1], "Confirm")

    expect(page.get_by_role("dialog")).to_contain_text("Your new backup codes")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 left")).to_be_visible()


def test_an_action_that_nobody_confirms_changes_nothing(owner: Owner) -> None:
    page = owner.open("settings/security")
    stale_once(page, "auth/2fa/backup-codes")
    page.get_by_role("button", name="New backup codes").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing was changed")).to_be_visible()
    expect(page.get_by_role("button", name="New backup codes")).to_be_focused()
    page.reload()
    expect(page.get_by_text("10 left")).to_be_visible()


def test_the_tabs_and_sections_are_reached_by_keyboard_and_by_address(owner: Owner) -> None:
    page = owner.page
    tabs = page.get_by_role("navigation", name="Parts of the dashboard")
    tabs.get_by_role("link", name="Settings").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_focused()
    sections = page.get_by_role("navigation", name="Sections of the settings")
    sections.get_by_role("link", name="Activity").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Two-step sign-in turned on")).to_be_visible()
    expect(sections.get_by_role("link", name="Activity")).to_be_focused()
    assert page.url.endswith("#/settings/activity")

    page.reload()

    expect(page.get_by_role("heading", name="Activity", level=2)).to_be_visible()
    assert owner.visitor.complaints == []


def test_a_refusal_of_the_broker_is_shown_at_its_field(owner: Owner) -> None:
    page = owner.open("accounts")
    expect(page.get_by_text("No trading account yet")).to_be_visible()
    page.get_by_role("link", name="Add an account").click()
    page.get_by_role("button", name="Check and add").click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Name").fill("Mine")
    page.get_by_label("API key ID").fill("PK00000000000000")
    page.get_by_label("Secret key").fill("not a secret of anybody's, at all")
    page.get_by_role("button", name="Check and add").click()
    expect(page.get_by_label("API key ID")).to_have_attribute(
        "aria-invalid", "true", timeout=30 * SECONDS
    )
    expect(page.get_by_label("Secret key")).to_have_attribute("type", "password")


def test_a_leaving_account_can_be_restored(own_owner: Owner) -> None:
    page = own_owner.open("settings/data")
    page.get_by_role("button", name="Delete account").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete my account").click()
    page.get_by_role("dialog").get_by_role("button", name="Understood").click()
    expect(page.get_by_role("heading", name="This account is about to be deleted")).to_be_visible()

    page.get_by_role("button", name="Restore my account").click()

    expect(page.get_by_text("Your account stays")).to_be_visible()


def test_the_screens_fit_narrow_and_wide(owner: Owner) -> None:
    page = owner.open("settings/security")
    expect(page.get_by_text("Connected sites")).to_be_visible()
    security = {width: overflow(page, width) for width in (320, 390, 1280)}
    owner.open("accounts/new")
    expect(page.get_by_label("API key ID")).to_be_visible()
    accounts = {width: overflow(page, width) for width in (320, 390, 1280)}
    assert security == accounts == {320: 0, 390: 0, 1280: 0}


def test_an_account_that_exists_is_connected_on_the_services_own_page(
    browser: Browser, site: Site, member: Person
) -> None:
    account = {"email": member.email, "password": PASSWORD, "confirm_password": PASSWORD}
    assert requests.post(f"{site.api_url}/api/auth/register", json=account, timeout=10).ok
    page = visit(browser, site, member).page
    page.get_by_role("button", name=re.compile("connect", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", name="Connect your account")).to_be_visible()
    assert page.url.startswith(f"{site.api_url}/account/link?")
    page.get_by_label("Email address").fill(member.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and connect").click()
    expect(page.get_by_text("Your accounts are connected")).to_be_visible()
    assert page.url == f"{site.wordpress_url}/dashboard/"
    page.context.close()
