"""Stocks at the paper broker: sessions, short sales and Alpaca's refusals."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.brokers.orders import an_order, sent
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot

D = Decimal
FRIDAY_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MONDAY_EARLY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
Move = Callable[[str, float], None]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quantity": D(1_000)}, "insufficient buying power"),
        ({"side": "sell"}, "insufficient qty available"),
        ({"side": "sell", "quantity": D("1.5"), "allow_short": True}, "fractional orders"),
        ({"quantity": D("0.001")}, "minimal amount"),
        ({"type": "limit", "limit_price": D("100.001")}, "sub-penny"),
    ],
)
def test_what_alpaca_would_refuse_is_rejected(
    paper: Broker, stocks_bot: Bot, changes: dict[str, object], reason: str
) -> None:
    outcome = paper.submit(an_order(stocks_bot, **changes))
    assert (outcome.state, reason in (outcome.reason or "")) == ("rejected", True)


def test_a_bot_that_may_sells_short_and_buys_back(
    paper: Broker, stocks_bot: Bot, move: Move
) -> None:
    move("AAPL", 200)
    assert paper.submit(an_order(stocks_bot, side="sell", allow_short=True)).state == "filled"
    assert venues.paper(stocks_bot.id).positions() == {"AAPL": D(-10)}
    venue.forget()
    # The short in AAPL is marked at its own quote while another symbol trades.
    assert paper.submit(an_order(stocks_bot, symbol="MSFT")).state == "filled"
    assert paper.submit(an_order(stocks_bot)).state == "filled"
    assert venues.paper(stocks_bot.id).positions() == {"MSFT": D(10)}


def test_a_market_order_at_night_waits_for_the_open(
    paper: Broker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(FRIDAY_NIGHT)
    order = an_order(stocks_bot, time_in_force="day")
    assert paper.submit(order).state == "accepted"
    assert venues.match_resting(FRIDAY_NIGHT) == []
    at(MONDAY_MORNING)
    assert venues.match_resting(MONDAY_MORNING) == [order.client_order_id]


def test_extended_hours_trade_early_and_a_plain_order_waits(
    paper: Broker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(MONDAY_EARLY)
    assert paper.submit(an_order(stocks_bot)).state == "accepted"
    assert paper.submit(an_order(stocks_bot, extended_hours=True)).state == "filled"


def test_a_day_order_ends_with_its_session(
    paper: Broker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(MONDAY_MORNING)
    order = an_order(stocks_bot, time_in_force="day", type="limit", limit_price=D(1))
    assert paper.submit(order).state == "accepted"
    after = MONDAY_MORNING + timedelta(hours=6, seconds=1)
    at(after)
    assert venues.match_resting(after) == [order.client_order_id]
    outcome = paper.look_up(sent(order.client_order_id))
    assert outcome is not None
    assert outcome.reason == "The day order expired."
