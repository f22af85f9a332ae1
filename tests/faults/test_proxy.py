"""The proxy of the chaos run does what its words say."""

import socket
import time
from collections.abc import Iterator

import pytest
import redis

from tests.faults.proxy import LATENCY_SECONDS, Proxy, proxied
from tradingrobotplug.config import Settings


@pytest.fixture
def proxy(settings: Settings) -> Iterator[Proxy]:
    with proxied(settings.redis_url) as found:
        yield found


@pytest.fixture
def client(proxy: Proxy) -> redis.Redis:
    """With one connection that works."""
    made = redis.Redis(port=proxy.port, socket_timeout=0.2, retry=None)
    made.set("count", 0)
    return made


def test_in_fair_weather_everything_passes(client: redis.Redis) -> None:
    assert client.incr("count") == 1


def test_refuse_lets_nobody_in(client: redis.Redis, proxy: Proxy) -> None:
    proxy.be("refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port))
    proxy.be("fair")
    assert client.incr("count") == 1


def test_reset_cuts_what_is_there_and_what_comes(client: redis.Redis, proxy: Proxy) -> None:
    proxy.be("reset")
    with pytest.raises(redis.ConnectionError):
        client.incr("count")
    proxy.be("fair")
    assert client.incr("count") == 1


def test_blackhole_swallows_what_is_asked(client: redis.Redis, proxy: Proxy) -> None:
    proxy.be("blackhole")
    with pytest.raises(redis.TimeoutError):
        client.incr("count")
    proxy.be("fair")
    assert client.incr("count") == 1


def test_lost_answers_lets_what_is_asked_happen(client: redis.Redis, proxy: Proxy) -> None:
    proxy.be("lost answers")
    with pytest.raises(redis.TimeoutError):
        client.incr("count")
    proxy.be("fair")
    assert client.incr("count") == 2


def test_half_open_deafens_what_is_there_and_serves_what_comes(
    client: redis.Redis, proxy: Proxy
) -> None:
    proxy.be("half-open")
    with pytest.raises(redis.TimeoutError):
        client.incr("count")
    assert client.incr("count") == 1


def test_latency_makes_every_piece_late(client: redis.Redis, proxy: Proxy) -> None:
    proxy.be("latency")
    patient = redis.Redis(port=proxy.port, socket_timeout=20)
    started = time.monotonic()
    assert patient.get("count") == b"0"
    assert time.monotonic() - started >= 2 * LATENCY_SECONDS
