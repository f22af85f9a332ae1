"""What is sent to Alpaca and what becomes of it: every kind of order through the real SDK."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.brokers.alpaca_desk import D, Desk, named
from tradingrobotplug import clock
from tradingrobotplug.brokers.broker import Attached, NoClearAnswer, OrderRequest

BRACKET = {"type": "bracket", "time_in_force": "gtc", "limit_price": D(220), "stop_price": D(180)}


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({}, {"type": "market", "time_in_force": "day", "qty": "10"}),
        ({"quantity": D("1.5")}, {"qty": "1.5"}),
        ({"type": "limit", "limit_price": D("190.5")}, {"type": "limit", "limit_price": "190.5"}),
        ({"type": "stop", "stop_price": D(210)}, {"type": "stop", "stop_price": "210"}),
        (
            {"type": "stop_limit", "stop_price": D(210), "limit_price": D(211)},
            {"type": "stop_limit", "stop_price": "210", "limit_price": "211"},
        ),
        (
            {"type": "trailing_stop", "trail_percent": D("1.5")},
            {"type": "trailing_stop", "trail_percent": "1.5", "trail_price": None},
        ),
        (
            {"type": "trailing_stop", "trail_amount": D("2.5")},
            {"type": "trailing_stop", "trail_percent": None, "trail_price": "2.5"},
        ),
        (
            {"type": "limit", "limit_price": D(190), "extended_hours": True},
            {"extended_hours": True},
        ),
    ],
    ids=str,
)
def test_an_order_arrives_as_it_was_meant(
    desk: Desk, asked: dict[str, Any], there: dict[str, Any]
) -> None:
    placed = desk.broker.submit(desk.order(**asked))
    [found] = desk.at_venue()
    assert (placed.state, placed.broker_order_id) == ("accepted", found["id"])
    assert found["client_order_id"] == placed.client_order_id
    assert {name: found[name] for name in there} == there


@pytest.mark.parametrize("time_in_force", ["day", "gtc", "ioc", "fok", "opg", "cls"])
def test_an_order_is_in_force_as_long_as_it_says(desk: Desk, time_in_force: str) -> None:
    order = desk.order(type="limit", limit_price=D(190), time_in_force=time_in_force)
    assert desk.broker.submit(order).state == "accepted"
    assert desk.at_venue()[0]["time_in_force"] == time_in_force


def test_a_market_order_is_filled_with_its_executions(desk: Desk) -> None:
    filled = desk.traded(desk.order())
    assert filled.state == "filled"
    [execution] = filled.executions
    assert (execution.quantity, execution.price, execution.fee) == (10, D("200.02"), 0)
    assert execution.id == desk.sandbox.get("/v2/account/activities/FILL").json()[0]["id"]
    assert execution.at.tzinfo is not None


def test_fills_are_read_from_every_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradingrobotplug.brokers.alpaca_books._ACTIVITIES", 1)
    desk.sandbox.tell("price", symbol="F", price=10)
    order = desk.order(symbol="F", quantity=D(18_000))
    desk.broker.submit(order)  # more than is offered in a second
    desk.sandbox.tell("clock", at=(clock.now() + timedelta(minutes=1)).isoformat())
    filled = desk.seen(order)
    assert (filled.state, filled.filled_quantity) == ("filled", 18_000)
    assert len({e.id for e in filled.executions}) == len(filled.executions) > 1


def test_an_order_that_ended_without_a_trade_says_how(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(190), time_in_force="ioc")
    ended = desk.traded(order)
    assert (ended.state, ended.reason) == ("cancelled", "Alpaca shows the order as canceled.")


def test_what_filled_is_not_called_filled_before_its_executions_show(desk: Desk) -> None:
    order = desk.order()
    desk.traded(order)
    desk.sandbox.tell("faults", kind="late_fills")
    early = desk.seen(order)
    assert (early.state, early.executions) == ("accepted", ())
    assert desk.seen(order).state == "filled"


def test_of_two_parts_of_which_one_shows_the_order_is_filled_in_part(desk: Desk) -> None:
    desk.sandbox.tell("price", symbol="F", price=10)
    order = desk.order(symbol="F", quantity=D(18_000))
    desk.broker.submit(order)
    desk.sandbox.tell("clock", at=(clock.now() + timedelta(minutes=1)).isoformat())
    desk.sandbox.tell("faults", kind="late_fills", keep=1)
    early = desk.seen(order)
    assert (early.state, len(early.executions)) == ("partially_filled", 1)


def test_fills_that_cant_be_read_are_no_clear_answer(desk: Desk) -> None:
    order = desk.order()
    desk.traded(order)
    desk.sandbox.tell("faults", kind="html", path="/v2/account/activities")
    with pytest.raises(NoClearAnswer):
        desk.seen(order)


def test_a_short_is_opened_where_the_bot_may_and_covered(desk: Desk) -> None:
    desk.traded(desk.order(side="sell", allow_short=True))
    assert desk.held() == -10
    desk.traded(desk.order(side="buy", is_exit=True, allow_short=True))
    assert desk.held() == 0


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"quantity": D(100_000)}, "insufficient buying power"),
        ({"symbol": "NOPE"}, 'asset "NOPE" not found'),
        ({"type": "limit", "limit_price": D("190.001")}, "sub-penny"),
        ({"extended_hours": True}, "extended hours"),
    ],
    ids=str,
)
def test_a_refusal_carries_the_venues_sentence(
    desk: Desk, asked: dict[str, Any], reason: str
) -> None:
    refused = desk.broker.submit(desk.order(**asked))
    assert (refused.state, refused.broker_order_id) == ("rejected", None)
    assert reason in str(refused.reason)


def test_a_field_that_cant_be_read_is_a_refusal_though_its_code_is_that_of_a_used_id(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradingrobotplug.brokers.alpaca._SHOWS_LATE", 0)
    refused = desk.broker.submit(desk.order(client_order_id="x" * 129))
    assert (refused.state, "128 characters" in str(refused.reason)) == ("rejected", True)


@pytest.fixture
def pair(desk: Desk) -> OrderRequest:
    """Ten AAPL, guarded at 220 and 180."""
    desk.traded(desk.order())
    order = desk.sale(**BRACKET)
    assert desk.broker.submit(order).state == "accepted"
    return order


@pytest.mark.parametrize(("price", "at"), [(221, "220.98"), (179, "178.99")])
def test_a_pair_of_guards_is_one_order_that_fills_at_either_price(
    desk: Desk, pair: OrderRequest, price: float, at: str
) -> None:
    assert desk.seen(pair).state == "accepted"
    desk.price(price)
    filled = desk.seen(pair)
    assert (filled.state, filled.filled_quantity) == ("filled", 10)
    assert [e.price for e in filled.executions] == [D(at)]
    assert desk.held() == 0


def test_a_cancelled_pair_leaves_neither_guard_behind(desk: Desk, pair: OrderRequest) -> None:
    ended = desk.broker.cancel(named(pair))
    assert ended is not None
    assert (ended.state, ended.executions) == ("cancelled", ())
    assert desk.broker.open_orders() == []


def test_the_stop_of_a_pair_may_have_a_limit(desk: Desk) -> None:
    desk.traded(desk.order())
    desk.broker.submit(desk.sale(**BRACKET, stop_limit_price=D(179)))
    [stop] = desk.at_venue()[1]["legs"]
    assert (stop["type"], stop["stop_price"], stop["limit_price"]) == ("stop_limit", "180", "179")


def test_an_entry_brings_its_bracket_along_and_the_leg_is_looked_up_through_it(desk: Desk) -> None:
    entry = desk.order(attached=Attached(take_profit=D(220), stop=D(180)), time_in_force="gtc")
    bought = desk.traded(entry)
    assert (bought.state, bought.filled_quantity) == ("filled", 10)
    guard = replace(named(desk.sale()), attached_to=bought.broker_order_id)
    waiting = desk.broker.look_up(guard)
    assert waiting is not None
    assert (waiting.state, waiting.client_order_id) == ("accepted", guard.client_order_id)
    desk.price(179)
    sold = desk.broker.look_up(guard)
    assert sold is not None
    assert (sold.state, sold.filled_quantity) == ("filled", 10)
    assert desk.seen(entry) == bought


def test_an_entry_with_a_stop_alone_is_an_oto_whose_leg_can_be_cancelled(desk: Desk) -> None:
    entry = desk.order(attached=Attached(stop=D(180), stop_limit=D(179)), time_in_force="gtc")
    bought = desk.traded(entry)
    assert desk.at_venue()[0]["order_class"] == "oto"
    guard = replace(named(desk.sale()), attached_to=bought.broker_order_id)
    ended = desk.broker.cancel(guard)
    assert ended is not None
    assert ended.state == "cancelled"
    assert desk.held() == 10


def test_protection_of_an_entry_that_brought_none_is_not_there(desk: Desk) -> None:
    bought = desk.traded(desk.order())
    guard = replace(named(desk.sale()), attached_to=bought.broker_order_id)
    assert desk.broker.look_up(guard) is None
    assert desk.broker.cancel(guard) is None


def test_an_order_said_to_have_traded_is_known_by_its_executions_alone(desk: Desk) -> None:
    order = desk.order()
    bought = desk.traded(order)
    told = {"broker_order_id": bought.broker_order_id, "quantity": D(10), "has_traded": True}
    desk.faulty("status", "GET", path="/v2/orders/", status=500)
    assert desk.seen(order, **told) == bought
    with pytest.raises(NoClearAnswer):
        desk.seen(order, broker_order_id=bought.broker_order_id)


@pytest.mark.parametrize(
    "more", [{"quantity": D(11)}, {"quantity": None}, {"attached_to": "another"}, {"is_exit": True}]
)
def test_executions_that_are_not_the_whole_order_say_nothing_of_it(
    desk: Desk, more: dict[str, Any]
) -> None:
    order = desk.order()
    bought = desk.traded(order)
    told = {"broker_order_id": bought.broker_order_id, "quantity": D(10), "has_traded": True}
    desk.faulty("status", "GET", path="/v2/orders/", status=500)
    with pytest.raises(NoClearAnswer):
        desk.seen(order, **(told | more))


def test_an_order_that_rests_though_a_trade_was_spoken_of_rests(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(150))
    resting = desk.traded(order)
    told = {"broker_order_id": resting.broker_order_id, "quantity": D(10), "has_traded": True}
    assert desk.seen(order, **told) == resting


def test_cancelling_what_has_filled_meanwhile_tells_of_the_fill(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(190))
    desk.broker.submit(order)
    desk.price(189)
    ended = desk.broker.cancel(named(order))
    assert ended is not None
    assert (ended.state, ended.filled_quantity) == ("filled", 10)


def test_an_order_that_alpaca_never_had_is_none(desk: Desk) -> None:
    never = named(desk.order())
    assert desk.broker.look_up(never) is None
    assert desk.broker.look_up(replace(never, broker_order_id="no-such-order")) is None
    assert desk.broker.cancel(never) is None


def test_a_cancel_that_alpaca_does_not_carry_out_is_no_clear_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradingrobotplug.brokers.alpaca._PAUSES", (0.0, 0.0))
    order = desk.order(type="limit", limit_price=D(190))
    desk.broker.submit(order)
    desk.faulty("unknown_status", method="GET", count=10)
    with pytest.raises(NoClearAnswer):
        desk.broker.cancel(named(order))
