"""A strategy that reports where it stood shows whether an alert was lost."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Notification, Signal, User
from tradingrobotplug.signals import jobs
from tradingrobotplug.signals.service import record_signal
from tradingrobotplug.trading import jobs as trading

from .conftest import orders_of, post_alert, signal_of
from .previewing import mine, prices, stocks_bot

__all__ = ["mine", "prices"]


def alert(previous: str, size: Any = None, **more: Any) -> dict[str, Any]:
    """A strategy's alert that goes long by a unit, from where it says it was."""
    before = {"prev_market_position": previous, "prev_market_position_size": size}
    said = {"action": "buy", "ticker": "BTCUSD", "sentiment": "long", "quantity": "0.1"}
    return said | {k: v for k, v in before.items() if v is not None} | more


def trade(bot: Bot, body: dict[str, Any] | bytes) -> Signal:
    signal_id = post_alert(bot, body)
    jobs.process_signals(str(bot.id))
    return signal_of(signal_id)


def warning(bot: Bot) -> dict[str, Any] | None:
    with db.transaction() as session:
        return session.get_one(Bot, bot.id).warnings.get("lost_alert")


def steps(signal: Signal) -> list[str]:
    return [entry["step"] for entry in signal.log]


def told() -> list[str]:
    with db.transaction() as session:
        events = select(Notification.key).where(Notification.event == "lost_alert")
        return list(session.scalars(events))


HELD = b"buy 0.5 BTCUSD"


@pytest.mark.parametrize(
    ("held", "body", "is_lost"),
    [
        (None, alert("flat"), False),
        (None, alert("flat", "0"), False),
        (None, alert("long"), True),
        (None, alert("long", "0.5"), True),
        (HELD, alert("flat"), True),
        (HELD, alert("flat", "0"), True),
        (HELD, alert("long"), False),
        (HELD, alert("long", "0.5"), False),
        (HELD, alert("long", "0.50004"), False),
        (HELD, alert("long", "0.6"), True),
        (HELD, alert("long", "0.6", quantityType="dollar_amount", quantity="50"), False),
        (HELD, alert("long", "0.6", quantity=None), False),
        (HELD, alert("long", "0.6", quantity=None, position_size="0.7"), True),
        (None, alert("short", "0.5"), False),
        (HELD, alert("short", "0.5"), True),
    ],
)
def test_what_the_strategy_reports_is_compared_with_what_is_held(
    prices: Sandbox, bot: Bot, held: bytes | None, body: dict[str, Any], is_lost: bool
) -> None:
    trade(bot, held or b"close BTCUSD")
    signal = trade(bot, body)
    assert ("lost_alert" in steps(signal), warning(bot) is not None) == (is_lost, is_lost)


def test_a_lost_alert_says_what_was_expected_and_trades_on(prices: Sandbox, bot: Bot) -> None:
    signal = trade(bot, alert("long", "0.5"))
    [entry] = [entry for entry in signal.log if entry["step"] == "lost_alert"]
    assert (entry["expected"], entry["held"]) == ("long 0.5", "flat")
    said = warning(bot)
    assert said is not None
    assert (said["signal_id"], said["symbol"]) == (str(signal.id), "BTC-USD")
    assert "the strategy was long 0.5 in BTC-USD; this bot was flat" in said["detail"]
    assert (signal.status, [o.state for o in orders_of(signal.id)]) == ("done", ["filled"])


def test_the_user_is_told_once_until_it_is_over(prices: Sandbox, bot: Bot) -> None:
    first = trade(bot, alert("long", "0.5"))
    trade(bot, alert("long", "0.7"))
    assert told() == [str(first.id)]
    trade(bot, alert("long", "0.2"))
    assert warning(bot) is None
    third = trade(bot, alert("long", "0.5"))
    assert told() == [str(first.id), str(third.id)]


def test_a_matching_report_of_another_symbol_does_not_end_it(prices: Sandbox, bot: Bot) -> None:
    trade(bot, alert("long", "0.5"))
    trade(bot, alert("flat", "0", ticker="ETHUSD"))
    assert warning(bot) is not None


def test_a_bot_that_shorts_is_expected_to_be_short(prices: Sandbox, user: User) -> None:
    bot = stocks_bot(user, execution={"allow_short": True})
    signal = trade(bot, alert("short", "5", ticker="AAPL", quantity="5"))
    assert "lost_alert" in steps(signal)


def test_what_the_bots_own_stop_ended_is_no_lost_alert(prices: Sandbox, bot: Bot) -> None:
    trade(bot, alert("flat", "0", stopLoss="5%"))
    prices.tell("price", symbol="BTC-USD", price="40000")
    venue.forget()
    trading.settle()
    signal = trade(bot, alert("long", "0.1"))
    assert (warning(bot), "followed_otherwise" in steps(signal)) == (None, True)


def test_an_entry_that_still_rests_is_no_lost_alert(prices: Sandbox, bot: Bot) -> None:
    trade(bot, b"buy 0.1 BTCUSD at 40000 limit")
    signal = trade(bot, alert("long", "0.1"))
    assert (warning(bot), "followed_otherwise" in steps(signal)) == (None, True)


@pytest.mark.parametrize("source", ["replay", "test", "paper_replay"])
def test_what_is_sent_by_hand_reports_nothing(prices: Sandbox, bot: Bot, source: Any) -> None:
    body = b'{"action": "buy", "ticker": "BTCUSD", "prev_market_position": "long"}'
    with db.transaction() as session:
        record_signal(session, bot.id, body, None, source, clock.now())
    jobs.process_signals(str(bot.id))
    assert warning(bot) is None


def test_it_is_noted_once_however_often_the_signal_is_tried(
    closed_markets: None, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal = trade(bot, alert("long", "0.5"))
    due = signal.next_attempt_at
    monkeypatch.setattr(clock, "now", lambda: due)
    jobs.process_signals(str(bot.id))
    assert steps(signal_of(signal.id)).count("lost_alert") == 1
    assert signal_of(signal.id).attempts == 2


def test_a_warning_is_shown_with_the_bot_and_dismissed(
    prices: Sandbox, client: Any, mine: dict[str, str], bot: Bot
) -> None:
    trade(bot, alert("long", "0.5"))
    shown = client.get(f"/api/bots/{bot.id}", headers=mine).json["bot"]["warnings"]
    assert set(shown["lost_alert"]) == {"at", "detail", "signal_id", "symbol"}
    answer = client.post(
        f"/api/bots/{bot.id}/warnings/dismiss", json={"key": "lost_alert"}, headers=mine
    )
    assert (answer.status_code, answer.json["bot"]["warnings"]) == (200, {})


def test_dismissing_leaves_other_warnings(client: Any, mine: dict[str, str], user: User) -> None:
    bot = make_bot(user, warnings={"lost_alert": {"at": "x"}, "unguarded": {"at": "y"}})
    address = f"/api/bots/{bot.id}/warnings/dismiss"
    answer = client.post(address, json={"key": "lost_alert"}, headers=mine)
    assert answer.json["bot"]["warnings"] == {"unguarded": {"at": "y"}}
    assert client.post(address, json={"key": "unguarded"}, headers=mine).status_code == 422
