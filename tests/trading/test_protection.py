"""Stop loss and take profit at the real paper broker."""

from decimal import Decimal

from sqlalchemy import delete

from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Order, Position, RoundTrip
from tradingrobotplug.trading import jobs, submit
from tradingrobotplug.trading.intent import Intent
from tradingrobotplug.trading.locks import bot_lock

from .conftest import SYMBOL, Desk, rows

D = Decimal


def legs(*columns: str) -> list[tuple[object, ...]]:
    found = rows(Order, Order.parent_id.is_not(None))
    return [tuple(getattr(leg, column) for column in columns) for leg in found]


def test_an_entry_is_guarded_for_what_it_filled(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))

    assert legs("leg", "side", "type", "quantity", "stop_price", "limit_price", "state") == [
        ("stop_loss", "sell", "stop", D("0.5"), D(45_000), None, "accepted"),
        ("take_profit", "sell", "limit", D("0.5"), None, D(60_000), "accepted"),
    ]
    assert len({group for (group,) in legs("oco_group")}) == 1


def test_the_bot_s_percentages_guard_an_alert_without_prices(desk: Desk) -> None:
    with db.transaction() as session:
        bot = session.get_one(Bot, desk.bot.id)
        bot.risk_management = {"stop_loss_percent": "10"}
    desk.bot = bot

    desk.trade("buy", "0.5")

    (entry,) = rows(Order, Order.leg == "entry")
    ((stop_price,),) = legs("stop_price")
    assert stop_price == (entry.average_price * D("0.9")).quantize(D("0.01"), "ROUND_DOWN")


def test_a_stop_that_is_reached_ends_the_position_and_its_other_leg(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))
    desk.price("44000")

    jobs.settle()

    assert legs("leg", "state") == [("stop_loss", "filled"), ("take_profit", "cancelled")]
    assert rows(Position) == []
    (trip,) = rows(RoundTrip)
    assert trip.pnl < 0


def test_settling_again_changes_nothing(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))
    desk.price("61000")
    jobs.settle()
    before = legs("state", "filled_quantity", "finished_at")

    jobs.settle()

    assert legs("state", "filled_quantity", "finished_at") == before
    assert len(rows(RoundTrip)) == 1


def test_an_exit_cancels_the_protection_first(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))
    desk.trade("close")

    assert legs("state") == [("cancelled",), ("cancelled",)]
    assert rows(Position) == []


def test_what_a_partial_exit_leaves_is_guarded_again(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))
    desk.trade("sell", "0.2")

    assert legs("leg", "quantity", "stop_price", "limit_price", "state")[2:] == [
        ("stop_loss:2", D("0.3"), D(45_000), None, "accepted"),
        ("take_profit:2", D("0.3"), None, D(60_000), "accepted"),
    ]


def test_each_entry_keeps_its_own_levels(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("buy", "0.2", stop_loss=D(47_000))
    desk.price("46000")

    jobs.settle()

    assert legs("quantity", "stop_price", "state") == [
        (D("0.5"), D(45_000), "accepted"),
        (D("0.2"), D(47_000), "filled"),
    ]
    assert rows(Position)[0].quantity == D("0.5")


def test_a_resting_entry_is_guarded_once_it_fills(desk: Desk) -> None:
    desk.trade("buy", "0.5", order_type="limit", limit_price=D(48_000), stop_loss=D(45_000))
    assert rows(Order)[0].state == "accepted"
    desk.price("47500")

    jobs.settle()

    assert legs("quantity", "state") == [(D("0.5"), "accepted")]
    assert rows(Position)[0].quantity == D("0.5")


def test_a_close_cancels_an_entry_that_still_rests(desk: Desk) -> None:
    desk.trade("buy", "0.5", order_type="limit", limit_price=D(48_000))

    plan = desk.trade("close")

    assert plan.status == "ignored"
    assert [order.state for order in rows(Order)] == ["cancelled"]


def test_protection_on_the_wrong_side_is_refused(desk: Desk) -> None:
    plan = desk.trade("buy", "0.5", stop_loss=D(51_000))

    assert plan.status == "refused"
    assert "stop loss of 51000 is on the wrong side" in (plan.reason or "")


def test_protection_that_was_planned_and_not_sent_is_sent_by_the_next_settlement(
    desk: Desk,
) -> None:
    """The process died between booking the fill and sending what guards it."""
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    with db.transaction() as session:
        (leg,) = session.query(Order).filter(Order.parent_id.is_not(None))
        leg.state, leg.created_at = "submitting", leg.created_at - jobs.LEFT_ALONE * 2

    jobs.settle()

    assert legs("state") == [("accepted",)]


def test_a_deleted_bot_s_resting_orders_are_cancelled(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("buy", "0.1", order_type="limit", limit_price=D(40_000))
    with db.transaction() as session:
        session.get_one(Bot, desk.bot.id).deleted_at = clock.now()

    jobs.settle()

    resting = rows(Order, Order.state.in_(("planned", "submitting", "accepted")))
    assert resting == []
    assert rows(Position)[0].quantity == D("0.5")


def test_an_exit_that_the_venue_rejects_leaves_the_position_guarded(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    signal_id = desk.signal()
    desk.plan(signal_id, Intent("close", SYMBOL))
    with db.transaction() as session:
        (leaving,) = session.query(Order).filter(Order.leg == "exit")
        leaving.quantity = D("0.6")

    sent = submit.send(signal_id, clock.now())

    assert sent.word == "rejected"
    assert legs("leg", "quantity", "state") == [
        ("stop_loss", D("0.5"), "cancelled"),
        ("stop_loss:1", D("0.5"), "accepted"),
    ]


def test_an_exit_that_is_refused_leaves_the_position_guarded(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    plan = desk.trade("sell", "0.000000001")
    assert plan.status == "refused"

    with db.transaction() as session:
        for leg in session.query(Order).filter(Order.state == "planned"):
            leg.created_at -= jobs.LEFT_ALONE * 2
    jobs.settle()

    assert sorted(legs("leg", "quantity", "state")) == [
        ("stop_loss", D("0.5"), "cancelled"),
        ("stop_loss:1", D("0.5"), "accepted"),
    ]


def test_protection_without_a_position_is_cancelled(desk: Desk) -> None:
    """The process died between an exit's fill and the cancellation of what guarded it."""
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    with db.transaction() as session:
        session.execute(delete(Position))

    jobs.settle()

    assert legs("state") == [("cancelled",)]


def test_a_busy_bot_is_settled_by_the_next_run(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.price("44000")
    with db.engine().connect() as other, bot_lock(other, desk.bot.id):
        jobs.settle()
        assert legs("state") == [("accepted",)]

    jobs.settle()

    assert legs("state") == [("filled",)]


def test_a_limit_exit_holds_its_units_and_the_rest_stays_guarded(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("sell", "0.2", order_type="limit", limit_price=D(60_000))

    assert legs("quantity", "state") == [(D("0.5"), "cancelled"), (D("0.3"), "accepted")]


def test_a_later_exit_takes_the_place_of_one_that_rests(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("sell", "0.2", order_type="limit", limit_price=D(60_000))
    desk.trade("sell", "0.1")

    exits = rows(Order, Order.leg == "exit")
    assert [order.state for order in exits] == ["cancelled", "filled"]
    assert legs("quantity", "state")[2:] == [(D("0.4"), "accepted")]
