"""What open positions are worth by now: the mark moves the figures that a page shows, and nothing
else does."""

from decimal import Decimal

import pytest

from tests.factories import headers_for, make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import MarketMark
from tradingrobotplug.performance import jobs
from tradingrobotplug.trading import worth

from .books import Traded, refresh, trade

SYMBOL = "BTC-USD"


@pytest.fixture
def page(client, app, user):
    """The dashboard of the user, read anew."""
    headers = headers_for(app, user)
    return lambda: client.get("/api/dashboard", headers=headers).get_json()


def at_price(market: Sandbox, price: str) -> None:
    """The market's middle price, and the scheduler's look at it."""
    market.tell("price", symbol=SYMBOL, price=price)
    venue.forget()
    jobs.mark()


def buy(bot, quantity="2", price="1000"):
    trade(bot, Traded(clock.now(), quantity, price))
    refresh(bot)


def test_a_position_moves_the_page_with_its_mark(page, markets, user):
    bot = make_bot(user)
    buy(bot)
    before = page()
    at_price(markets, "1010")
    after = page()
    assert (before["total_value"], before["todays_pnl"]) == ("100000", "0")
    assert (after["total_value"], after["todays_pnl"]) == ("100020", "20")
    assert after["bots"][0]["equity"] == "100020"
    assert after["equity_curve"][-1]["equity"] == "100020"
    assert after["equity_curve"][:-1] == before["equity_curve"][: len(after["equity_curve"]) - 1]


def test_a_short_position_gains_when_the_mark_falls(page, markets, user):
    buy(make_bot(user), quantity="-2")
    at_price(markets, "990")
    assert page()["total_value"] == "100020"


def test_a_closed_position_moves_with_no_mark(page, markets, user):
    bot = make_bot(user)
    buy(bot)
    at_price(markets, "1010")
    trade(bot, Traded(clock.now(), "-2", "1005"))
    refresh(bot)
    closed = page()
    at_price(markets, "5000")
    assert (closed["total_value"], closed["todays_pnl"]) == ("100010", "10")
    assert page()["total_value"] == "100010"


def test_a_bot_without_a_position_is_worth_what_is_stored(clean, user):
    bot = make_bot(user)
    with db.transaction() as session:
        worth.keep_marks(session, {("crypto", SYMBOL): Decimal(7)}, clock.now())
        assert worth.moved(session, [(bot, None)]) == {}


def test_each_bot_moves_with_what_it_holds(page, markets, user):
    first, second = make_bot(user), make_bot(user)
    buy(first, "1")
    buy(second, "3")
    at_price(markets, "1001")
    assert [bot["equity"] for bot in page()["bots"]] == ["100001", "100003"]
    assert page()["total_value"] == "200004"


def test_the_latest_mark_is_kept_of_what_is_held_only(markets, user):
    buy(make_bot(user))
    at_price(markets, "1001")
    at_price(markets, "1002")
    with db.transaction() as session:
        [mark] = session.query(MarketMark)
        assert (mark.symbol, mark.price) == (SYMBOL, Decimal(1002))
