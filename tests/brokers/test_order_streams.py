"""What is said to a venue's stream of orders, and which of its messages are hints."""

import json
from typing import Any

import pytest

from tradingrobotplug.brokers.alpaca_stream import AlpacaStream
from tradingrobotplug.brokers.coinbase_stream import CoinbaseStream
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.brokers.stream import StreamUnusable

LISTEN = {"action": "listen", "data": {"streams": ["trade_updates"]}}


def alpaca() -> AlpacaStream:
    return AlpacaStream(BrokerKeys("the-key", "the-secret"), "https://api.alpaca.markets")


def coinbase() -> CoinbaseStream:
    return CoinbaseStream("wss://coinbase.example", iter(["first", "second"]).__next__)


def said(channel: str, number: int) -> str:
    return json.dumps({"channel": channel, "sequence_num": number, "events": []})


def test_alpaca_is_told_what_to_send_once_it_has_accepted_the_keys() -> None:
    stream = alpaca()
    assert stream.url == "wss://api.alpaca.markets/stream"
    assert [json.loads(words)["action"] for words in stream.opening()] == ["authenticate"]
    answer = {"stream": "authorization", "data": {"status": "authorized"}}
    heard = stream.hear(json.dumps(answer).encode())
    assert (heard.is_hint, json.loads(heard.reply or "")) == (False, LISTEN)


@pytest.mark.parametrize(
    ("message", "is_hint"),
    [
        ({"stream": "listening", "data": {"streams": ["trade_updates"]}}, True),
        ({"stream": "listening", "data": {"streams": []}}, False),
        ({"stream": "trade_updates", "data": {"event": "fill"}}, True),
        ({"stream": "trade_updates"}, True),
        ({"stream": "something_new", "data": []}, False),
        ({}, False),
    ],
    ids=str,
)
def test_what_alpaca_tells_of_orders_is_a_hint(message: dict[str, Any], is_hint: bool) -> None:
    assert alpaca().hear(json.dumps(message)).is_hint is is_hint


@pytest.mark.parametrize("event", ["fill", "partial_fill", "new", "canceled"])
def test_only_a_fill_speaks_of_an_order_that_traded_whole(event: str) -> None:
    heard = alpaca().hear(json.dumps({"stream": "trade_updates", "data": {"event": event}}))
    assert heard.of_trade is (event == "fill")


def test_each_subscription_at_coinbase_is_signed_anew() -> None:
    opening = [json.loads(words) for words in coinbase().opening()]
    assert [(one["channel"], one["jwt"]) for one in opening] == [
        ("heartbeats", "first"),
        ("user", "second"),
    ]


def test_what_coinbase_tells_of_orders_is_a_hint_and_a_heartbeat_is_none() -> None:
    stream = coinbase()
    told = [said("subscriptions", 0), said("user", 1), said("heartbeats", 2)]
    assert [stream.hear(message).is_hint for message in told] == [False, True, False]


@pytest.mark.parametrize("number", [1, 3, None])
def test_a_heartbeat_with_another_number_than_the_next_is_a_hint(number: Any) -> None:
    stream = coinbase()
    stream.hear(said("heartbeats", 1))
    assert stream.hear(said("heartbeats", number)).is_hint


@pytest.mark.parametrize("message", ["", "{", "[]", b"\xff", "null"])
def test_what_can_t_be_read_ends_the_stream(message: str | bytes) -> None:
    with pytest.raises(StreamUnusable):
        alpaca().hear(message)


@pytest.mark.parametrize(
    ("stream", "refusal"),
    [
        (alpaca(), {"stream": "authorization", "data": {"status": "unauthorized"}}),
        (alpaca(), {"stream": "authorization", "data": None}),
        (coinbase(), {"type": "error", "message": "authentication failure"}),
    ],
    ids=["alpaca refuses", "alpaca says nothing", "coinbase refuses"],
)
def test_refused_keys_end_the_stream(stream: Any, refusal: dict[str, Any]) -> None:
    with pytest.raises(StreamUnusable):
        stream.hear(json.dumps(refusal))
