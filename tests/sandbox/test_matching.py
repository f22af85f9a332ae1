"""How orders meet the sandbox's price path."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.trader import DAWN, NIGHT, OPEN, Trader

LATER = "2026-11-20T15:40:00+00:00"
CLOSED = "2026-11-20T21:00:01+00:00"
MONDAY = "2026-11-23T14:30:05+00:00"
LEGS = {"take_profit": {"limit_price": "210"}, "stop_loss": {"stop_price": "190"}}
BRACKET = {"order_class": "bracket", "time_in_force": "gtc", **LEGS}


def legs_of(order: dict[str, Any]) -> dict[str, str]:
    return {leg["group_role"]: leg["status"] for leg in order["legs"]}


def test_a_market_order_is_accepted_first_and_filled_at_the_far_side(trader: Trader) -> None:
    answer = trader.order().json()
    assert (answer["status"], answer["filled_qty"]) == ("pending_new", "0")
    order = trader.seen(answer)
    assert (order["status"], order["filled_avg_price"]) == ("filled", "200.02")
    assert trader.placed(side="sell")["filled_avg_price"] == "199.98"


def test_more_than_is_displayed_is_filled_in_parts(trader: Trader) -> None:
    trader.price(11.4, "F")
    order = trader.placed(symbol="F", qty="15000")
    assert order["status"] == "partially_filled"
    trader.clock(LATER)
    assert trader.seen(order)["status"] == "filled"
    fills = trader.get(f"/v2/account/activities/FILL?order_id={order['id']}")
    assert len(fills) > 1
    assert sum(Decimal(fill["qty"]) for fill in fills) == 15_000
    assert {fill["type"] for fill in fills[1:]} == {"partial_fill"}
    assert (fills[0]["type"], fills[0]["leaves_qty"]) == ("fill", "0")


@pytest.mark.parametrize(
    ("terms", "moved", "price"),
    [
        ({"type": "limit", "limit_price": "195"}, 194, "194.01"),
        ({"type": "stop", "stop_price": "205"}, 206, "206.02"),
        ({"type": "stop_limit", "stop_price": "205", "limit_price": "207"}, 206, "206.02"),
        ({"side": "sell", "type": "limit", "limit_price": "205"}, 206, "205.98"),
        ({"side": "sell", "type": "stop", "stop_price": "195"}, 194, "193.99"),
        (
            {"side": "sell", "type": "stop_limit", "stop_price": "195", "limit_price": "193"},
            194,
            "193.99",
        ),
        ({"side": "sell", "type": "trailing_stop", "trail_price": "5"}, 194, "193.99"),
        ({"type": "trailing_stop", "trail_percent": "2"}, 206, "206.02"),
    ],
    ids=str,
)
def test_a_resting_order_waits_for_its_price(
    trader: Trader, terms: dict[str, Any], moved: float, price: str
) -> None:
    order = trader.placed(**terms)
    assert order["status"] == "new"
    trader.price(moved)
    assert (trader.seen(order)["status"], trader.seen(order)["filled_avg_price"]) == (
        "filled",
        price,
    )


def test_a_stop_limit_rests_when_the_price_has_run_past_its_limit(trader: Trader) -> None:
    terms = {"side": "sell", "type": "stop_limit", "stop_price": "195", "limit_price": "194"}
    order = trader.placed(**terms)
    trader.price(190)
    assert trader.seen(order)["status"] == "new"
    trader.price(194.5)
    assert trader.seen(order)["filled_avg_price"] == "194.49"


def test_a_trailing_stop_follows_the_price_and_never_goes_back(trader: Trader) -> None:
    trader.placed()
    order = trader.placed(side="sell", type="trailing_stop", trail_price="5")
    assert (order["hwm"], order["stop_price"]) == ("199.98", "194.98")
    trader.price(220)
    assert trader.seen(order)["hwm"] == "219.98"
    trader.price(216)
    assert (trader.seen(order)["status"], trader.seen(order)["hwm"]) == ("new", "219.98")
    trader.price(214)
    assert trader.seen(order)["status"] == "filled"


def test_what_was_passed_while_nobody_looked_has_happened(trader: Trader) -> None:
    trader.clock("2026-11-20T14:30:00+00:00")
    trader.sandbox.tell("price", symbol="AAPL", price=200, hold=False)
    stop = trader.placed(side="sell", type="trailing_stop", trail_percent="0.2")
    trader.clock("2026-11-20T20:30:00+00:00")
    filled = trader.seen(stop)
    assert filled["status"] == "filled"
    assert "2026-11-20T14:30" < filled["filled_at"] < "2026-11-20T20:30"
    assert Decimal(filled["hwm"]) > Decimal("199.5")
    assert Decimal(filled["filled_avg_price"]) <= Decimal(filled["stop_price"])


@pytest.mark.parametrize(
    ("terms", "status", "filled"),
    [
        ({"time_in_force": "ioc"}, "filled", "10"),
        ({"time_in_force": "ioc", "type": "limit", "limit_price": "190"}, "canceled", "0"),
        ({"time_in_force": "fok", "symbol": "F", "qty": "15000"}, "canceled", "0"),
        ({"time_in_force": "fok"}, "filled", "10"),
    ],
    ids=str,
)
def test_some_orders_are_filled_at_once_or_not(
    trader: Trader, terms: dict[str, Any], status: str, filled: str
) -> None:
    order = trader.placed(**terms)
    assert (order["status"], order["filled_qty"]) == (status, filled)


def test_an_immediate_order_keeps_what_it_got(trader: Trader) -> None:
    trader.price(11.4, "F")
    order = trader.placed(symbol="F", qty="15000", time_in_force="ioc")
    assert order["status"] == "canceled"
    assert 0 < Decimal(order["filled_qty"]) < 15_000


def test_dollars_buy_shares_to_nine_decimals(trader: Trader) -> None:
    order = trader.placed(qty=None, notional="1000")
    assert (order["qty"], order["notional"], order["status"]) == (None, "1000", "filled")
    assert order["filled_qty"] == "4.999500049"
    assert trader.held() == Decimal("4.999500049")


def test_a_market_order_at_night_waits_for_the_open(trader: Trader) -> None:
    trader.clock(NIGHT)
    order = trader.placed()
    assert order["status"] == "accepted"
    trader.clock(DAWN)
    assert trader.seen(order)["status"] == "accepted"
    trader.clock(OPEN)
    filled = trader.seen(order)
    assert (filled["status"], filled["filled_at"]) == ("filled", "2026-11-20T14:30:00Z")


@pytest.mark.parametrize(("extended", "status"), [(True, "filled"), (False, "accepted")])
def test_only_an_order_for_extended_hours_trades_in_them(
    trader: Trader, extended: bool, status: str
) -> None:
    trader.clock(DAWN)
    order = trader.placed(type="limit", limit_price="300", extended_hours=extended)
    assert order["status"] == status


def test_a_day_order_ends_with_the_session(trader: Trader) -> None:
    day = trader.placed(type="limit", limit_price="150")
    good = trader.placed(type="limit", limit_price="150", time_in_force="gtc")
    late = trader.placed(type="limit", limit_price="150", extended_hours=True)
    trader.clock(CLOSED)
    expired = trader.seen(day)
    assert (expired["status"], expired["expired_at"]) == ("expired", "2026-11-20T21:00:00Z")
    assert [trader.seen(o)["status"] for o in (good, late)] == ["new", "new"]
    trader.clock(MONDAY)
    assert [trader.seen(o)["status"] for o in (good, late)] == ["new", "expired"]


def test_a_day_order_sent_after_the_close_is_for_the_next_session(trader: Trader) -> None:
    trader.clock(CLOSED)
    order = trader.placed(type="limit", limit_price="250")
    assert order["expires_at"] == "2026-11-23T21:00:00Z"
    trader.clock(MONDAY)
    assert trader.seen(order)["filled_at"] == "2026-11-23T14:30:00Z"


@pytest.mark.parametrize(
    ("time_in_force", "at"), [("opg", "2026-11-20T14:30:00Z"), ("cls", "2026-11-20T20:59:59Z")]
)
def test_an_auction_fills_all_of_an_order_at_once(
    trader: Trader, time_in_force: str, at: str
) -> None:
    trader.clock(DAWN)
    trader.price(11.4, "F")
    order = trader.placed(symbol="F", qty="15000", time_in_force=time_in_force)
    trader.clock(CLOSED)
    assert (trader.seen(order)["status"], trader.seen(order)["filled_at"]) == ("filled", at)
    assert len(trader.get("/v2/account/activities/FILL")) == 1


def test_legs_are_live_only_once_the_entry_is_filled_whole(trader: Trader) -> None:
    trader.price(11.4, "F")
    legs = {"take_profit": {"limit_price": "12"}, "stop_loss": {"stop_price": "11"}}
    entry = trader.placed(symbol="F", qty="15000", **(BRACKET | legs))
    assert entry["status"] == "partially_filled"
    assert legs_of(entry) == {"take_profit": "held", "stop_loss": "held"}
    trader.price(10.5, "F")
    assert trader.held("F") == Decimal(trader.seen(entry)["filled_qty"])
    trader.price(11.4, "F")
    trader.clock(LATER)
    assert legs_of(trader.seen(entry)) == {"take_profit": "new", "stop_loss": "held"}


def test_a_partly_filled_entry_that_is_canceled_leaves_no_protection(trader: Trader) -> None:
    trader.price(11.4, "F")
    legs = {"take_profit": {"limit_price": "12"}, "stop_loss": {"stop_price": "11"}}
    entry = trader.placed(symbol="F", qty="15000", **(BRACKET | legs))
    trader.ask("DELETE", f"/v2/orders/{entry['id']}")
    assert legs_of(trader.seen(entry)) == {"take_profit": "canceled", "stop_loss": "canceled"}
    assert trader.held("F") > 0
    assert trader.get("/v2/orders") == []


@pytest.mark.parametrize(
    ("moved", "legs"),
    [
        (211, {"take_profit": "filled", "stop_loss": "canceled"}),
        (189, {"take_profit": "canceled", "stop_loss": "filled"}),
    ],
)
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_one_leg_ends_the_other(
    trader: Trader, moved: float, legs: dict[str, str], side: str
) -> None:
    mirrored = {"take_profit": {"limit_price": "190"}, "stop_loss": {"stop_price": "210"}}
    terms = {"buy": BRACKET, "sell": BRACKET | mirrored}[side]
    entry = trader.placed(side=side, **terms)
    trader.price({"buy": moved, "sell": 400 - moved}[side])
    assert legs_of(trader.seen(entry)) == legs
    assert trader.held() == 0


def test_a_leg_that_is_canceled_takes_its_sibling_with_it(trader: Trader) -> None:
    entry = trader.placed(**BRACKET)
    trader.ask("DELETE", f"/v2/orders/{entry['legs'][0]['id']}")
    assert legs_of(trader.seen(entry)) == {"take_profit": "canceled", "stop_loss": "canceled"}
    assert trader.held() == 10


def test_an_entry_with_one_leg_arms_it_when_filled(trader: Trader) -> None:
    terms = {"order_class": "oto", "stop_loss": {"stop_price": "190", "limit_price": "189"}}
    entry = trader.placed(time_in_force="gtc", **terms)
    assert legs_of(entry) == {"stop_loss": "new"}
    assert entry["legs"][0]["type"] == "stop_limit"
    trader.price(189.5)
    assert legs_of(trader.seen(entry)) == {"stop_loss": "filled"}


def test_an_exit_with_two_ends_fills_once(trader: Trader) -> None:
    trader.placed()
    terms = {"order_class": "oco", "type": "limit", "side": "sell", "time_in_force": "gtc"}
    order = trader.placed(**terms, **LEGS)
    assert (order["status"], order["limit_price"]) == ("new", "210")
    assert legs_of(order) == {"stop_loss": "held"}
    trader.price(189)
    assert trader.seen(order)["status"] == "canceled"
    assert legs_of(trader.seen(order)) == {"stop_loss": "filled"}
    assert trader.held() == 0


def test_a_day_bracket_ends_with_the_session_and_leaves_the_position_bare(trader: Trader) -> None:
    entry = trader.placed(**(BRACKET | {"time_in_force": "day"}))
    trader.clock(CLOSED)
    assert legs_of(trader.seen(entry)) == {"take_profit": "expired", "stop_loss": "expired"}
    assert trader.held() == 10


def test_a_replaced_order_gets_a_new_id(trader: Trader) -> None:
    old = trader.placed(type="limit", limit_price="190")
    body = {"limit_price": "195", "qty": "5", "client_order_id": "mine"}
    answer = trader.ask("PATCH", f"/v2/orders/{old['id']}", json=body)
    new = answer.json()
    assert (new["replaces"], new["limit_price"], new["qty"]) == (old["id"], "195", "5")
    assert new["client_order_id"] == "mine"
    replaced = trader.seen(old)
    assert (replaced["status"], replaced["replaced_by"]) == ("replaced", new["id"])
    trader.price(194)
    assert trader.seen(new)["status"] == "filled"
    again = trader.ask("PATCH", f"/v2/orders/{old['id']}", json=body | {"client_order_id": "x"})
    assert again.status_code == 422


def test_a_leg_can_be_replaced_and_still_ends_its_sibling(trader: Trader) -> None:
    entry = trader.placed(**BRACKET)
    stop = next(leg for leg in entry["legs"] if leg["group_role"] == "stop_loss")
    answer = trader.ask("PATCH", f"/v2/orders/{stop['id']}", json={"stop_price": "195"})
    assert answer.status_code == 200
    trader.price(194)
    assert trader.seen(answer.json())["status"] == "filled"
    assert trader.seen(entry["legs"][0])["status"] == "canceled"
    assert trader.held() == 0


@pytest.mark.parametrize(
    "body",
    [{"limit_price": "190.001"}, {"qty": "100000"}, {"qty": "0"}, {"client_order_id": "taken"}],
    ids=str,
)
def test_a_replacement_against_the_rules_leaves_the_order_as_it_was(
    trader: Trader, body: dict[str, str]
) -> None:
    order = trader.placed(type="limit", limit_price="190", client_order_id="taken")
    answer = trader.ask("PATCH", f"/v2/orders/{order['id']}", json=body)
    assert answer.status_code in (403, 422)
    assert trader.seen(order)["status"] == "new"
    trader.price(189)
    assert trader.seen(order)["status"] == "filled"


def test_an_order_that_waits_for_the_open_cannot_be_replaced(trader: Trader) -> None:
    trader.clock(NIGHT)
    order = trader.placed(type="limit", limit_price="190")
    answer = trader.ask("PATCH", f"/v2/orders/{order['id']}", json={"limit_price": "191"})
    assert answer.status_code == 422
    assert answer.json()["message"] == 'cannot replace order in "accepted" status'


def test_an_exit_filled_in_part_leaves_the_rest_to_its_sibling(trader: Trader) -> None:
    trader.price(11.4, "F")
    legs = {"take_profit": {"limit_price": "12"}, "stop_loss": {"stop_price": "11"}}
    entry = trader.placed(symbol="F", qty="15000", **(BRACKET | legs))
    trader.clock(LATER)
    trader.price(12.5, "F")
    left = trader.held("F")
    assert 0 < left < 15_000
    trader.price(10.5, "F")
    trader.clock("2026-11-20T15:50:00+00:00")
    profit, loss = trader.seen(entry)["legs"]
    assert (profit["status"], loss["status"]) == ("canceled", "filled")
    assert Decimal(profit["filled_qty"]) + Decimal(loss["filled_qty"]) == 15_000
    assert trader.held("F") == 0
