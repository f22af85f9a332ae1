"""All of a bot in a browser: its whole form, trying alerts, stopping, and real money."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.trading_accounts.traders import coinbase

from .browsing import SECONDS, Visitor, overflow, visit
from .conftest import Site
from .people import Person, enrol

pytestmark = pytest.mark.site

LIVE_BOT = {
    "name": "Night owl",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
    "risk_management": {"max_daily_loss": "200", "stop_loss_percent": "2"},
}


class Exchange:
    """The simulated broker that the running product trades at."""

    def __init__(self, site: Site) -> None:
        known = json.loads((site.home / "runtime.json").read_text())
        self.url = known["TRP_COINBASE_URL"]
        self.headers = {
            "APCA-API-KEY-ID": known["TRP_ALPACA_DATA_KEY"],
            "APCA-API-SECRET-KEY": known["TRP_ALPACA_DATA_SECRET"],
        }

    def tell(self, what: str, **body: Any) -> None:
        url = f"{self.url}/sandbox/{what}"
        assert requests.post(url, json=body, headers=self.headers, timeout=10).ok


@pytest.fixture
def trader(browser: Browser, site: Site, member: Person) -> Iterator[Visitor]:
    enrol(member)
    visitor = visit(browser, site, member)
    yield visitor
    visitor.page.context.close()


def fill_whole_form(page: Page) -> None:
    page.get_by_role("link", name="Create a bot").first.click()
    page.get_by_label("Name", exact=True).fill("Whole")
    page.get_by_label("Symbols").fill("BTC-USD")
    page.get_by_label("Size each trade by").select_option("percent_of_portfolio")
    page.get_by_label("Share per trade").fill("5")
    page.get_by_label("Stop loss").fill("2")
    page.get_by_label("Daily loss limit").fill("500")
    page.get_by_text("Hours in which it may open positions").click()
    page.get_by_role("button", name="Add hours").click()
    page.get_by_label("Sat", exact=True).check()
    page.get_by_label("Sun", exact=True).check()
    page.get_by_label("From", exact=True).fill("00:00")
    page.get_by_label("Until", exact=True).fill("23:59")
    page.get_by_text("Late, repeated and foreign alerts").click()
    page.get_by_role("button", name="TradingView’s own addresses").click()
    page.get_by_label("Oldest entry it takes").fill("5")
    page.get_by_role("button", name="Create bot").click()


def try_an_alert(page: Page) -> None:
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_label("Alert", exact=True).fill("buy 0.01 BTCUSD")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("It would trade")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Buy 0\.01 BTC-USD: Market"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Stop loss: stop \$.*Rests at the paper"))).to_be_visible()
    page.get_by_role("button", name="Send as a test").click()
    page.get_by_role("link", name="See what becomes of it").click()
    entry = page.locator(".trp-log details").first
    summary = entry.locator("summary").first
    expect(summary).to_contain_text(re.compile("Done.*Buy 0.01 BTC-USD.*Test"))
    summary.click()
    expect(entry.get_by_text("rules passed")).to_be_visible()


def close_everything(page: Page) -> None:
    page.get_by_role("link", name="Overview", exact=True).last.click()
    orders = page.get_by_role("region", name="Open orders")
    expect(orders.get_by_text("Rests at the paper broker")).to_be_visible()
    page.get_by_role("button", name="Stop…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Close everything").check()
    expect(dialog).to_contain_text("1 open position is closed at the market’s price")
    dialog.get_by_role("button", name="Close all positions").click()
    expect(page.locator(".trp-app__status").get_by_text("Paused")).to_be_visible()
    expect(page.get_by_text("No open position")).to_be_visible(timeout=30 * SECONDS)


def test_a_bot_is_made_in_full_tried_out_and_stopped(trader: Visitor) -> None:
    page = trader.page
    fill_whole_form(page)
    expect(page.get_by_label("Oldest entry it takes")).to_have_attribute("aria-invalid", "true")
    trader.complaints.clear()  # the browser notes the refusal
    page.get_by_label("Oldest entry it takes").fill("90")
    page.get_by_role("button", name="Create bot").click()
    page.get_by_role("button", name="I have copied it").click()

    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("Oldest entry it takes")).to_have_value("90")
    expect(page.get_by_label("Only take alerts from")).to_have_value(
        re.compile(r"52\.89\.214\.238\n")
    )
    size = page.locator(".trp-size")
    expect(size.locator("div", has_text="Amount")).to_contain_text("$5,000.00")
    page.get_by_label("Share per trade").fill("10")
    expect(size.locator("div", has_text="Amount")).to_contain_text("$10,000.00")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Mon–Sun 00:00–23:59 (New York)")).to_be_visible()
    try_an_alert(page)
    close_everything(page)
    assert overflow(page, 320) == 0
    assert trader.complaints == []


def test_everything_is_stopped_and_what_is_told_is_chosen(trader: Visitor) -> None:
    page = trader.page
    page.goto(f"{trader.site}/dashboard/#/settings/stop")
    page.get_by_role("button", name="Stop: All your bots").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop new entries").click()
    expect(page.get_by_text("You stopped all your bots")).to_be_visible()
    expect(page.get_by_text("The whole service")).to_have_count(0)
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_text("Trading is stopped.")).to_be_visible()
    page.get_by_role("button", name="Let them trade again").click()
    page.get_by_role("dialog").get_by_role("button", name="Let them trade again").click()
    expect(page.get_by_text("Trading is stopped.")).to_have_count(0)

    page.goto(f"{trader.site}/dashboard/#/settings/notifications")
    page.get_by_role("button", name="Add a channel").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Where to").select_option("webhook")
    dialog.get_by_label("Name").fill("Home server")
    dialog.get_by_label("Address").fill("https://trades.example.com/in")
    dialog.get_by_role("button", name="Add channel").click()
    expect(page.get_by_label("Signing secret", exact=True)).to_have_text(re.compile("^whsec_"))
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_label("An order traded by Mail").check()
    page.get_by_label("An order traded by Home server").uncheck()
    expect(page.get_by_label("An order traded by Home server")).to_be_enabled()
    page.reload()
    expect(page.get_by_label("An order traded by Mail")).to_be_checked()
    expect(page.get_by_label("An order traded by Home server")).not_to_be_checked()
    assert overflow(page, 320) == 0
    assert trader.complaints == []


def change_capital(page: Page) -> None:
    page.get_by_role("button", name="Put money in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("$1,500")
    dialog.get_by_role("button", name="Put money in").click()
    expect(page.get_by_text("$1,500.00 was put into Night owl.")).to_be_visible()
    expect(page.locator("section", has_text="Capital").last).to_contain_text("$101,4")
    page.get_by_role("button", name="Take money out").click()
    dialog.get_by_label("Amount").fill("200000")
    dialog.get_by_role("button", name="Take money out").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is free")
    dialog.get_by_role("button", name="Cancel").click()


def test_a_bot_goes_live_on_the_terms_shown_and_comes_back(
    browser: Browser, site: Site, demo: Person
) -> None:
    account = coinbase(Exchange(site), can_trade=True, balances={"USD": "5000"})  # type: ignore[arg-type]
    added = demo.visitor.call("POST", "me/trading-accounts", account, demo.nonce)
    assert added.status == 201, added.text
    made = demo.visitor.call("POST", "me/bots", LIVE_BOT, demo.nonce).json
    page = visit(browser, site, demo).page
    page.goto(f"{site.wordpress_url}/dashboard/#/bots/{made['bot']['id']}")
    assert requests.post(made["webhook_url"], data="buy BTCUSD", timeout=10).ok
    expect(page.get_by_role("region", name="Open positions")).to_contain_text("BTC-USD")
    assert requests.post(made["webhook_url"], data="close BTCUSD", timeout=10).ok
    expect(page.locator(".trp-kpi", has_text="Round trips")).to_contain_text("0 won, 1 lost")
    page.get_by_role("link", name="Settings", exact=True).last.click()
    change_capital(page)

    page.get_by_role("button", name="Go live").click()
    page.get_by_label("Capital for this bot").fill("1,000")
    page.get_by_role("button", name="Show the terms").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“Night owl” trades with real money, at Coinbase")
    expect(dialog).to_contain_text("It counts $1000 as its capital")
    dialog.get_by_role("button", name="Trade with real money").click()
    expect(page.get_by_text("Real money at Coinbase")).to_be_visible()
    expect(page.locator(".trp-app__status").get_by_text("Live")).to_be_visible()
    page.get_by_role("button", name="Back to paper").click()
    page.get_by_role("dialog").get_by_role("button", name="Back to paper").click()
    expect(page.get_by_text("Simulated money of this service")).to_be_visible()

    page.goto(f"{site.wordpress_url}/dashboard/#/accounts")
    page.get_by_role("button", name="Refresh: Coinbase").click()
    card = page.locator(".trp-account", has_text="Coinbase")
    expect(card.locator("div", has_text="Cash").last).to_contain_text("$5,000.00")
    page.context.close()
