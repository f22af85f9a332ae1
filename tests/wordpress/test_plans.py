"""Plans and robots sold on the site, at the simulated Stripe's pages, with its test cards."""

import re
import subprocess
import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.trading_accounts.traders import coinbase

from .browsing import Visitor, enrol_on_screen, overflow, visit
from .conftest import TRP, Site
from .people import PASSWORD, Person, enrol
from .shopping import MONTH_SECONDS, Stripe, confirm, open_subscription, pay
from .test_trading_screens import Exchange

pytestmark = pytest.mark.site

BOT = {
    "asset_type": "crypto",
    "exchange": "coinbase",
    "position_sizing": {"type": "fixed_amount", "value": "100"},
}
DECLINED = "4000 0000 0000 0002"


def call(page: Page, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST as the dashboard's script does; answers the status and the body."""
    sent = """async ([path, body]) => {
        const { root, nonce } = JSON.parse(
            document.querySelector('.trp-dashboard').dataset.config);
        const headers = { 'Content-Type': 'application/json', 'X-WP-Nonce': nonce };
        const answer = await fetch(root + 'me/' + path,
            { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, ...await answer.json() };
    }"""
    answer: dict[str, Any] = page.evaluate(sent, [path, body])
    return answer


def come_from_the_pricing_page(visitor: Visitor) -> None:
    """What was chosen there is still there behind the door."""
    page = visitor.page
    page.goto(f"{visitor.site}/pricing/")
    page.get_by_role("link", name=re.compile("Upgrade to Mid-Tier")).click()
    page.get_by_label("Email").fill(f"{uuid.uuid4().hex[:12]}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Secure your account")).to_be_visible()
    enrol_on_screen(visitor)
    expect(page.get_by_role("heading", name="Upgrade to Mid-Tier")).to_be_visible()


def subscribe(visitor: Visitor, account: dict[str, Any]) -> None:
    """Live trading is refused before and allowed afterwards."""
    page = visitor.page
    refused = call(page, "trading-accounts", account)
    assert (refused["error"], refused["details"]["limit"]) == ("plan_limit_reached", "live_trading")
    visitor.complaints.clear()  # the browser notes the refusal
    page.get_by_role("button", name="Continue to Stripe").click()
    pay(page, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("declined")
    pay(page)
    expect(page.get_by_role("heading", name="You are on Mid-Tier now")).to_be_visible()
    assert call(page, "trading-accounts", account)["status"] == 201


def see_that_a_bot_may_go_live(page: Page, bot_id: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/bots/{bot_id}/settings")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_label("Capital for this bot")).to_be_visible()
    page.keyboard.press("Escape")


def downgrade(page: Page, site: Site) -> None:
    open_subscription(page, site)
    expect(page.get_by_role("region", name="Invoices")).to_contain_text("$29.99")
    page.get_by_role("link", name="Downgrade to Low Commitment").click()
    expect(page.get_by_text("Nothing is charged now")).to_be_visible()
    page.get_by_role("button", name="Downgrade on").click()
    expect(page.get_by_text(re.compile("^Low Commitment begins on"))).to_be_visible()


def choose_bots(page: Page) -> None:
    """Six bots, five places: the newest has none until it is chosen instead of the oldest."""
    expect(page.get_by_role("heading", name="Choose which bots stay")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("5 chosen, 5 places")).to_be_visible()
    page.get_by_label("Bot 0").uncheck()
    page.get_by_label("Bot 5").check()
    page.get_by_role("button", name="Keep these bots").click()
    held = page.locator(".trp-places label", has_text="Paused by the plan")
    expect(held).to_have_text(re.compile("^Bot 0"))


def cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel the subscription…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Free begins, with 1 bot.")
    confirm(page, "Cancel the subscription")
    expect(page.get_by_text(re.compile("^Low Commitment ends on"))).to_be_visible()


def counts_the_bots_limit(answer: Response) -> bool:
    is_count = answer.url.endswith("/me/upgrade-prompts")
    return is_count and answer.request.post_data_json["limit"] == "bots"


def test_a_limit_offers_the_plan_that_lifts_it_and_is_counted(
    browser: Browser, site: Site, member: Person
) -> None:
    enrol(member)
    made = member.visitor.call("POST", "me/bots", {"name": "Only one", **BOT}, member.nonce)
    assert made.status == 201, made.text
    visitor = visit(browser, site, member)
    page = visitor.page
    expect(page.get_by_text("Not shown for your bots: weekly, monthly, all-time")).to_be_visible()
    with page.expect_response(counts_the_bots_limit) as shown:
        page.get_by_role("button", name="Create a bot").click()
    offer = page.get_by_role("dialog").get_by_role("link", name="Upgrade to Low Commitment")
    with page.expect_response(counts_the_bots_limit) as followed:
        offer.click()
    expect(page.get_by_role("heading", name="Upgrade to Low Commitment")).to_be_visible()
    place = {"limit": "bots", "place": "dashboard", "next_plan": "low"}
    assert shown.value.request.post_data_json == {"kind": "shown", **place}
    assert followed.value.request.post_data_json == {"kind": "clicked", **place}
    assert (shown.value.status, followed.value.status) == (200, 200)
    page.get_by_role("button", name="Continue to Stripe").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="Nothing was bought")).to_be_visible()
    assert visitor.complaints == []
    page.context.close()


def test_a_robot_is_bought_by_itself(browser: Browser, site: Site, member: Person) -> None:
    enrol(member)
    visitor = visit(browser, site, member)
    page = visitor.page
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    page.goto(f"{site.wordpress_url}/marketplace/")
    card = page.locator("[data-robot]", has_text="TSLA Improved Strategy")
    expect(card.get_by_text("Included on paper")).to_be_visible()
    expect(card.get_by_role("link", name="Try demo")).to_be_visible()
    expect(card.get_by_role("link", name="Upgrade to Mid-Tier")).to_be_visible()
    card.get_by_role("link", name="Purchase for $19.00").click()
    page.get_by_role("button", name="Continue to Stripe").click()
    pay(page)
    expect(page.get_by_role("heading", name="TSLA Improved Strategy is yours")).to_be_visible()
    page.get_by_role("link", name="Use this robot").click()
    expect(page.get_by_label("Robot", exact=True)).to_have_value("tsla_improved_strategy")
    page.goto(f"{site.wordpress_url}/marketplace/")
    expect(card.get_by_text("Yours")).to_be_visible()
    assert visitor.complaints == []
    page.context.close()


def test_a_visitor_asks_about_a_plan_and_the_operator_is_written_to(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.wordpress_url}/pricing/")
    page.get_by_role("button", name=re.compile("^Contact Sales for Premium")).click()
    form, name = page.get_by_role("dialog", name="Ask about Premium"), f"Ada {uuid.uuid4().hex[:8]}"
    form.get_by_label("Your name").fill(name)
    form.get_by_label("Email").fill("nobody")
    form.get_by_role("button", name="Send the question").click()
    expect(form.get_by_text("This is needed.")).to_be_visible()
    form.get_by_label("Your question").fill("Can you build our own robot?")
    form.get_by_role("button", name="Send the question").click()
    expect(form.get_by_text("Not a valid email address.")).to_be_visible()
    form.get_by_label("Email").fill("ada@example.com")
    form.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("dialog")).to_contain_text("We answer to ada@example.com.")
    page.get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("button", name=re.compile("^Contact Sales"))).to_be_focused()
    command = [TRP, "mail", "--home", str(site.home)]
    mails = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f"Enquiry about Premium from {name}" in mails
    context.close()


def test_a_visitor_subscribes_downgrades_chooses_bots_and_cancels(
    browser: Browser, site: Site
) -> None:
    account = coinbase(Exchange(site), can_trade=True, balances={"USD": "5000"})  # type: ignore[arg-type]
    visitor = visit(browser, site)
    page = visitor.page
    come_from_the_pricing_page(visitor)
    subscribe(visitor, account)
    made = [call(page, "bots", {"name": f"Bot {number}", **BOT}) for number in range(6)]
    see_that_a_bot_may_go_live(page, made[0]["bot"]["id"])
    downgrade(page, site)
    Stripe(site).tell("clock", advance_seconds=MONTH_SECONDS)
    choose_bots(page)
    cancel(page)
    assert overflow(page, 320) == 0

    page.goto(f"{site.wordpress_url}/pricing/")
    own = page.get_by_role("article", name="Low Commitment")
    expect(own.get_by_text("Your plan", exact=True)).to_be_visible()
    expect(own.get_by_text("Ends on")).to_be_visible()
    expect(page.get_by_text("Low Commitment ends on")).to_be_visible()
    assert visitor.complaints == []
    page.context.close()
