"""What a venue says of an order, booked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.factories import make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.broker import Execution, Outcome
from tradingrobotplug.models import Bot, Fill, Lot, Order, Position, RoundTrip, Signal, User
from tradingrobotplug.trading.service import client_order_id, record

from .conftest import SYMBOL, rows

D = Decimal
AT = datetime(2026, 3, 4, 15, tzinfo=UTC)


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user, plugin_id="a_robot")


def order_of(bot: Bot, side: str = "buy", quantity: str = "3", seq: int = 1) -> Order:
    now = clock.now()
    signal = Signal(bot_id=bot.id, seq=seq, source="webhook", body=b"{}", status="processing",
                    received_at=now, next_attempt_at=now, log=[])  # fmt: skip
    with db.transaction() as session:
        session.add(signal)
        session.flush()
        order = Order(
            signal_id=signal.id, leg="entry", bot_id=bot.id, user_id=bot.user_id, mode="paper",
            venue="paper", client_order_id=client_order_id(signal.id, "entry"),
            state="submitting", symbol=SYMBOL, side=side, type="market", time_in_force="gtc",
            quantity=D(quantity), created_at=now,
        )  # fmt: skip
        session.add(order)
    return order


def part(name: str, quantity: str, price: str, fee: str = "0") -> Execution:
    return Execution(name, D(quantity), D(price), D(fee), AT)


def tell(order: Order, state: Any, *parts: Execution, reason: str | None = None) -> int:
    """Record an outcome; how many fills were new."""
    with db.transaction() as session:
        known = session.get_one(Order, order.id)
        outcome = Outcome(state, order.client_order_id, "venue-1", parts, reason)
        return len(record(session, known, outcome, AT))


def books() -> list[list[tuple[Any, ...]]]:
    """Everything that trading keeps, as plain values."""
    return [
        [tuple(getattr(row, c.name) for c in kind.__table__.columns) for row in rows(kind)]
        for kind in (Order, Fill, Lot, Position, RoundTrip)
    ]


def test_an_outcome_recorded_twice_changes_nothing(bot: Bot) -> None:
    order = order_of(bot)
    first = tell(order, "filled", part("a", "1", "100", "1"), part("b", "2", "103", "2"))
    before = books()

    second = tell(order, "filled", part("a", "1", "100", "1"), part("b", "2", "103", "2"))

    assert (first, second) == (2, 0)
    assert books() == before


def test_parts_add_up_as_they_come(bot: Bot) -> None:
    order = order_of(bot)
    tell(order, "accepted")
    tell(order, "partially_filled", part("a", "1", "100", "1"))
    tell(order, "filled", part("a", "1", "100", "1"), part("b", "2", "103", "2"))

    (found,) = rows(Order)
    (position,) = rows(Position)
    assert (found.state, found.filled_quantity, found.fees) == ("filled", D(3), D(3))
    assert found.average_price == position.average_price == D(102)
    assert found.broker_order_id == "venue-1"


@pytest.mark.parametrize("late", ["accepted", "partially_filled", "cancelled", "rejected"])
def test_a_late_answer_takes_nothing_back(bot: Bot, late: str) -> None:
    order = order_of(bot)
    tell(order, "filled", part("a", "3", "100"))

    tell(order, late, reason="too late")

    assert [(o.state, o.reason) for o in rows(Order)] == [("filled", None)]


def test_a_part_that_arrives_after_the_cancellation_still_counts(bot: Bot) -> None:
    order = order_of(bot)
    tell(order, "cancelled")

    tell(order, "cancelled", part("a", "1", "100"))

    assert [(o.state, o.filled_quantity) for o in rows(Order)] == [("cancelled", D(1))]
    assert rows(Position)[0].quantity == D(1)


def test_a_rejection_keeps_the_venue_s_reason(bot: Bot) -> None:
    order = order_of(bot)

    tell(order, "rejected", reason="insufficient buying power")

    (found,) = rows(Order)
    assert (found.state, found.reason) == ("rejected", "insufficient buying power")
    assert (found.accepted_at, found.finished_at) == (None, AT)


def test_a_round_trip_names_its_robot_and_mode(bot: Bot) -> None:
    tell(order_of(bot), "filled", part("a", "3", "100", "3"))
    tell(order_of(bot, "sell", "1", seq=2), "filled", part("a", "1", "110", "1"))

    (trip,) = rows(RoundTrip)
    assert (trip.plugin_id, trip.mode, trip.side) == ("a_robot", "paper", "long")
    assert (trip.entry_value, trip.fees, trip.pnl) == (D(100), D(2), D(8))
    assert [lot.remaining for lot in rows(Lot)] == [D(2)]
    assert rows(Position)[0].quantity == D(2)


def test_a_short_has_a_negative_quantity(bot: Bot) -> None:
    tell(order_of(bot, "sell"), "filled", part("a", "3", "100"))

    assert [(p.quantity, p.average_price) for p in rows(Position)] == [(D(-3), D(100))]
