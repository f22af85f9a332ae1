"""Alerts that come to several orders or none: everything closed, a turn, a cancellation."""

from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_bot
from tradingrobotplug.models import Bot, User
from tradingrobotplug.signals import jobs

from .conftest import orders_of, positions_of, post_alert, signal_of

D = Decimal


def work(bot: Bot) -> None:
    jobs.process_signals(str(bot.id))


@pytest.fixture
def shorting(user: User, markets: Any) -> Bot:
    """A bot for stocks that may sell short."""
    return make_bot(user, asset_type="stocks", exchange="alpaca", execution={"allow_short": True})


def test_flatten_closes_every_symbol(markets: Any, bot: Bot) -> None:
    for symbol in ("BTC-USD", "ETH-USD"):
        post_alert(bot, {"action": "buy", "symbol": symbol, "quantity": "0.01"})
    everything = post_alert(bot, b"FLATTEN")
    work(bot)
    assert positions_of(bot) == {}
    assert {order.leg for order in orders_of(everything)} == {"exit:BTC-USD", "exit:ETH-USD"}
    assert signal_of(everything).status == "done"


def test_flatten_of_nothing_is_ignored(markets: Any, bot: Bot) -> None:
    signal_id = post_alert(bot, b"FLATTEN")
    work(bot)
    assert (signal_of(signal_id).status, orders_of(signal_id)) == ("ignored", [])


def test_a_strategy_that_turns_round_exits_and_enters(shorting: Bot) -> None:
    post_alert(shorting, {"action": "buy", "ticker": "AAPL", "sentiment": "long", "quantity": 10})
    turning = {"action": "sell", "ticker": "AAPL", "sentiment": "short", "quantity": 15}
    signal_id = post_alert(shorting, turning)
    work(shorting)
    assert {order.leg: order.quantity for order in orders_of(signal_id)} == {
        "exit": D(10),
        "entry": D(5),
    }
    assert positions_of(shorting) == {"AAPL": D(-5)}
    work(shorting)
    assert len(orders_of(signal_id)) == 2


def test_a_bot_that_does_not_short_only_exits_when_its_strategy_turns(
    markets: Any, bot: Bot
) -> None:
    post_alert(bot, {"action": "buy", "ticker": "BTCUSD", "sentiment": "long", "quantity": "0.01"})
    turning = {"action": "sell", "ticker": "BTCUSD", "sentiment": "short", "quantity": "0.02"}
    signal_id = post_alert(bot, turning)
    work(bot)
    assert positions_of(bot) == {}
    signal = signal_of(signal_id)
    assert signal.status == "done"
    assert [entry["step"] for entry in signal.log][-2:] == ["refused", "done"]


def test_a_cancel_takes_back_entries_that_rest(markets: Any, bot: Bot) -> None:
    resting = post_alert(
        bot,
        {
            "action": "buy",
            "symbol": "BTC-USD",
            "quantity": "0.01",
            "orderType": "limit",
            "limitPrice": "1000",
        },
    )
    cancelled = post_alert(bot, b"cancel BTCUSD")
    work(bot)
    assert [order.state for order in orders_of(resting)] == ["cancelled"]
    assert signal_of(cancelled).last_error == "1 open entry was cancelled."


def test_a_delay_is_waited_for(markets: Any, bot: Bot) -> None:
    signal_id = post_alert(
        bot, {"action": "buy", "symbol": "BTC-USD", "quantity": "0.01", "delay": 5}
    )
    work(bot)
    assert (signal_of(signal_id).status, orders_of(signal_id)) == ("received", [])
