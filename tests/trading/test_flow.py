"""Signals at the real paper broker, over the real SDKs, against the simulated venues."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.factories import make_bot, make_user
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Fill, Lot, Order, Position, RoundTrip, User
from tradingrobotplug.trading import submit
from tradingrobotplug.trading.intent import Intent
from tradingrobotplug.trading.service import client_order_id

from .conftest import SYMBOL, Desk, rows

D = Decimal


def test_a_buy_becomes_a_filled_order_a_fill_and_a_position(desk: Desk) -> None:
    desk.trade("buy", "0.5")

    (order,) = rows(Order)
    (fill,) = rows(Fill)
    (position,) = rows(Position)
    assert (order.state, order.leg, order.filled_quantity) == ("filled", "entry", D("0.5"))
    assert order.average_price == fill.price == position.average_price
    assert fill.price > 50_000
    assert order.fees == fill.fee > 0
    assert position.quantity == D("0.5")
    assert order.submitted_at is not None
    assert order.finished_at is not None


def test_an_order_is_known_by_its_signal_and_leg_alone(desk: Desk) -> None:
    desk.trade("buy", "0.5")

    (order,) = rows(Order)
    assert order.client_order_id == client_order_id(order.signal_id, "entry")
    assert len(order.client_order_id) == 32
    assert client_order_id(order.signal_id, "exit") != order.client_order_id


def test_a_round_trip_s_result_is_what_the_cash_gained(desk: Desk) -> None:
    desk.trade("buy", "0.5")
    desk.price("52000")
    desk.trade("sell", "0.5")

    bought, sold = rows(Fill)
    (trip,) = rows(RoundTrip)
    paid = bought.quantity * bought.price + bought.fee
    assert trip.pnl == sold.quantity * sold.price - sold.fee - paid
    assert trip.pnl > 0
    assert (rows(Position), rows(Lot, Lot.remaining > 0)) == ([], [])


def test_planning_a_signal_twice_makes_one_order(desk: Desk) -> None:
    signal_id = desk.signal()
    first = desk.plan(signal_id, Intent("buy", SYMBOL, D(1)))
    second = desk.plan(signal_id, Intent("buy", SYMBOL, D(1)))

    assert [order.id for order in first.orders] == [order.id for order in second.orders]
    assert len(rows(Order)) == 1


def test_sending_a_signal_twice_trades_once(desk: Desk) -> None:
    signal_id = desk.signal()
    desk.plan(signal_id, Intent("buy", SYMBOL, D(1)))

    words = [submit.send(signal_id, clock.now()).word for _ in range(2)]

    assert words == ["done", "done"]
    assert len(rows(Fill)) == 1
    assert rows(Order)[0].attempts == 1


def test_a_close_without_a_position_is_ignored(desk: Desk) -> None:
    plan = desk.trade("close")

    assert (plan.status, plan.reason, rows(Order)) == ("ignored", "no position", [])


def test_a_sell_without_a_position_is_refused(desk: Desk) -> None:
    plan = desk.trade("sell", "1")

    assert plan.status == "refused"
    assert "no position in BTC-USD" in (plan.reason or "")
    assert rows(Order) == []


def test_a_close_without_a_quantity_sells_everything(desk: Desk) -> None:
    desk.trade("buy", "0.7")
    desk.trade("close")

    assert rows(Position) == []
    assert [order.leg for order in rows(Order)] == ["entry", "exit"]


def test_a_sell_never_takes_more_than_is_held(desk: Desk) -> None:
    desk.trade("buy", "0.7")
    desk.trade("sell", "5")

    assert rows(Position) == []
    assert rows(Order)[1].quantity == D("0.7")


def test_the_alert_s_price_is_the_reference_and_not_the_fill(desk: Desk) -> None:
    desk.trade("buy", "0.1", price=D(10))

    (order,) = rows(Order)
    assert order.reference_price == 10
    assert order.average_price > 50_000


def test_an_entry_too_dear_is_rejected_with_the_venue_s_reason(desk: Desk) -> None:
    signal_id = desk.signal()
    desk.plan(signal_id, Intent("buy", SYMBOL, D(1000)))

    sent = submit.send(signal_id, clock.now())

    assert sent.word == "rejected"
    assert sent.reason == rows(Order)[0].reason
    assert "INSUFFICIENT_FUND" in (sent.reason or "")
    assert submit.send(signal_id, clock.now()) == sent


def test_without_market_data_the_order_is_certainly_not_sent_and_waits(desk: Desk) -> None:
    signal_id = desk.signal()
    desk.plan(signal_id, Intent("buy", SYMBOL, D(1)))
    desk.market.tell("faults", path="/", kind="status", status=500, count=1000)
    venue.forget()

    assert submit.send(signal_id, clock.now()).word == "retry"
    assert rows(Order)[0].state == "planned"

    desk.market.tell("faults")
    venue.forget()
    assert submit.send(signal_id, clock.now()).word == "done"
    assert rows(Order)[0].state == "filled"


def test_a_refused_order_keeps_every_verdict(desk: Desk) -> None:
    set_risk(desk.bot, {"max_position_size": "1000"})

    plan = desk.trade("buy", "1")

    refused = [word["rule"] for word in plan.verdicts if word["verdict"] == "refuse"]
    assert (plan.status, refused) == ("refused", ["position_stays_within_limit"])
    assert plan.arithmetic["rule"] == "alert_units"


def test_the_daily_loss_counts_what_was_lost_and_what_is_being_lost(desk: Desk) -> None:
    set_risk(desk.bot, {"max_daily_loss": "1500"})
    desk.trade("buy", "1")
    desk.price("49000")
    within = desk.trade("buy", "0.1")
    desk.price("48000")
    beyond = desk.trade("buy", "0.1")
    leaving = desk.trade("close")

    assert (within.status, beyond.status, leaving.status) == ("planned", "refused", "planned")
    assert rows(Position) == []


def test_yesterday_s_loss_does_not_count(desk: Desk) -> None:
    set_risk(desk.bot, {"max_daily_loss": "500"})
    desk.trade("buy", "1")
    desk.price("49000")
    desk.trade("close")
    with db.transaction() as session:
        for trip in session.query(RoundTrip):
            trip.exited_at -= timedelta(days=1)

    assert desk.trade("buy", "1").status == "planned"


def test_a_percentage_is_of_what_the_bot_is_worth_now(desk: Desk) -> None:
    with db.transaction() as session:
        bot = session.get_one(Bot, desk.bot.id)
        bot.position_sizing = {"type": "percent_of_portfolio", "value": "10"}
    desk.bot = bot
    desk.trade("buy", "1")
    desk.price("100000")

    plan = desk.trade("buy")

    assert D(140_000) < D(plan.arithmetic["equity"]) < D(150_000)


def test_a_bot_that_may_short_sells_first_and_buys_back(user: User, markets: Sandbox) -> None:
    desk = stock_desk(user, markets, allow_short=True)
    desk.trade("sell", "10", symbol="AAPL", stop_loss=D(220))
    desk.price("190", symbol="AAPL")
    desk.trade("buy", "99", symbol="AAPL")

    (trip,) = rows(RoundTrip)
    assert (trip.side, trip.quantity) == ("short", D(10))
    assert 90 < trip.pnl < 100
    assert rows(Position) == []
    assert [(o.side, o.state) for o in rows(Order, Order.leg == "stop_loss")] == [
        ("buy", "cancelled")
    ]


def test_a_stock_bot_buys_parts_of_a_share(user: User, markets: Sandbox) -> None:
    desk = stock_desk(user, markets)
    desk.trade("buy", symbol="AAPL")

    (order,) = rows(Order)
    assert (order.state, order.time_in_force) == ("filled", "day")
    assert D(4) < order.quantity < D(5)


def test_two_bots_never_touch_each_other(desk: Desk, markets: Sandbox) -> None:
    other = Desk(make_bot(make_user("other@example.com")), markets)
    desk.trade("buy", "1")
    other.trade("buy", "0.2")
    other.trade("close")

    (position,) = rows(Position)
    (trip,) = rows(RoundTrip)
    assert (position.bot_id, position.quantity) == (desk.bot.id, D(1))
    assert (trip.bot_id, trip.quantity) == (other.bot.id, D("0.2"))


@pytest.mark.parametrize(("status", "word"), [("paused", "planned"), ("stopped", "refused")])
def test_a_paused_bot_may_leave_and_a_stopped_one_stays(desk: Desk, status: str, word: str) -> None:
    desk.trade("buy", "1", stop_loss=D(45_000))
    desk.bot.status = status

    assert desk.trade("close").status == word
    assert [o.state for o in rows(Order, Order.leg == "stop_loss")] == [
        "cancelled" if status == "paused" else "accepted"
    ]


def test_an_unknown_order_in_doubt_is_asked_for_again_and_not_twice(desk: Desk) -> None:
    """The process died after the venue took the order and before it was recorded."""
    signal_id = desk.signal()
    desk.plan(signal_id, Intent("buy", SYMBOL, D(1)))
    with db.transaction() as session:
        (order,) = session.scalars(select(Order))
        marked = submit.mark(order, desk.bot, clock.now())
    assert not isinstance(marked, submit.Sent)
    submit.broker_for(marked.order).submit(marked.request)

    assert submit.send(signal_id, clock.now()).word == "done"
    assert [fill.quantity for fill in rows(Fill)] == [D(1)]
    assert rows(Position)[0].quantity == D(1)


def stock_desk(user: User, markets: Sandbox, **execution: bool) -> Desk:
    bot = make_bot(
        user,
        asset_type="stocks",
        exchange="alpaca",
        execution=execution,
        position_sizing={"type": "fixed_amount", "value": "999"},
    )
    desk = Desk(bot, markets)
    desk.price("200", symbol="AAPL")
    return desk


def set_risk(bot: Bot, limits: dict[str, str]) -> None:
    bot.risk_management = limits
    with db.transaction() as session:
        session.get_one(Bot, bot.id).risk_management = limits


def test_an_unused_signal_id_sends_nothing(desk: Desk) -> None:
    assert submit.send(uuid4(), clock.now()) == submit.DONE
