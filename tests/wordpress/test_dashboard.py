"""The user dashboard in a browser: from signing up to a paper trade on the page."""

import json
import re
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsing import SECONDS, Visitor, enrol_on_screen, overflow, visit
from .conftest import Site
from .people import PASSWORD, Person, add_member, enrol

pytestmark = pytest.mark.site


def sign_up(browser: Browser, site: Site) -> Visitor:
    visitor = visit(browser, site)
    page = visitor.page
    page.get_by_role("tab", name="Create an account").click()
    page.get_by_label("Email").fill(f"{uuid.uuid4().hex[:12]}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    enrol_on_screen(visitor)
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible(timeout=30 * SECONDS)
    return visitor


def make_bot(page: Page, name: str) -> str:
    """Make a bot through the form; answers its webhook address."""
    page.get_by_role("link", name="Create a bot").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Symbols").fill("BTC-USD")
    page.get_by_label("Amount per trade").fill("1000")
    page.get_by_role("button", name="Create bot").click()
    address = page.get_by_role("dialog").get_by_label("Webhook address", exact=True)
    expect(address).to_have_text(re.compile(r"/webhook/[0-9a-f-]{36}/\S+"))
    url = address.inner_text()
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return url


def send_alert(url: str, alert: dict[str, Any]) -> int:
    request = urllib.request.Request(
        url,
        data=json.dumps(alert).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


@pytest.fixture
def newcomer(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = sign_up(browser, site)
    yield visitor
    visitor.page.context.close()


@dataclass(frozen=True)
class Member:
    """Someone with a second factor, and their window."""

    person: Person
    visitor: Visitor


@pytest.fixture(scope="module")
def settled(browser: Browser, site: Site, administrator: Person) -> Iterator[Member]:
    person = add_member(site.wordpress_url, administrator)
    enrol(person)
    found = Member(person, visit(browser, site, person))
    yield found
    found.visitor.page.context.close()


@pytest.fixture
def trader(settled: Member) -> Iterator[Visitor]:
    """The same for all that trade nothing: without a bot, on the first page, freshly loaded."""
    visitor, person = settled.visitor, settled.person
    visitor.page.evaluate("location.hash = '#/'")
    visitor.page.reload()
    visitor.complaints.clear()
    yield visitor
    visitor.page.unroute_all()
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
    for bot in person.visitor.call("GET", "me/bots", nonce=person.nonce).json["bots"]:
        person.visitor.call("DELETE", f"me/bots/{bot['id']}", nonce=person.nonce)


@pytest.fixture
def new_trader(browser: Browser, site: Site, member: Person) -> Iterator[Visitor]:
    enrol(member)
    visitor = visit(browser, site, member)
    yield visitor
    visitor.page.context.close()


def test_an_alert_becomes_a_trade_on_the_page_without_a_reload(newcomer: Visitor) -> None:
    page = newcomer.page
    expect(page.get_by_text("Your first paper trade in three steps")).to_be_visible()
    url = make_bot(page, "BTC breakout")
    page.get_by_role("link", name="Dashboard", exact=True).last.click()
    expect(page.get_by_text("No trades yet")).to_be_visible()
    page.evaluate("window.stayed = true")

    assert send_alert(url, {"action": "buy", "symbol": "BTC-USD"}) == 200

    trade = page.locator(".trp-log li", has_text=re.compile(r"Buy .* BTC-USD at \$"))
    expect(trade.filter(has_text="Filled").first).to_be_visible(timeout=10 * SECONDS)
    expect(page.get_by_role("meter", name="Alerts today")).to_have_attribute(
        "aria-valuenow", "1", timeout=10 * SECONDS
    )
    expect(page.get_by_text("Your first paper trade in three steps")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    assert newcomer.complaints == []


def test_a_closed_trade_shows_in_the_figures_and_the_log_explains_it(new_trader: Visitor) -> None:
    page = new_trader.page
    url = make_bot(page, "Round trip")
    send_alert(url, {"action": "buy", "symbol": "BTC-USD"})
    trades = page.locator(".trp-table tbody tr", has_text="BTC-USD")
    expect(trades.filter(has_text="Filled").first).to_be_visible(timeout=15 * SECONDS)

    send_alert(url, {"action": "close", "symbol": "BTC-USD", "stop_los": 1})

    round_trips = page.locator(".trp-kpi", has_text="Round trips").locator(".trp-kpi__value")
    expect(round_trips).to_have_text("1", timeout=15 * SECONDS)
    page.get_by_role("link", name="Signal log").click()
    entry = page.locator(".trp-log details").first
    expect(entry.locator("summary").first).to_contain_text("Not used: stop_los.")
    entry.locator("summary").first.click()
    expect(entry.locator(".trp-timeline li").first).to_be_visible()
    page.wait_for_timeout(4 * SECONDS)
    expect(entry).to_have_attribute("open", "")
    assert new_trader.complaints == []


def test_a_bot_is_paused_started_and_deleted(trader: Visitor) -> None:
    page = trader.page
    make_bot(page, "Short life")
    status = page.locator(".trp-app__status")
    page.get_by_role("button", name="Pause: Short life").click()
    expect(status.get_by_text("Paused")).to_be_visible()
    page.get_by_role("button", name="Start: Short life").click()
    expect(status.get_by_text("Running")).to_be_visible()

    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete Short life?")
    dialog.get_by_role("button", name="Delete bot").click()

    expect(page.get_by_text("Your first paper trade in three steps")).to_be_visible()
    expect(page.locator(".trp-table", has_text="Short life")).to_have_count(0)
    assert trader.complaints == []


def test_a_clone_beyond_the_plan_says_what_unlocks_it(trader: Visitor) -> None:
    page = trader.page
    make_bot(page, "Only one")
    page.get_by_role("button", name="Clone").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The Free plan includes 1 bot")
    expect(dialog).to_contain_text("The Low Commitment plan unlocks more")
    expect(dialog.get_by_role("link", name="Upgrade to Low Commitment")).to_be_visible()


def test_a_second_user_sees_none_of_it(
    browser: Browser, site: Site, trader: Visitor, administrator: Person
) -> None:
    make_bot(trader.page, "Private bot")
    address = trader.page.url
    stranger = add_member(site.wordpress_url, administrator)
    enrol(stranger)
    other = visit(browser, site, stranger)

    expect(other.page.get_by_text("Your first paper trade in three steps")).to_be_visible()
    expect(other.page.get_by_text("Private bot")).to_have_count(0)
    other.page.goto(address)
    other.page.reload()

    expect(other.page.get_by_text("There is nothing here")).to_be_visible()
    expect(other.page.get_by_text("Private bot")).to_have_count(0)
    other.page.context.close()


def test_the_main_actions_are_reached_by_keyboard(trader: Visitor) -> None:
    page = trader.page
    page.get_by_role("link", name="Create a bot").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Create a bot")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("dialog").get_by_role("button", name="Copy: Webhook address")
    ).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="By keyboard", level=1)).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert trader.complaints == []


def test_a_wrong_password_is_refused_in_words(browser: Browser, site: Site) -> None:
    visitor = visit(browser, site)
    visitor.page.get_by_label("Email or username").fill("nobody@example.com")
    visitor.page.get_by_label("Password").fill("not the password")
    visitor.page.get_by_role("tabpanel").get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.page.context.close()


def test_the_dashboard_fits_the_screen(trader: Visitor) -> None:
    make_bot(trader.page, "A bot with a name that is longer than most")
    wider = {width: overflow(trader.page, width) for width in (320, 390, 1280)}
    assert wider == {320: 0, 390: 0, 1280: 0}
    trader.page.set_viewport_size({"width": 320, "height": 900})
    trader.page.route("**/me/**", lambda route: None)  # nothing answers: the page stays loading
    trader.page.reload()
    expect(trader.page.locator(".trp-skeleton").first).to_be_visible()
    assert overflow(trader.page, 320) == 0
