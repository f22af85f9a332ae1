"""At both venues, through the real adapters: a worker dies around an order, or the venue takes an
order and does not say so. One order per alert, in order, and the books agree."""

from typing import Any

import pytest

from tests.faults.desks import Desk, open_alpaca, open_coinbase, owner
from tests.faults.plant import Plant
from tests.faults.points import DIED
from tests.faults.reckoning import books_of, have_settled, traded
from tests.processes.system import until
from tests.venues import Sandbox

pytestmark = pytest.mark.slow

OPENED = {"alpaca": open_alpaca, "coinbase": open_coinbase}
ORDERS = {"path": "/v2/orders", "method": "POST"}


@pytest.fixture(params=OPENED)
def desk(factory: Plant, sandbox: Sandbox, request: pytest.FixtureRequest) -> Desk:
    """The bot that the plant's alerts go to."""
    user, given = owner(factory)
    found: Desk = OPENED[request.param](user, sandbox, request.param, **given)
    factory.bot = found.bot
    return found


def assert_each_traded_once(desk: Desk) -> None:
    assert until(lambda: have_settled([desk]), 30)
    assert traded(desk) == ["a", "b", "c"]
    books = books_of(desk)
    assert books.agree, books


@pytest.mark.parametrize(
    "point", ["submitting, not sent", "accepted, not recorded", "recorded, signal not done"]
)
def test_a_worker_dies_around_an_order(factory: Plant, desk: Desk, point: str) -> None:
    [mortal] = factory.start("worker", point=point)
    api, _ = factory.start("api", "sweeper")
    accepted = factory.post_three(api)
    factory.await_death()
    factory.await_end()
    assert mortal.ended_with(5) == DIED
    assert all(accepted)
    assert_each_traded_once(desk)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "hang_after", "seconds": 2.5},
        {"kind": "status_after"},
        {"kind": "hang", "seconds": 2.5},
    ],
    ids=lambda fault: fault["kind"],
)
@pytest.mark.parametrize("desk", ["alpaca"], indirect=True)
def test_alpaca_takes_an_order_and_does_not_say_so(
    factory: Plant, sandbox: Sandbox, desk: Desk, fault: dict[str, Any]
) -> None:
    api, _, _ = factory.start("api", "worker", "sweeper")
    sandbox.tell("faults", **ORDERS, **fault)
    assert all(factory.post_three(api))
    factory.await_end()
    assert_each_traded_once(desk)


@pytest.mark.parametrize(
    "fault",
    [{"kind": "hang_after", "seconds": 2.5}, {"kind": "status_after"}],
    ids=lambda fault: fault["kind"],
)
@pytest.mark.parametrize("desk", ["coinbase"], indirect=True)
def test_coinbase_takes_an_order_and_does_not_say_so(
    factory: Plant, sandbox: Sandbox, desk: Desk, fault: dict[str, Any]
) -> None:
    api, _, _ = factory.start("api", "worker", "sweeper")
    sandbox.tell("faults", venue="coinbase", **fault)
    assert all(factory.post_three(api))
    factory.await_end()
    assert_each_traded_once(desk)
