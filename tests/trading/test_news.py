"""Fills are told in the transaction that books them, and once."""

from typing import Any

import pytest
from sqlalchemy import select

from tradingrobotplug import clock, db
from tradingrobotplug.models import Fill, Notification, NotificationPreference, Order
from tradingrobotplug.money import as_text
from tradingrobotplug.trading import jobs, submit

from .conftest import Desk, rows


@pytest.fixture(autouse=True)
def _wants_fills(desk: Desk) -> None:
    with db.transaction() as session:
        session.add(NotificationPreference(user_id=desk.bot.user_id, event="fill", is_wanted=True))


def told() -> list[Any]:
    with db.transaction() as session:
        return list(session.scalars(select(Notification).order_by(Notification.id)))


def test_a_fill_is_told_with_what_was_booked(desk: Desk) -> None:
    desk.trade("buy", "0.5")
    (fill,) = rows(Fill)
    (one,) = told()
    assert (one.event, one.bot_id, one.key) == ("fill", desk.bot.id, f"fill:{fill.seq}")
    assert one.facts == {
        "symbol": "BTC-USD",
        "side": "buy",
        "quantity": "0.5",
        "price": as_text(fill.price),
        "mode": "paper",
    }


def test_an_answer_that_comes_twice_is_told_once(desk: Desk) -> None:
    desk.trade("buy", "0.5")
    (order,) = rows(Order)
    submit.send(order.signal_id, clock.now())
    jobs.settle()
    assert len(told()) == 1


def test_a_stop_that_is_hit_is_told_too(desk: Desk) -> None:
    desk.trade("buy", "0.5", stop_loss=49_000)
    desk.price("48000")
    jobs.settle()
    assert [one.facts["side"] for one in told()] == ["buy", "sell"]


def test_nobody_who_did_not_ask_is_told_of_fills(desk: Desk) -> None:
    with db.transaction() as session:
        session.scalars(select(NotificationPreference)).one().is_wanted = False
    desk.trade("buy", "0.5")
    assert told() == []


def test_a_fill_that_is_rolled_back_is_not_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the process died")

    monkeypatch.setattr("tradingrobotplug.trading.protection.plan_missing", fail)
    with pytest.raises(RuntimeError):
        desk.trade("buy", "0.5")
    assert (told(), rows(Fill)) == ([], [])
