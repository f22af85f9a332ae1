"""The accounts' books: cash, equity, buying power, positions."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.trader import Trader, begin
from tests.venues import HEADERS, Sandbox
from tradingrobotplug.sandbox.stocks.books import Books

D = Decimal
QUANTITIES = st.decimals("0.000000001", "10000", places=9)
PRICES = st.decimals("0.01", "5000", places=2)
TRADES = st.lists(st.tuples(st.sampled_from(["buy", "sell"]), QUANTITIES, PRICES), max_size=30)


@given(TRADES, PRICES)
@settings(max_examples=200)
def test_cash_and_shares_balance_to_the_last_digit(
    trades: list[tuple[str, Decimal, Decimal]], price: Decimal
) -> None:
    books = Books(D("100000"))
    after = [books.trade("AAPL", *trade) for trade in trades]
    signed = [(q if side == "buy" else -q, p) for side, q, p in trades]
    assert books.qty("AAPL") == sum((q for q, _ in signed), D(0)) == (after or [D(0)])[-1]
    assert books.cash == D("100000") - sum((q * p for q, p in signed), D(0))
    worth = books.worth(lambda _: price, D(2))
    assert worth.equity == books.cash + books.qty("AAPL") * price


@pytest.mark.parametrize(
    ("trades", "entry"),
    [
        ([("buy", "10", "100"), ("buy", "10", "110")], "105"),
        ([("buy", "10", "100"), ("sell", "4", "150")], "100"),
        ([("sell", "10", "100"), ("buy", "4", "90")], "100"),
        ([("sell", "10", "100"), ("buy", "10", "90"), ("buy", "2", "80")], "80"),
    ],
)
def test_the_entry_price_is_that_of_what_is_held(
    trades: list[tuple[str, str, str]], entry: str
) -> None:
    books = Books(D(0))
    assert [books.trade("AAPL", side, D(q), D(p)) for side, q, p in trades][-1]
    assert books.positions["AAPL"].entry == D(entry)


def test_an_account_starts_with_its_cash_doubled_by_margin(trader: Trader) -> None:
    account = trader.get("/v2/account")
    assert [account[name] for name in ("cash", "equity", "buying_power")] == [
        "100000",
        "100000",
        "200000",
    ]


def test_a_position_moves_equity_and_takes_buying_power(trader: Trader) -> None:
    trader.placed()
    trader.price(210)
    account = trader.get("/v2/account")
    assert account["cash"] == "97999.8"
    assert account["long_market_value"] == "2100"
    assert account["equity"] == "100099.8"
    assert account["buying_power"] == "198099.6"


def test_open_orders_take_buying_power_until_they_are_canceled(trader: Trader) -> None:
    order = trader.placed(type="limit", limit_price="190")
    assert trader.get("/v2/account")["buying_power"] == "198100"
    trader.ask("DELETE", f"/v2/orders/{order['id']}")
    assert trader.get("/v2/account")["buying_power"] == "200000"


def test_a_short_sale_is_valued_above_the_ask(trader: Trader) -> None:
    answer = trader.order(side="sell", qty="971")
    assert answer.status_code == 403
    assert answer.json()["cost_basis"] == "200046.0026"
    assert answer.json()["buying_power"] == "200000"


def test_a_cash_account_buys_for_its_cash_alone(sandbox: Sandbox) -> None:
    trader = begin(sandbox)
    keys = {"key": "poor", "secret": "s", "cash": "1000", "multiplier": "1"}
    sandbox.tell("keys", broker="alpaca", environment="paper", **keys)
    own = {"APCA-API-KEY-ID": "poor", "APCA-API-SECRET-KEY": "s"}
    body = {"symbol": "AAPL", "side": "buy", "type": "market", "time_in_force": "day"}
    statuses = [
        trader.ask("POST", "/v2/orders", json=body | {"qty": qty}, headers=own).status_code
        for qty in ("5", "4")
    ]
    assert statuses == [403, 200]


def test_a_position_says_what_it_is_worth(trader: Trader) -> None:
    trader.placed()
    trader.placed(side="sell", qty="4", type="limit", limit_price="250")
    trader.price(210)
    position = trader.get("/v2/positions/AAPL")
    expected = {
        "qty": "10",
        "qty_available": "6",
        "side": "long",
        "avg_entry_price": "200.02",
        "market_value": "2100",
        "cost_basis": "2000.2",
        "current_price": "210",
        "unrealized_pl": "99.8",
    }
    assert {name: position[name] for name in expected} == expected
    assert trader.get(f"/v2/positions/{position['asset_id']}") == position


@pytest.mark.parametrize(
    ("how", "left"), [("", "0"), ("?qty=3", "7"), ("?percentage=50", "5"), ("?qty=10", "0")]
)
def test_a_position_is_closed_by_an_order_of_the_venue(trader: Trader, how: str, left: str) -> None:
    trader.placed()
    answer = trader.ask("DELETE", f"/v2/positions/AAPL{how}")
    assert (answer.status_code, answer.json()["side"]) == (200, "sell")
    assert trader.held() == D(left)


def test_a_short_position_is_closed_by_buying(trader: Trader) -> None:
    trader.placed(side="sell")
    assert trader.get("/v2/positions/AAPL")["side"] == "short"
    assert trader.ask("DELETE", "/v2/positions/AAPL").json()["side"] == "buy"
    assert trader.held() == 0


def test_everything_is_closed_and_what_holds_shares_is_canceled_if_asked(trader: Trader) -> None:
    trader.placed()
    trader.placed(symbol="F")
    trader.placed(side="sell", type="stop", stop_price="150")
    refused = {o["symbol"]: o["status"] for o in trader.ask("DELETE", "/v2/positions").json()}
    assert refused == {"AAPL": 403, "F": 200}
    answer = trader.ask("DELETE", "/v2/positions?cancel_orders=true")
    assert (answer.status_code, answer.json()[0]["status"]) == (207, 200)
    assert trader.get("/v2/positions") == trader.get("/v2/orders") == []


def test_paper_and_live_and_each_pair_of_keys_keep_their_own_books(trader: Trader) -> None:
    keys = {"key": "sandbox-key", "secret": "live-secret"}
    trader.sandbox.tell("keys", broker="alpaca", environment="live", **keys)
    trader.placed(client_order_id="both")
    live = HEADERS | {"APCA-API-SECRET-KEY": "live-secret"}
    body = {"symbol": "F", "side": "buy", "type": "market", "time_in_force": "day", "qty": "1"}
    answer = trader.ask(
        "POST", "/live/v2/orders", json=body | {"client_order_id": "both"}, headers=live
    )
    assert answer.status_code == 200
    held = trader.ask("GET", "/live/v2/positions", headers=live).json()
    assert [p["symbol"] for p in held] == ["F"]
    assert trader.held("F") == 0
    assert trader.ask("GET", "/live/v2/positions").status_code == 401
    account = trader.ask("GET", "/live/v2/account", headers=live).json()
    assert account["account_number"] == "SANDBOX-LIVE"


def test_keys_registered_again_open_the_same_books(trader: Trader) -> None:
    trader.placed()
    again: dict[str, Any] = {"key": "sandbox-key", "secret": "sandbox-secret"}
    trader.sandbox.tell("keys", broker="alpaca", environment="paper", **again)
    assert trader.held() == 10


def test_the_equity_of_the_last_close_is_remembered(trader: Trader) -> None:
    trader.placed()
    trader.price(210)
    trader.clock("2026-11-20T21:30:00+00:00")
    trader.price(220)
    account = trader.get("/v2/account")
    assert (account["last_equity"], account["equity"]) == ("100099.8", "100199.8")
    trader.clock("2026-11-23T15:00:00+00:00")
    assert trader.get("/v2/account")["last_equity"] == "100099.8"


def test_orders_are_listed_as_asked(trader: Trader) -> None:
    first = trader.placed()
    second = trader.placed(symbol="F", type="limit", limit_price="5")
    third = trader.placed(symbol="F", type="limit", limit_price="4")
    found = {
        query: [o["id"] for o in trader.get(f"/v2/orders?{query}")]
        for query in (
            "",
            "status=closed",
            "status=all&direction=asc",
            "status=all&symbols=AAPL,TSLA",
            "status=all&limit=1",
            f"status=all&after={second['submitted_at']}",
            f"status=all&until={second['submitted_at']}",
        )
    }
    assert list(found.values()) == [
        [third["id"], second["id"]],
        [first["id"]],
        [first["id"], second["id"], third["id"]],
        [first["id"]],
        [third["id"]],
        [third["id"]],
        [first["id"]],
    ]


def test_legs_are_listed_apart_unless_they_are_asked_to_be_nested(trader: Trader) -> None:
    legs = {"take_profit": {"limit_price": "210"}, "stop_loss": {"stop_price": "190"}}
    entry = trader.placed(
        order_class="bracket", time_in_force="gtc", type="limit", limit_price="195", **legs
    )
    flat, nested = (trader.get(f"/v2/orders?nested={word}") for word in ("false", "true"))
    assert ([o["legs"] for o in flat], len(flat)) == ([None] * 3, 3)
    assert ([o["id"] for o in nested], len(nested[0]["legs"])) == ([entry["id"]], 2)


def test_fills_come_in_pages(trader: Trader) -> None:
    orders = [trader.placed(qty=qty)["id"] for qty in ("1", "2", "3")]
    path = "/v2/account/activities/FILL?page_size=2"
    first = trader.get(path)
    second = trader.get(f"{path}&page_token={first[-1]['id']}")
    assert [fill["order_id"] for fill in first + second] == orders[::-1]
    after = trader.get(f"{path}&after={first[1]['transaction_time']}&direction=asc")
    assert [fill["qty"] for fill in after] == ["3"]
    assert trader.get("/v2/account/activities?activity_types=DIV") == []
