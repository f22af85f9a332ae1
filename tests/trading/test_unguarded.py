"""A position whose protection was taken off for an exit that never came."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Notification, Order, Position
from tradingrobotplug.trading import jobs, submit, unguarded
from tradingrobotplug.trading.intent import Intent
from tradingrobotplug.trading.locks import bot_lock

from .conftest import SYMBOL, Desk, rows

D = Decimal


def legs() -> list[tuple[str, Decimal, str]]:
    found = rows(Order, Order.parent_id.is_not(None))
    return [(leg.leg, leg.quantity, leg.state) for leg in found]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float = 6) -> datetime:
    """Let time pass in this process."""
    at = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.fixture
def abandoned(desk: Desk) -> Desk:
    """Died after the protection was cancelled and before the exit was planned."""
    desk.trade("buy", "0.5", stop_loss=D(45_000), take_profit=D(60_000))
    submit.prepare(desk.bot, desk.signal(), Intent("close", SYMBOL), clock.now())
    return desk


def test_what_an_exit_left_unguarded_is_guarded_again_and_said(
    abandoned: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert [state for _, _, state in legs()] == ["cancelled", "cancelled"]
    later(monkeypatch)

    with caplog.at_level(logging.ERROR, "trp"):
        jobs.settle()
        jobs.settle()

    assert legs()[2:] == [
        ("stop_loss:2", D("0.5"), "accepted"),
        ("take_profit:2", D("0.5"), "accepted"),
    ]
    assert [record.message for record in caplog.records] == ["position.unguarded"]


def test_an_exit_in_progress_is_given_its_time(abandoned: Desk) -> None:
    jobs.settle()

    assert [state for _, _, state in legs()] == ["cancelled", "cancelled"]


def test_while_an_exit_holds_the_bot_nothing_is_planned(
    abandoned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    with db.engine().connect() as other, bot_lock(other, abandoned.bot.id):
        jobs.settle()

    assert [state for _, _, state in legs()] == ["cancelled", "cancelled"]


def test_a_position_that_is_guarded_or_wants_no_guard_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.price("3000", symbol="ETH-USD")
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("buy", "0.5", symbol="ETH-USD")
    with db.transaction() as session:
        assert unguarded.bots(session, later(monkeypatch)) == []


def test_what_a_resting_exit_holds_needs_no_guard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.trade("buy", "0.5", stop_loss=D(45_000))
    desk.trade("sell", "0.5", order_type="limit", limit_price=D(60_000))
    with db.transaction() as session:
        assert unguarded.bots(session, later(monkeypatch)) == []


def test_a_deleted_bot_is_not_guarded_again(
    abandoned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as session:
        session.get_one(Bot, abandoned.bot.id).deleted_at = clock.now()
    later(monkeypatch)

    jobs.settle()

    assert [state for _, _, state in legs()] == ["cancelled", "cancelled"]
    assert rows(Position)[0].quantity == D("0.5")


def test_a_venue_that_rejects_the_guard_is_not_asked_for_ever(
    abandoned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as session:
        first, second = session.query(Order).filter(Order.parent_id.is_not(None))
        first.state = second.state = "rejected"
    at = later(monkeypatch)
    jobs.settle()
    assert legs()[2:] != []
    with db.transaction() as session:
        for leg in session.query(Order).filter(Order.parent_id.is_not(None)):
            leg.state, leg.finished_at = "rejected", at - timedelta(minutes=1)

    with db.transaction() as session:
        assert unguarded.bots(session, at) == []


def test_a_position_that_nothing_will_guard_is_told_once_and_taken_back(
    abandoned: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    later(monkeypatch)
    jobs.settle()
    with db.transaction() as session:
        for leg in session.query(Order).filter(Order.parent_id.is_not(None)):
            leg.state, leg.reason = "rejected", "stop price out of range"
            leg.finished_at = clock.now() - timedelta(minutes=1)
    caplog.clear()
    with caplog.at_level(logging.ERROR, "trp"):
        jobs.settle()
        jobs.settle()
    assert [r.message for r in caplog.records] == ["position.left_unguarded"]
    warning = rows(Bot)[0].warnings["unguarded"]
    assert "stop price out of range" in warning["detail"]
    assert [(n.event, n.facts["symbol"]) for n in rows(Notification)] == [("unguarded", SYMBOL)]

    with db.transaction() as session:
        session.get_one(Order, rows(Order, Order.leg == "stop_loss:2")[0].id).state = "accepted"
    jobs.settle()
    assert rows(Bot)[0].warnings == {}
