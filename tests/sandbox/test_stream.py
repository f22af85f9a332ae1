"""The stream of trade updates, by a plain WebSocket client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.sandbox.trader import Trader
from tests.venues import KEY, SECRET

LEGS = {"take_profit": {"limit_price": "210"}, "stop_loss": {"stop_price": "190"}}


def say(stream: ClientConnection, **message: Any) -> dict[str, Any]:
    stream.send(json.dumps(message))
    return heard(stream)


def heard(stream: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stream.recv(timeout=5))
    return found


def updates(stream: ClientConnection, count: int) -> list[tuple[str, str]]:
    data = [heard(stream)["data"] for _ in range(count)]
    return [(d["event"], d["order"].get("group_role") or d["order"]["symbol"]) for d in data]


def address(trader: Trader, path: str = "/stream") -> str:
    return trader.sandbox.url.replace("http", "ws") + path


@pytest.fixture
def stream(trader: Trader) -> Iterator[ClientConnection]:
    with connect(address(trader)) as found:
        answer = say(found, action="authenticate", data={"key_id": KEY, "secret_key": SECRET})
        assert answer["data"] == {"status": "authorized", "action": "authenticate"}
        answer = say(found, action="listen", data={"streams": ["trade_updates"]})
        assert answer == {"stream": "listening", "data": {"streams": ["trade_updates"]}}
        yield found


def test_an_order_is_told_from_its_arrival_to_its_fill(
    trader: Trader, stream: ClientConnection
) -> None:
    order = trader.placed()
    assert heard(stream)["data"]["event"] == "new"
    fill = heard(stream)["data"]
    assert (fill["event"], fill["qty"], fill["price"]) == ("fill", "10", "200.02")
    assert (fill["position_qty"], fill["order"]["id"]) == ("10", order["id"])
    assert fill["order"]["status"] == "filled"


def test_what_becomes_of_legs_is_told(trader: Trader, stream: ClientConnection) -> None:
    trader.placed(order_class="bracket", time_in_force="gtc", **LEGS)
    assert updates(stream, 3) == [("new", "entry"), ("fill", "entry"), ("new", "take_profit")]
    trader.price(189)
    assert updates(stream, 3) == [
        ("new", "stop_loss"),
        ("canceled", "take_profit"),
        ("fill", "stop_loss"),
    ]


def test_the_market_is_watched_while_nobody_asks(trader: Trader, stream: ClientConnection) -> None:
    trader.clock("2026-11-20T20:59:59+00:00")
    trader.placed(type="limit", limit_price="150")
    assert updates(stream, 2) == [("new", "AAPL"), ("expired", "AAPL")]


def test_an_order_that_rests_already_is_watched(trader: Trader) -> None:
    trader.clock("2026-11-20T20:59:58+00:00")
    trader.placed(type="limit", limit_price="150")
    with connect(address(trader)) as found:
        say(found, action="auth", key=KEY, secret=SECRET)
        say(found, action="listen", data={"streams": ["trade_updates"]})
        assert updates(found, 1) == [("expired", "AAPL")]


def test_an_order_is_told_though_its_answer_is_a_refusal(
    trader: Trader, stream: ClientConnection
) -> None:
    trader.sandbox.tell("faults", kind="duplicate_id")
    assert trader.order().status_code == 422
    assert updates(stream, 2) == [("new", "AAPL"), ("fill", "AAPL")]


def test_nothing_is_told_before_it_is_asked_for(trader: Trader) -> None:
    with connect(address(trader)) as found:
        say(found, action="auth", key=KEY, secret=SECRET)
        trader.placed()
        with pytest.raises(TimeoutError):
            found.recv(timeout=0.4)


@pytest.mark.parametrize(
    ("path", "secret"), [("/stream", "wrong"), ("/stream", ""), ("/live/stream", SECRET)]
)
def test_a_stream_is_closed_to_wrong_keys(trader: Trader, path: str, secret: str) -> None:
    with connect(address(trader, path)) as found:
        answer = say(found, action="auth", key=KEY, secret=secret)
        assert answer["data"]["status"] == "unauthorized"
        answer = say(found, action="listen", data={"streams": ["trade_updates"]})
        assert answer["data"]["status"] == "unauthorized"


def test_a_message_that_cannot_be_read_is_answered(trader: Trader) -> None:
    with connect(address(trader)) as found:
        found.send("{")
        assert heard(found)["data"]["status"] == "error"


def test_a_stream_can_be_closed_by_the_venue(trader: Trader, stream: ClientConnection) -> None:
    trader.sandbox.tell("faults", kind="stream_close")
    with pytest.raises(ConnectionClosed):
        stream.recv(timeout=5)


def test_a_stream_can_tell_again_what_it_has_told(trader: Trader, stream: ClientConnection) -> None:
    trader.placed()
    first = [heard(stream)["data"] for _ in range(2)]
    trader.sandbox.tell("faults", kind="stream_replay", count=2)
    assert [heard(stream)["data"] for _ in range(2)] == first


def test_a_stream_answers_pings(stream: ClientConnection) -> None:
    assert stream.ping().wait(timeout=5)
