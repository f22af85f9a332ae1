"""The sandbox's Coinbase stream, as the real SDK's client and a plain WebSocket hear it."""

import json
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from coinbase.jwt_generator import build_ws_jwt
from coinbase.rest import RESTClient
from coinbase.websocket import WebsocketResponse, WSClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.coinbase_trader import SECRET, breaks, placed, price, trader
from tests.venues import Sandbox

MARKET = {"market_market_ioc": {"quote_size": "100"}}
RESTING = {"limit_limit_gtc": {"base_size": "0.01", "limit_price": "90000"}}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RESTClient]:
    sandbox.reset()
    price(sandbox, 100_000)
    yield trader(sandbox, balances={"USD": "10000", "BTC": "1"})
    sandbox.reset()


@contextmanager
def listening(sandbox: Sandbox, *channels: str, key: str = "trader") -> Iterator[ClientConnection]:
    address = sandbox.url.replace("http://", "ws://") + "/coinbase/stream"
    with connect(address, close_timeout=0.2) as socket:
        for channel in channels:
            asked = {"type": "subscribe", "product_ids": ["BTC-USD"], "channel": channel}
            socket.send(json.dumps(asked | {"jwt": build_ws_jwt(key, SECRET)}))
        yield socket


def heard(socket: ClientConnection, channel: str) -> dict[str, Any]:
    """The next message of this channel."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout=3))
        if message.get("channel", message.get("type")) == channel:
            return message


def test_the_sdk_hears_an_order_in_its_own_types(sandbox: Sandbox, client: RESTClient) -> None:
    messages: queue.SimpleQueue[str] = queue.SimpleQueue()
    address = sandbox.url.replace("http://", "ws://") + "/coinbase/stream"
    stream = WSClient(
        api_key="trader", api_secret=SECRET, base_url=address, on_message=messages.put, retry=False
    )
    stream.open()
    stream.subscribe(["BTC-USD"], ["user"])
    bought = placed(client, **MARKET)
    told = [WebsocketResponse(json.loads(messages.get(timeout=3))) for _ in range(3)]
    stream.close()
    assert [message.channel for message in told] == ["user", "subscriptions", "user"]
    assert [message.sequence_num for message in told] == [0, 1, 2]
    (order,) = told[2].events[0].orders
    assert (order.order_id, order.status) == (bought.order_id, "FILLED")
    assert (order.avg_price, order.leaves_quantity) == (bought.average_filled_price, "0")


def test_a_subscription_begins_with_the_open_orders(sandbox: Sandbox, client: RESTClient) -> None:
    rests = placed(client, **RESTING)
    placed(client, **MARKET)
    with listening(sandbox, "user") as socket:
        (event,) = heard(socket, "user")["events"]
    assert (event["type"], [o["order_id"] for o in event["orders"]]) == (
        "snapshot",
        [rests.order_id],
    )


def test_a_resting_order_is_told_when_the_price_reaches_it(
    sandbox: Sandbox, client: RESTClient
) -> None:
    placed(client, **RESTING)
    with listening(sandbox, "user") as socket:
        heard(socket, "user")
        price(sandbox, 89_000, seconds=3)
        (order,) = heard(socket, "user")["events"][0]["orders"]
    assert (order["status"], order["cumulative_quantity"]) == ("FILLED", "0.01")


def test_heartbeats_count_and_are_open_to_everybody(sandbox: Sandbox) -> None:
    with listening(sandbox, "heartbeats", key="nobody") as socket:
        beats = [heard(socket, "heartbeats")["events"][0]["heartbeat_counter"] for _ in range(2)]
    assert int(beats[1]) == int(beats[0]) + 1


def test_a_wrong_key_hears_nothing_of_orders(sandbox: Sandbox, client: RESTClient) -> None:
    with listening(sandbox, "user", key="nobody") as socket:
        assert heard(socket, "error")["message"] == "authentication failure"


def test_another_user_hears_nothing_of_orders(sandbox: Sandbox, client: RESTClient) -> None:
    trader(sandbox, "stranger")
    with listening(sandbox, "user", key="stranger") as socket:
        heard(socket, "user")
        placed(client, **MARKET)
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.5) and socket.recv(timeout=0.5)


@pytest.mark.parametrize("code", [1000, 1011])
def test_a_stream_can_be_closed_by_the_venue(
    sandbox: Sandbox, client: RESTClient, code: int
) -> None:
    with listening(sandbox, "user") as socket:
        heard(socket, "user")
        breaks(sandbox, "stream_close", status=code)
        with pytest.raises(ConnectionClosed) as caught:
            heard(socket, "never")
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code


def test_a_stream_can_die_without_a_word(sandbox: Sandbox, client: RESTClient) -> None:
    with listening(sandbox, "user", "heartbeats") as socket:
        heard(socket, "heartbeats")
        breaks(sandbox, "stream_silence")
        assert not socket.ping().wait(0.5)
        placed(client, **MARKET)
        with pytest.raises(TimeoutError):
            heard(socket, "user") and heard(socket, "user")


def test_a_stream_can_repeat_itself(sandbox: Sandbox, client: RESTClient) -> None:
    with listening(sandbox, "user") as socket:
        heard(socket, "user")
        placed(client, **MARKET)
        first = heard(socket, "user")
        breaks(sandbox, "stream_replay")
        second = heard(socket, "user")
    assert second["events"] == first["events"]


def test_a_stream_can_leave_something_out_and_its_sequence_tells(
    sandbox: Sandbox, client: RESTClient
) -> None:
    with listening(sandbox, "user") as socket:
        heard(socket, "user")
        heard(socket, "subscriptions")
        breaks(sandbox, "stream_gap")
        placed(client, **MARKET)
        second = placed(client, **MARKET)
        told = heard(socket, "user")
    assert told["sequence_num"] == 3
    assert told["events"][0]["orders"][0]["order_id"] == second.order_id
