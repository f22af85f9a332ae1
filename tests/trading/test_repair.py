"""Every repair of a drift, through the API, at the simulated Coinbase."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import headers_for, make_user
from tests.venues import markets, sandbox
from tradingrobotplug import db
from tradingrobotplug.models import (
    AuditLog,
    Bot,
    Drift,
    Fill,
    Notification,
    Order,
    Position,
    Signal,
)
from tradingrobotplug.trading.locks import bot_lock

from .broker_desk import BrokerDesk, Desktop, app, broker_desk, desktop, headers, second_bot
from .conftest import SYMBOL, rows

__all__ = ["app", "broker_desk", "desktop", "headers", "markets", "sandbox"]

D = Decimal
NAME = "trp" + "x" * 29


@pytest.fixture
def sold_by_hand(broker_desk: BrokerDesk) -> BrokerDesk:
    """The bot has bought a half, its user has sold 0.2 of it at the broker."""
    broker_desk.look()
    broker_desk.trade("buy", "0.5", stop_loss=D(8_000))
    broker_desk.look()
    broker_desk.hands.cancel_orders(
        [one.broker_order_id for one in rows(Order, Order.leg != "entry")]
    )
    broker_desk.by_hand("SELL", "0.2")
    broker_desk.look(3)
    return broker_desk


@pytest.fixture
def bought_by_hand(broker_desk: BrokerDesk) -> BrokerDesk:
    """The bot has bought a half, its user another 0.2 at the broker."""
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.look()
    broker_desk.by_hand("BUY", "0.2")
    broker_desk.look(2)
    return broker_desk


def held() -> list[Decimal]:
    return [one.quantity for one in rows(Position)]


def fits(desk: BrokerDesk) -> bool:
    """Whether later looks find nothing more."""
    desk.look(3)
    return desk.drifts() == []


def test_what_was_sold_by_hand_shows_with_its_repairs(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    (drift,) = desktop.drifts()
    assert drift["account"] == {"id": str(sold_by_hand.account.id), "label": "Coinbase"}
    assert (drift["kind"], drift["symbol"], drift["ours"], drift["theirs"]) == (
        "position", SYMBOL, "3.5", "3.3",
    )  # fmt: skip
    assert drift["bot_id"] == str(sold_by_hand.bot.id)
    assert drift["repairs"] == ["broker", "ours", "outside"]


def test_the_book_takes_over_what_was_sold_by_hand(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    answer = desktop.repair("broker")

    assert answer.status_code == 200
    assert (answer.json["drift"]["resolution"], answer.json["drift"]["repairs"]) == ("broker", [])
    (order,) = rows(Order, Order.leg == "repair")
    (fill,) = rows(Fill, Fill.trade_id == order.id)
    assert (order.side, order.state, fill.quantity, fill.fee) == ("sell", "filled", D("0.2"), 0)
    assert order.reason == (
        "The broker held 3.3 where our books came to 3.5: 0.2 less for this bot."
    )
    assert held() == [D("0.3")]
    assert fits(sold_by_hand)


def test_the_rest_is_guarded_and_no_more(sold_by_hand: BrokerDesk, desktop: Desktop) -> None:
    desktop.repair("broker")

    live = [one for one in rows(Order) if one.state == "accepted"]
    assert [(one.leg.partition(":")[0], one.quantity) for one in live] == [("stop_loss", D("0.3"))]


def test_a_repair_stands_in_the_bot_s_log_and_is_not_told_as_a_trade(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    before = len(rows(Notification))
    desktop.repair("broker")

    (signal,) = rows(Signal, Signal.source == "repair")
    assert (signal.status, signal.log[0]["step"]) == ("done", "repaired")
    assert len(rows(Notification)) == before
    (noted,) = rows(AuditLog, AuditLog.action == "drift.repair")
    assert noted.object_id == str(rows(Drift)[0].id)


def test_the_broker_is_brought_back_to_our_figure(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    assert desktop.repair("ours").status_code == 200
    sold_by_hand.work()

    repair, entry = rows(Order, Order.signal_id == rows(Signal, Signal.source == "repair")[0].id)[
        :2
    ]
    assert {(one.leg, one.side, one.state) for one in (repair, entry)} == {
        ("repair", "sell", "filled"),
        ("entry", "buy", "filled"),
    }
    assert sum(held()) == D("0.5")
    assert fits(sold_by_hand)
    assert sold_by_hand.state().positions == {SYMBOL: "3.5"}


def test_bringing_the_broker_back_twice_trades_once(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    drift_id = desktop.drifts()[0]["id"]
    answers = [desktop.repair("ours", drift_id).status_code for _ in range(2)]
    sold_by_hand.work()
    sold_by_hand.work()

    assert answers == [200, 200]
    assert len(rows(Order, Order.leg == "repair")) == 1
    assert fits(sold_by_hand)
    assert sold_by_hand.state().positions == {SYMBOL: "3.5"}


def test_what_was_sold_may_have_been_the_user_s_own(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    assert desktop.repair("outside").status_code == 200

    assert sold_by_hand.state().outside == {SYMBOL: "2.8"}
    assert held() == [D("0.5")]
    assert fits(sold_by_hand)


@pytest.mark.parametrize(
    ("way", "position", "outside", "at_broker"),
    [("broker", "0.7", "3", "3.7"), ("ours", "0.5", "3", "3.5"), ("outside", "0.5", "3.2", "3.7")],
)
def test_what_was_bought_by_hand_is_the_bot_s_is_sold_or_is_the_user_s(
    way: str,
    position: str,
    outside: str,
    at_broker: str,
    bought_by_hand: BrokerDesk,
    desktop: Desktop,
) -> None:
    assert desktop.repair(way).status_code == 200
    bought_by_hand.work()

    assert fits(bought_by_hand)
    state = bought_by_hand.state()
    assert (sum(held()), state.outside) == (D(position), {SYMBOL: outside})
    assert state.positions == {SYMBOL: at_broker}


def test_units_taken_over_get_a_guard_of_their_own_though_the_last_ones_brought_theirs_along(
    broker_desk: BrokerDesk, desktop: Desktop
) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5", stop_loss=D(8_000), take_profit=D(12_000))
    broker_desk.look()
    broker_desk.by_hand("BUY", "0.2")
    broker_desk.look(2)

    desktop.repair("broker")

    (repaired,) = rows(Order, Order.leg == "repair")
    (guard,) = rows(Order, Order.parent_id == repaired.id)
    assert (guard.quantity, guard.state, guard.attached_to) == (D("0.2"), "accepted", None)
    assert guard.broker_order_id is not None
    assert fits(broker_desk)


def test_what_two_bots_lost_falls_on_both(broker_desk: BrokerDesk, desktop: Desktop) -> None:
    broker_desk.look()
    other = second_bot(broker_desk)
    broker_desk.trade("buy", "0.5")
    other.trade("buy", "0.2")
    broker_desk.look()
    broker_desk.by_hand("SELL", "0.6")
    broker_desk.look(2)

    desktop.repair("broker")

    assert [(p.bot_id, p.quantity) for p in rows(Position)] == [(other.bot.id, D("0.1"))]
    assert fits(broker_desk)


def test_an_order_that_nothing_stands_behind_is_cancelled_there(
    broker_desk: BrokerDesk, desktop: Desktop
) -> None:
    broker_desk.look()
    order_id = broker_desk.by_hand("BUY", "0.3", name=NAME, limit_price="9000")
    broker_desk.look(2)
    assert desktop.drifts()[0]["repairs"] == ["broker"]

    assert desktop.repair("broker").json["drift"]["resolution"] == "broker"

    assert broker_desk.hands.get_order(order_id).order.status == "CANCELLED"
    assert fits(broker_desk)


def test_an_order_that_the_broker_does_not_show_is_given_up(
    broker_desk: BrokerDesk, desktop: Desktop
) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.3", order_type="limit", limit_price=D(9_000))
    (order,) = rows(Order)
    broker_desk.hands.cancel_orders([order.broker_order_id])
    with db.transaction() as session:
        session.get_one(Order, order.id).broker_order_id = "never-there"
        session.get_one(Order, order.id).client_order_id = NAME
    broker_desk.look(2)

    assert desktop.repair("broker").status_code == 200

    (order,) = rows(Order)
    assert order.state == "cancelled"
    assert order.reason == "The broker does not show this order, so the books gave it up."
    assert fits(broker_desk)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def test_a_drift_is_repaired_in_one_way_only(sold_by_hand: BrokerDesk, desktop: Desktop) -> None:
    drift_id = desktop.drifts()[0]["id"]
    desktop.repair("outside")
    assert desktop.drifts() == []
    assert refusal(desktop.repair("broker", drift_id)) == (409, "drift_resolved")
    assert held() == [D("0.5")]


def test_what_is_not_offered_is_refused(broker_desk: BrokerDesk, desktop: Desktop) -> None:
    broker_desk.look()
    broker_desk.by_hand("BUY", "0.3", name=NAME, limit_price="9000")
    broker_desk.look(2)
    assert refusal(desktop.repair("ours")) == (409, "repair_not_offered")


def test_a_stopped_bot_s_units_are_not_bought_back(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    with db.transaction() as session:
        session.get_one(Bot, sold_by_hand.bot.id).status = "stopped"
    assert desktop.drifts()[0]["repairs"] == ["broker", "outside"]
    assert refusal(desktop.repair("ours")) == (409, "repair_not_offered")


def test_nothing_is_repaired_on_figures_that_have_changed(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    sold_by_hand.by_hand("SELL", "0.1")
    assert refusal(desktop.repair("broker")) == (409, "changed_meanwhile")
    assert held() == [D("0.5")]


def test_a_repair_that_fails_leaves_the_position_guarded(
    sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    sold_by_hand.market.tell(
        "faults", kind="status", status=503, path="/api/v3/brokerage/accounts", count=1
    )
    assert refusal(desktop.repair("broker")) == (503, "broker_unavailable")
    assert held() == [D("0.5")]
    assert [o.quantity for o in rows(Order, Order.parent_id.is_not(None)) if not o.finished_at] == [
        D("0.5")
    ]


def test_a_bot_at_work_is_not_repaired(
    sold_by_hand: BrokerDesk, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradingrobotplug.trading.locks._WAIT_SECONDS", 0.1)
    with db.engine().connect() as connection, bot_lock(connection, sold_by_hand.bot.id):
        assert refusal(desktop.repair("broker")) == (409, "bot_busy")


def test_a2_drifts_of_others_are_not_there(
    app: Flask, client: FlaskClient, sold_by_hand: BrokerDesk, desktop: Desktop
) -> None:
    stranger = Desktop(client, headers_for(app, make_user("stranger@example.com")))
    (drift,) = desktop.drifts()
    assert stranger.drifts() == []
    assert stranger.drifts(bot_id=drift["bot_id"]) == []
    assert stranger.drifts(account_id=drift["account"]["id"]) == []
    assert refusal(stranger.repair("outside", drift["id"])) == (404, "drift_not_found")


def test_drifts_are_listed_by_bot_and_account_and_counted_for_the_bot(
    sold_by_hand: BrokerDesk, desktop: Desktop, client: FlaskClient, headers: dict[str, str]
) -> None:
    other = second_bot(sold_by_hand)
    bots = client.get("/api/bots", headers=headers).json["bots"]
    assert {one["id"]: one["drifts"] for one in bots} == {
        str(sold_by_hand.bot.id): 1,
        str(other.bot.id): 0,
    }
    assert len(desktop.drifts(account_id=sold_by_hand.account.id)) == 1
    assert len(desktop.drifts(bot_id=sold_by_hand.bot.id)) == 1
    assert desktop.drifts(bot_id=other.bot.id) == []
    assert desktop.drifts(account_id=uuid.uuid4()) == []


def test_the_state_says_whose_the_units_are(sold_by_hand: BrokerDesk, desktop: Desktop) -> None:
    state = desktop.refresh(sold_by_hand.account.id)
    assert state["positions"] == [
        {"symbol": SYMBOL, "quantity": "3.3", "bots": "0.5", "outside": "3"}
    ]
    assert state["problem"] is None


def test_an_account_that_was_never_asked_shows_nothing(
    broker_desk: BrokerDesk, client: FlaskClient, headers: dict[str, str]
) -> None:
    path = f"/api/trading-accounts/{broker_desk.account.id}/state"
    state = client.get(path, headers=headers).json["state"]
    assert (state["cash"], state["positions"], state["answered_at"]) == (None, [], None)
