"""Performance as visitors and traders see it: curves, history, files, and a sealed record."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from .browsing import SECONDS, Visitor, overflow, visit
from .conftest import Site
from .people import Person, enrol
from .probe import run
from .record import answers
from .shopping import give_plan
from .stand_in import answering
from .visitor import Visitor as Caller

pytestmark = pytest.mark.site

BOT = {
    "name": "Measured",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "trading_mode": "paper",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}


@pytest.fixture
def trader(browser: Browser, site: Site, member: Person) -> Iterator[Visitor]:
    enrol(member)
    visitor = visit(browser, site, member)
    yield visitor
    visitor.page.context.close()


@pytest.fixture
def empty_cache(site: Site) -> Iterator[None]:
    """What stands in for the backend is kept by no cache."""
    flush = "TRP_Public_Data::flush(); return null;"
    run(site.wordpress_url, site.files, flush)
    yield
    run(site.wordpress_url, site.files, flush)


def walk_along_the_curves(page: Page) -> None:
    """Four figures with their sentence and table; the keyboard moves the cursor of all in time."""
    figures = page.locator("figure.trp-chart")
    expect(figures).to_have_count(4)
    expect(figures.locator("figcaption")).to_have_count(4)
    expect(figures.locator("canvas")).to_have_count(4)
    figures.nth(0).locator(".trp-chart__plot").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(figures.nth(0).locator("output")).to_have_text(re.compile(r"\$103,"))
    expect(figures.nth(1).locator("output")).to_have_text(re.compile(r"−?\d\.\d\d%"))
    figures.nth(3).get_by_text("Data table").click()
    expect(figures.nth(3).locator("tbody tr").first).to_contain_text("%")


@pytest.mark.usefixtures("empty_cache")
def test_the_public_record_is_drawn_sorted_and_checked_in_the_browser(
    site: Site, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with answering(site.files, answers()):
        page.goto(f"{site.wordpress_url}/performance/")
        walk_along_the_curves(page)
        expect(page.get_by_text("These results are hypothetical.")).to_be_visible()
        table = page.get_by_role("region", name="Leaderboard")
        expect(table.locator("tbody tr")).to_have_count(4)
        expect(table).to_contain_text("Withdrawn")
        expect(table).to_contain_text("6 days of record, too short for a rank")
        expect(table.get_by_text("−$812.50").first).to_be_visible()
        expect(page.get_by_text("A rank needs 30 round trips and 21 days")).to_be_visible()
        table.get_by_role("link", name="Win rate").click()
        expect(page).to_have_url(re.compile(r"[?&]sort=win_rate"))
        expect(table.locator("th[aria-sort]")).to_have_text("Win rate")
        table.get_by_role("link", name="Old Robot").click()
        expect(page.get_by_role("heading", name="Old Robot")).to_be_visible()
        page.get_by_role("button", name="Verify in this browser").click()
        expect(page.get_by_text("hashes of 3 days were computed again")).to_be_visible()
        assert [overflow(page, width) for width in (1280, 320)] == [0, 0]
    with answering(site.files, answers(lines='{"name":"Fast Robot"}\n')):
        run(site.wordpress_url, site.files, "TRP_Public_Data::flush(); return null;")
        page.get_by_role("button", name="Verify in this browser").click()
        expect(page.get_by_text("are not the ones that were hashed")).to_be_visible()
    assert wrong == []
    page.close()


CURVES = """
$parts = static function ( $points, $ranked ) {
    $equity = array();
    for ( $n = 0; $n < $points; ++$n ) {
        $at       = gmdate( 'c', DAY_IN_SECONDS * $n );
        $equity[] = array( 'at' => $at, 'equity' => (string) ( 100 + $n ) );
    }
    $leader = array( 'name' => 'Young', 'mode' => 'paper', 'ranked' => $ranked, 'trade_count' => 9,
        'days' => 6, 'equity' => $equity );
    $charts = TRP_Record_Charts::of( $leader );
    $data = array( 'leader' => $leader, 'charts' => $charts, 'minimum' => array( 30, 21 ) );
    ob_start();
    TRP_Shortcodes::part( 'record', $data );
    return array( array_column( $charts, 'kind' ), wp_strip_all_tags( ob_get_clean() ) );
};
$young = array_map( static fn( $points ) => $parts( $points, false ), array( 1, 2, 5, 6 ) );
return array( ...$young, $parts( 60, true ) );
"""


def test_a_short_history_is_drawn_from_two_points_on_and_says_that_it_is_short(site: Site) -> None:
    found = run(site.wordpress_url, site.files, CURVES)
    curves, returns = ["equity", "drawdown"], ["equity", "drawdown", "returns"]
    kinds = [[], curves, returns, [*returns, "distribution"], [*returns, "distribution"]]
    assert [shown for shown, _ in found] == kinds
    is_short = ["The history is still short" in text for _, text in found]
    assert is_short == [True, True, True, True, False]
    assert "9 round trips, 6 days; a rank needs 30 and 21" in found[3][1]


@pytest.mark.usefixtures("empty_cache")
def test_a_visitor_chooses_only_among_what_there_is(site: Site) -> None:
    visitor = Caller(site.wordpress_url)
    with answering(site.files, answers()):
        assert visitor.call("GET", "public/chain-lines?day=2020-01-01").status == 404
        assert visitor.call("GET", "public/chain-lines?day=x").status == 400
        assert visitor.call("GET", "public/leaderboard?mode=backtest").status == 400
        assert visitor.call("GET", "public/leaderboard?sort=name").status == 400
        assert visitor.call("GET", "public/leaderboard?mode=live&place=2").status == 200


def trade_once(person: Person, page: Page) -> str:
    """A bot that has bought and sold; answers its address on the dashboard."""
    made = person.visitor.call("POST", "me/bots", BOT, person.nonce).json
    page.goto(f"{person.visitor.site_url}/dashboard/#/bots/{made['bot']['id']}")
    assert requests.post(made["webhook_url"], data="buy BTCUSD", timeout=10).ok
    expect(page.get_by_role("region", name="Open positions")).to_contain_text("BTC-USD")
    assert requests.post(made["webhook_url"], data="close BTCUSD", timeout=10).ok
    expect(page.locator(".trp-kpi", has_text="Round trips")).to_contain_text("0 won, 1 lost")
    return f"#/bots/{made['bot']['id']}"


def saved(page: Page, button: str) -> Path:
    with page.expect_download() as found:
        page.get_by_role("button", name=re.compile(button)).first.click()
    return Path(found.value.path())


def make_and_delete_a_file(page: Page, button: str, start: bytes) -> None:
    page.get_by_role("button", name=button).click()
    if page.get_by_role("dialog").count():
        page.get_by_label("Lots sold first").select_option("lifo")
        page.get_by_label("Kind of trading").last.select_option("paper")
        page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_text("Ready", exact=True)).to_be_visible(timeout=60 * SECONDS)
    assert saved(page, "^Download ").read_bytes().startswith(start)
    page.get_by_role("button", name=re.compile("^Delete ")).click()
    expect(page.get_by_text("Your files")).to_have_count(0)


def a_small_plan_says_what_it_leaves_out(trader: Visitor) -> None:
    page = trader.page
    locked = page.locator("section", has_text="Where it comes from")
    expect(locked).to_contain_text("Trade analysis is not part of the Free plan")
    expect(locked.get_by_role("link", name="Upgrade to Mid-Tier")).to_be_visible()
    expect(page.get_by_role("region", name="Slippage")).to_have_count(0)
    assert trader.complaints == []  # what is locked is not asked for
    assert overflow(page, 320) == 0
    page.get_by_role("button", name="This month").click()
    expect(page.get_by_text("The Free plan does not show figures of this period.")).to_be_visible()
    expect(page.get_by_role("region", name="Round trips")).to_have_count(0)
    expect(page.get_by_role("link", name="Upgrade to Low Commitment")).to_be_visible()


def test_a_trader_sees_where_a_record_comes_from_and_takes_it_away(
    trader: Visitor, member: Person, site: Site
) -> None:
    page = trader.page
    address = trade_once(member, page)
    page.goto(f"{trader.site}/dashboard/{address}/performance")
    expect(page.locator(".trp-kpi", has_text="Win rate")).to_contain_text("0 won, 1 lost")
    trips = page.get_by_role("region", name="Round trips")
    expect(trips.locator("tbody tr")).to_have_count(1)
    a_small_plan_says_what_it_leaves_out(trader)
    give_plan(site, member.email, "mid")
    page.reload()
    expect(page.get_by_text("1 round trips by their return")).to_be_visible()
    expect(page.get_by_role("region", name="Slippage")).to_contain_text("bps")
    page.get_by_role("button", name="Weekday").click()
    expect(page.get_by_role("region", name="Weekday")).to_contain_text("1")
    page.get_by_label("Outcome").select_option("win")
    expect(page.get_by_text("No round trip here")).to_be_visible()
    assert b"BTC-USD" in saved(page, "Trade history as CSV").read_bytes()
    assert b'"BTC-USD"' in saved(page, "Trade history as JSON").read_bytes()
    expect(page.get_by_text("No gap to show yet")).to_be_visible()
    assert overflow(page, 320) == 0


def a_part_fails_by_itself(page: Page, site: Site) -> None:
    broken = {"error": "internal_error", "message": "It broke.", "request_id": "req-1"}
    with answering(site.files, {"/api/performance/me/round-trips": (500, broken)}):
        page.goto(f"{site.wordpress_url}/dashboard/#/performance")
        part = page.locator("section", has_text="Trade history").get_by_role("alert")
        expect(part).to_contain_text("It broke.")
        expect(part).to_contain_text("Request id: req-1")
        expect(page.locator(".trp-kpi", has_text="Win rate")).to_contain_text("no trade won")
        expect(page.get_by_text("The history is still short")).to_be_visible()
    part.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No round trip here")).to_be_visible()


def test_parts_fail_alone_files_are_made_and_taking_part_is_ones_own_choice(
    trader: Visitor, site: Site
) -> None:
    page = trader.page
    a_part_fails_by_itself(page, site)
    trader.complaints.clear()  # the browser notes the failure
    make_and_delete_a_file(page, "Make the PDF", b"%PDF")
    make_and_delete_a_file(page, "Make a tax report", b"")
    page.goto(f"{trader.site}/dashboard/#/settings/leaderboard")
    page.get_by_role("button", name="Take part").click()
    expect(page.get_by_role("heading", name=re.compile(r"^\w+-\w+-\d{4} Listed"))).to_be_visible()
    page.get_by_role("button", name="Leave the leaderboard").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(page.get_by_text("Not listed")).to_be_visible()
    assert overflow(page, 320) == 0
    assert trader.complaints == []
