"""What Alpaca refuses, with its own status, code and words."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.trader import NIGHT, Trader

LEGS = {"take_profit": {"limit_price": "210"}, "stop_loss": {"stop_price": "190"}}
BRACKET = {"order_class": "bracket", "time_in_force": "gtc", **LEGS}
LIMIT = {"type": "limit", "limit_price": "190"}
SALE = {"side": "sell"}


@pytest.mark.parametrize(
    ("terms", "status", "code", "message"),
    [
        ({"symbol": "NOPE"}, 422, 42210000, 'asset "NOPE" not found'),
        ({"symbol": None}, 422, 40010001, "symbol is required"),
        ({"side": "hold"}, 422, 40010001, "invalid side: hold"),
        ({"type": None}, 422, 40010001, "type is required"),
        ({"time_in_force": "week"}, 422, 40010001, "invalid time_in_force: week"),
        ({"qty": None}, 422, 42210000, "qty or notional is required"),
        ({"notional": "5"}, 422, 42210000, "only one of qty or notional is accepted"),
        ({"qty": "0"}, 422, 42210000, "qty must be > 0"),
        ({"qty": "-1"}, 422, 42210000, "qty must be > 0"),
        ({"qty": "ten"}, 422, 40010001, "invalid qty: ten"),
        ({"qty": "NaN"}, 422, 40010001, "invalid qty: NaN"),
        ({"qty": "0.0000000001"}, 422, 42210000, "qty must be limited to 9 decimal places"),
        ({"type": "limit"}, 422, 42210000, "limit orders require limit price"),
        ({"type": "stop"}, 422, 42210000, "stop orders require stop price"),
        ({"type": "stop_limit", "limit_price": "9"}, 422, 42210000, "require stop price"),
        ({"limit_price": "190"}, 422, 42210000, "market orders must not have limit price"),
        ({"type": "trailing_stop"}, 422, 42210000, "one of trail_percent or trail_price"),
        ({"trail_price": "1"}, 422, 42210000, "only for trailing_stop"),
        (LIMIT | {"limit_price": "190.001"}, 422, 42210000, "sub-penny increment"),
        (LIMIT | {"limit_price": "0.12345"}, 422, 42210000, "sub-penny increment"),
        ({"type": "stop", "stop_price": "210.005"}, 422, 42210000, "sub-penny increment"),
        ({"extended_hours": True}, 422, 42210000, "must be DAY or GTC limit orders"),
        (
            LIMIT | {"extended_hours": True, "time_in_force": "ioc"},
            422,
            42210000,
            "must be DAY or GTC limit orders",
        ),
        ({"qty": "1.5", "time_in_force": "gtc"}, 422, 42210000, "must be DAY orders"),
        ({"qty": "1.5"} | BRACKET, 422, 42210000, "fractional orders must be simple orders"),
        (
            {"qty": "1.5", "type": "trailing_stop", "trail_price": "1"},
            422,
            42210000,
            "fractional orders must be market, limit, stop or stop limit orders",
        ),
        ({"qty": "1.5"} | SALE, 422, 42210000, "fractional orders cannot be sold short"),
        ({"qty": None, "notional": "50"} | SALE, 422, 42210000, "cannot be sold short"),
        ({"qty": None, "notional": "0.5"}, 403, 40310000, "minimal amount of order 1"),
        ({"time_in_force": "fok"} | LEGS, 422, 42210000, "simple orders must not have legs"),
        (BRACKET | {"time_in_force": "ioc"}, 422, 42210000, "must be DAY or GTC orders"),
        (
            BRACKET | LIMIT | {"extended_hours": True, "stop_loss": {"stop_price": "180"}},
            422,
            42210000,
            "not eligible for extended hours",
        ),
        (BRACKET | {"stop_loss": None}, 422, 42210000, "require stop_loss.stop_price"),
        (BRACKET | {"take_profit": None}, 422, 42210000, "require take_profit.limit_price"),
        (BRACKET | {"order_class": "oto"}, 422, 42210000, "one of take_profit or stop_loss"),
        (
            BRACKET | {"take_profit": {"limit_price": "199"}},
            422,
            42210000,
            "take_profit.limit_price must be >= base_price + 0.01",
        ),
        (
            BRACKET | {"stop_loss": {"stop_price": "201"}},
            422,
            42210000,
            "stop_loss.stop_price must be <= base_price - 0.01",
        ),
        (BRACKET | SALE, 422, 42210000, "take_profit.limit_price must be <= base_price - 0.01"),
        (
            BRACKET | SALE | {"order_class": "oco", "type": "limit"},
            403,
            40310000,
            "oco orders must be exit orders",
        ),
        ({"qty": "1000"}, 403, 40310000, "insufficient buying power"),
        (
            SALE | {"position_intent": "sell_to_close"},
            422,
            42210000,
            "position intent mismatch, inferred: sell_to_open, specified: sell_to_close",
        ),
        ({"position_intent": "to_close"}, 422, 40010001, "invalid position_intent"),
        (SALE | {"qty": "1000"}, 403, 40310000, "insufficient buying power"),
        ({"client_order_id": "x" * 129}, 422, 40010001, "no more than 128 characters"),
    ],
)
def test_an_order_against_the_rules_is_refused(
    trader: Trader, terms: dict[str, Any], status: int, code: int, message: str
) -> None:
    answer = trader.order(**terms)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert message in answer.json()["message"]
    assert trader.get("/v2/orders?status=all") == []


@pytest.mark.parametrize(
    "terms",
    [
        {"symbol": "F", "type": "limit", "limit_price": "0.9999", "qty": "1"},
        {"qty": 1.5},
        {"qty": "0.000000001"},
        {"qty": None, "notional": "1"},
        LIMIT | {"qty": "0.5", "extended_hours": True},
        LIMIT | {"extended_hours": True, "time_in_force": "gtc"},
        BRACKET,
        BRACKET | SALE | {"take_profit": {"limit_price": 190}, "stop_loss": {"stop_price": 210}},
        {"order_class": "oto", "stop_loss": {"stop_price": "190", "limit_price": "189"}},
        SALE,
        SALE | {"position_intent": "sell_to_open"},
        {"client_order_id": "x" * 128},
    ],
    ids=str,
)
def test_an_order_within_the_rules_is_accepted(trader: Trader, terms: dict[str, Any]) -> None:
    assert trader.order(**terms).status_code == 200


def test_a_client_order_id_is_used_once_for_ever(trader: Trader) -> None:
    first = trader.placed(client_order_id="once", **LIMIT)
    assert trader.ask("DELETE", f"/v2/orders/{first['id']}").status_code == 204
    again = trader.order(client_order_id="once", **LIMIT)
    assert again.status_code == 422
    assert again.json() == {"code": 40010001, "message": "client_order_id must be unique"}


def test_of_many_orders_with_one_id_at_once_one_is_accepted(trader: Trader) -> None:
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(trader.order, client_order_id="once") for _ in range(24)]
        statuses = sorted(answer.result().status_code for answer in sent)
    assert statuses == [200] + [422] * 23
    assert trader.held() == 10


def test_a_refused_order_leaves_its_id_free(trader: Trader) -> None:
    assert trader.order(client_order_id="again", qty="100000").status_code == 403
    assert trader.order(client_order_id="again").status_code == 200


def test_shares_held_by_an_open_order_cannot_be_sold_again(trader: Trader) -> None:
    trader.placed()
    stop = trader.placed(side="sell", qty="7", type="stop", stop_price="190")
    answer = trader.order(side="sell")
    assert answer.status_code == 403
    assert answer.json() == {
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 10, available: 3)",
        "symbol": "AAPL",
        "existing_qty": "10",
        "held_for_orders": "7",
        "available": "3",
        "related_orders": [stop["id"]],
    }
    assert trader.order(side="sell", qty="3").status_code == 200


def test_one_order_never_turns_a_long_position_short(trader: Trader) -> None:
    trader.placed()
    answer = trader.order(side="sell", qty="15")
    assert (answer.status_code, answer.json()["available"]) == (403, "10")
    trader.placed(side="sell")
    trader.placed(side="sell", qty="5")
    assert trader.order(qty="6").status_code == 403
    assert trader.held() == -5


@pytest.mark.parametrize(
    ("resting", "new", "status"),
    [
        ({"type": "limit", "limit_price": "190"}, {"side": "sell"}, 403),
        (
            {"type": "limit", "limit_price": "190"},
            {"side": "sell", "type": "stop", "stop_price": "180"},
            403,
        ),
        (
            {"type": "limit", "limit_price": "190"},
            {"side": "sell", "type": "limit", "limit_price": "190"},
            403,
        ),
        (
            {"type": "limit", "limit_price": "190"},
            {"side": "sell", "type": "limit", "limit_price": "210"},
            200,
        ),
        ({"type": "stop", "stop_price": "210"}, {"side": "sell"}, 403),
        ({"type": "limit", "limit_price": "190"}, {"side": "sell", "symbol": "TSLA"}, 200),
    ],
)
def test_an_order_that_could_meet_ones_own_is_refused(
    trader: Trader, resting: dict[str, Any], new: dict[str, Any], status: int
) -> None:
    existing = trader.placed(**resting)
    answer = trader.order(**new)
    assert answer.status_code == status
    named = {"potential wash trade detected. use complex orders": existing["id"]}
    found = {answer.json().get("message", ""): answer.json().get("existing_order_id")}
    assert (found == named) == (status == 403)


def test_legs_are_no_wash_trade_but_a_new_buy_beside_them_is(trader: Trader) -> None:
    trader.placed(**BRACKET)
    answer = trader.order()
    assert (answer.status_code, answer.json()["code"]) == (403, 40310000)
    assert "wash trade" in answer.json()["message"]


def test_entries_and_exits_are_not_mixed_up(trader: Trader) -> None:
    trader.placed()
    answer = trader.order(side="sell", **BRACKET)
    assert answer.status_code in (403, 422)
    exit_ = {"order_class": "oco", "type": "limit", "side": "sell", "time_in_force": "gtc"}
    assert trader.order(**exit_, **LEGS).status_code == 200


def test_a_blocked_account_places_nothing(trader: Trader) -> None:
    blocked = {"trading_blocked": True, "key": "sandbox-key", "secret": "sandbox-secret"}
    trader.sandbox.tell("keys", broker="alpaca", environment="paper", **blocked)
    assert trader.order().status_code == 403
    assert trader.get("/v2/account")["trading_blocked"] is True


def test_an_account_may_be_closed_to_short_sales(trader: Trader) -> None:
    closed = {"shorting_enabled": False, "key": "sandbox-key", "secret": "sandbox-secret"}
    trader.sandbox.tell("keys", broker="alpaca", environment="paper", **closed)
    assert trader.order(side="sell").json()["message"] == "account is not allowed to short"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_order_or_position_is_not_found(trader: Trader, method: str) -> None:
    nobody = "/v2/orders/6b5d0c7e-1f55-4a25-9c0e-8f8a3c1f3c11"
    assert trader.ask(method, nobody).json()["code"] == 40410000
    answer = trader.ask(method, "/v2/positions/AAPL")
    assert answer.json() == {"code": 40410000, "message": "position does not exist"}
    assert trader.ask("GET", "/v2/orders:by_client_order_id?client_order_id=x").status_code == 404


def test_what_is_over_cannot_be_canceled(trader: Trader) -> None:
    filled = trader.placed()
    answer = trader.ask("DELETE", f"/v2/orders/{filled['id']}")
    assert answer.status_code == 422
    assert answer.json() == {"code": 42210000, "message": 'order is already in "filled" state'}


def test_an_account_has_so_many_requests_a_minute(trader: Trader) -> None:
    trader.sandbox.tell("requests", a_minute=2)
    answers = [trader.ask("GET", "/v2/clock") for _ in range(3)]
    trader.sandbox.tell("requests")
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["1", "0", "0"]
    assert answers[2].headers["X-RateLimit-Limit"] == "2"
    assert int(answers[2].headers["X-RateLimit-Reset"]) % 60 == 0


@pytest.mark.parametrize("time_in_force", ["opg", "cls"])
def test_an_auction_is_closed_to_orders_that_come_late(trader: Trader, time_in_force: str) -> None:
    trader.clock("2026-11-20T20:55:00+00:00")
    assert trader.order(time_in_force=time_in_force).status_code == 422
    trader.clock(NIGHT)
    assert trader.order(time_in_force=time_in_force).status_code == 200
