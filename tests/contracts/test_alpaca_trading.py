"""Alpaca's own SDK trades at the sandbox and cannot tell; every answer has the documented shape."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, OrderStatus, QueryOrderStatus, TimeInForce
from alpaca.trading.models import TradeUpdate
from alpaca.trading.requests import (
    ClosePositionRequest,
    GetOrderByIdRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    ReplaceOrderRequest,
    StopLimitOrderRequest,
    StopLossRequest,
    StopOrderRequest,
    TakeProfitRequest,
    TrailingStopOrderRequest,
)
from alpaca.trading.stream import TradingStream
from jsonschema import Draft202012Validator, FormatChecker

from tests.venues import KEY, SECRET, Sandbox

ANSWERS = json.loads((Path(__file__).parent / "alpaca_answers.json").read_text())["answers"]
BUY = {"symbol": "AAPL", "qty": 10, "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY}
LEGS = {
    "take_profit": TakeProfitRequest(limit_price=210),
    "stop_loss": StopLossRequest(stop_price=190),
}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[TradingClient]:
    sandbox.reset()
    sandbox.tell("clock", at="2026-11-20T15:30:00+00:00")
    sandbox.tell("price", symbol="AAPL", price=200)
    found = TradingClient(KEY, SECRET, url_override=sandbox.url)
    found._retry = 0
    yield found
    sandbox.reset()


def documented(what: str, answer: Any) -> None:
    checker = FormatChecker(["date-time", "uuid"])
    Draft202012Validator(ANSWERS[what], format_checker=checker).validate(answer)
    assert answer


@pytest.mark.parametrize(
    "order",
    [
        MarketOrderRequest(**BUY),
        MarketOrderRequest(**(BUY | {"qty": None, "notional": 500.5})),
        LimitOrderRequest(**BUY, limit_price=190, extended_hours=True),
        StopOrderRequest(**BUY, stop_price=210),
        StopLimitOrderRequest(**BUY, stop_price=210, limit_price=211),
        TrailingStopOrderRequest(**BUY, trail_percent=1.5),
        MarketOrderRequest(**BUY, order_class=OrderClass.BRACKET, **LEGS),
        MarketOrderRequest(
            **BUY, order_class=OrderClass.OTO, stop_loss=StopLossRequest(stop_price=190)
        ),
    ],
    ids=lambda order: f"{order.type.value}-{order.order_class or 'simple'}",
)
def test_every_kind_of_order_is_answered_as_documented(client: TradingClient, order: Any) -> None:
    placed = client.submit_order(order)
    raw = client.get(f"/orders/{placed.id}", {"nested": True})
    documented("/v2/orders/{order_id}", raw)
    documented("/v2/orders", client.get("/orders", {"status": "all"}))
    found = client.get_order_by_client_id(placed.client_order_id)
    assert (found.id, found.symbol, found.type) == (placed.id, "AAPL", order.type)


def test_the_answer_to_a_new_order_is_documented(client: TradingClient) -> None:
    body = {"symbol": "AAPL", "qty": "1.123456789", "side": "buy", "type": "market"}
    answer = client.post("/orders", body | {"time_in_force": "day"})
    documented("/v2/orders/{order_id}", answer)
    assert (answer["qty"], answer["status"]) == ("1.123456789", "pending_new")


def test_a_position_from_its_entry_to_its_exit(client: TradingClient) -> None:
    client.submit_order(MarketOrderRequest(**BUY))
    documented("/v2/positions", client.get("/positions"))
    documented("/v2/positions/{symbol_or_asset_id}", client.get("/positions/AAPL"))
    documented("/v2/account", client.get("/account"))
    assert client.get_open_position("AAPL").avg_entry_price == "200.02"
    client.close_position("AAPL", ClosePositionRequest(qty="4"))
    assert client.get_all_positions()[0].qty == "6"
    answer = client.delete("/positions")
    documented("DELETE /v2/positions", answer)
    documented("/v2/account/activities/FILL", client.get("/account/activities/FILL"))
    assert client.get_all_positions() == []
    assert client.get_account().equity == "99999.6"


def test_orders_are_found_replaced_and_canceled(client: TradingClient) -> None:
    resting = LimitOrderRequest(**BUY, limit_price=190, client_order_id="first")
    old = client.submit_order(resting)
    new = client.replace_order_by_id(old.id, ReplaceOrderRequest(limit_price=191))
    assert new.replaces == old.id
    asked = GetOrdersRequest(status=QueryOrderStatus.OPEN, symbols=["AAPL"], nested=True)
    assert [order.id for order in client.get_orders(asked)] == [new.id]
    documented("DELETE /v2/orders", client.delete("/orders"))
    assert client.get_order_by_id(new.id).status == OrderStatus.CANCELED


def test_legs_are_seen_through_the_sdk(client: TradingClient, sandbox: Sandbox) -> None:
    entry = client.submit_order(MarketOrderRequest(**BUY, order_class=OrderClass.BRACKET, **LEGS))
    sandbox.tell("price", symbol="AAPL", price=189)
    legs = client.get_order_by_id(entry.id, GetOrderByIdRequest(nested=True)).legs
    assert legs is not None
    assert [leg.status for leg in legs] == [OrderStatus.CANCELED, OrderStatus.FILLED]


def test_assets_clock_and_calendar_are_read_by_the_sdk(client: TradingClient) -> None:
    documented("/v2/assets", client.get("/assets"))
    assert client.get_asset("AAPL").fractionable is True
    assert client.get_clock().is_open is True
    assert client.get_calendar()


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        (MarketOrderRequest(**(BUY | {"qty": 10_000})), 403, 40310000),
        (MarketOrderRequest(**(BUY | {"symbol": "NOPE"})), 422, 42210000),
        (LimitOrderRequest(**BUY, limit_price=190.001), 422, 42210000),
    ],
)
def test_a_refusal_is_the_sdks_api_error(
    client: TradingClient, order: Any, status: int, code: int
) -> None:
    with pytest.raises(APIError) as refused:
        client.submit_order(order)
    assert (refused.value.status_code, refused.value.code) == (status, code)


def test_the_sdk_sends_again_after_a_gateway_timeout_and_meets_its_own_order(
    client: TradingClient, sandbox: Sandbox
) -> None:
    client._retry, client._retry_wait = 3, 0
    sandbox.tell("faults", kind="status_after", path="/v2/orders", method="POST")
    with pytest.raises(APIError) as refused:
        client.submit_order(MarketOrderRequest(**BUY, client_order_id="mine"))
    assert (refused.value.status_code, refused.value.code) == (422, 40010001)
    assert client.get_order_by_client_id("mine").status == OrderStatus.FILLED


@pytest.mark.parametrize("kind", ["unknown_status", "null_submitted_at"])
def test_the_sdk_fails_on_an_odd_answer_to_an_accepted_order(
    client: TradingClient, sandbox: Sandbox, kind: str
) -> None:
    sandbox.tell("faults", kind=kind)
    with pytest.raises(ValueError, match="validation error"):
        client.submit_order(MarketOrderRequest(**BUY, client_order_id="mine"))
    assert client.get_order_by_client_id("mine").status == OrderStatus.FILLED


def test_the_sdks_stream_hears_of_every_change(client: TradingClient, sandbox: Sandbox) -> None:
    url = sandbox.url.replace("http", "ws") + "/stream"
    heard: list[TradeUpdate] = []
    asyncio.run(_listen(TradingStream(KEY, SECRET, url_override=url), client, heard))
    assert [update.event for update in heard] == ["new", "fill"]
    assert (heard[1].qty, heard[1].price, heard[1].position_qty) == (10, 200.02, 10)


async def _listen(stream: TradingStream, client: TradingClient, heard: list[TradeUpdate]) -> None:
    is_done = asyncio.Event()

    async def hear(update: TradeUpdate) -> None:
        heard.append(update)
        await asyncio.sleep(0)
        is_done.set() if len(heard) == 2 else None

    stream.subscribe_trade_updates(hear)
    await stream._start_ws()
    placing = threading.Timer(0.3, client.submit_order, [MarketOrderRequest(**BUY)])
    placing.start()
    consuming = asyncio.create_task(stream._consume())
    await asyncio.wait_for(is_done.wait(), 10)
    consuming.cancel()
    await stream.close()
