"""What a failing network, gateway or venue makes of a request: never sent, or nobody knows."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.brokers.alpaca_desk import KEYS, D, Desk, named
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker, NoClearAnswer, NotReached
from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import venue


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 504},
        {"kind": "status", "status": 408},
        {"kind": "status", "status": 403},  # JSON without a code is no refusal of Alpaca's
        {"kind": "html"},
        {"kind": "html", "status": 403},
        {"kind": "html_after"},
        {"kind": "html_after", "status": 200},
        {"kind": "html_after", "status": 302},
    ],
    ids=str,
)
def test_an_order_without_a_clear_answer_is_in_doubt(desk: Desk, fault: dict[str, Any]) -> None:
    desk.faulty(**fault)
    with pytest.raises(NoClearAnswer):
        desk.broker.submit(desk.order())


def test_an_order_over_the_limit_of_requests_was_not_taken_and_says_when_to_come_back(
    desk: Desk,
) -> None:
    desk.faulty("status", status=429)
    with pytest.raises(NotReached) as refused:
        desk.broker.submit(desk.order())
    assert refused.value.seconds is not None
    assert 50 < refused.value.seconds <= 60
    assert desk.at_venue() == []


def test_after_too_many_requests_polls_are_not_even_sent(desk: Desk) -> None:
    desk.faulty("status", method="GET", status=429)
    with pytest.raises(NotReached, match="Alpaca takes no more"):
        desk.broker.open_orders()
    with pytest.raises(NotReached, match="allowance") as refused:
        desk.broker.open_orders()
    assert refused.value.seconds is not None
    assert 1 < refused.value.seconds < 13


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 500}, {"kind": "html"}, {"kind": "html", "status": 404}]
)
def test_a_look_up_that_failed_does_not_say_that_there_is_no_order(
    desk: Desk, fault: dict[str, Any]
) -> None:
    desk.faulty(method="GET", **fault)
    with pytest.raises(NoClearAnswer):
        desk.broker.look_up(named(desk.order()))


def test_a_used_id_that_cant_be_looked_up_is_in_doubt(desk: Desk) -> None:
    order = desk.order()
    desk.broker.submit(order)
    desk.faulty("status", method="GET", status=429)
    with pytest.raises(NoClearAnswer):
        desk.broker.submit(order)


def test_a_cancel_that_got_no_answer_is_in_doubt(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(190))
    desk.broker.submit(order)
    desk.faulty("status_after", method="DELETE")
    with pytest.raises(NoClearAnswer):
        desk.broker.cancel(named(order))
    assert desk.seen(order).state == "cancelled"


@pytest.fixture
def at(settings: Settings, clean: None) -> Callable[[int], Broker]:
    """An account whose Alpaca listens on this port of ours."""

    def on(port: int) -> Broker:
        venue.connect(replace(settings, alpaca_paper_url=f"http://127.0.0.1:{port}"))
        return venues.opened("alpaca", "paper", KEYS)

    return on


@pytest.fixture
def rude() -> Iterator[int]:
    """The port of a server that reads a request and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_hang_up, args=(listening,))
    thread.start()
    yield listening.getsockname()[1]
    listening.close()
    thread.join()


def _hang_up(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    connection.recv(65_536)
    connection.close()


def test_an_order_to_where_nobody_listens_was_not_sent(
    desk: Desk, at: Callable[[int], Broker]
) -> None:
    with pytest.raises(NotReached):
        at(1).submit(desk.order())


def test_an_order_whose_connection_broke_after_the_send_is_in_doubt(
    desk: Desk, at: Callable[[int], Broker], rude: int
) -> None:
    with pytest.raises(NoClearAnswer):
        at(rude).submit(desk.order())


def test_no_failure_shows_the_keys(desk: Desk, at: Callable[[int], Broker]) -> None:
    broker = at(1)
    with pytest.raises(NotReached) as refused:
        broker.submit(desk.order())
    seen = f"{refused.value!r} {refused.value.__cause__!r} {broker!r} {vars(broker)}"
    assert KEYS.secret not in seen
