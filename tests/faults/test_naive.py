"""The same harness against the naive mode: it sees what is lost and what is doubled."""

import time

import pytest
import redis

from tests.faults.plant import Ledger, Plant, compare

pytestmark = pytest.mark.slow


def naive_ledger(plant: Plant, accepted: list[str | None]) -> Ledger:
    executed = [order.partition(":")[0] for order in plant.book.orders]
    return compare([a for a in accepted if a], executed, [], 0)


def test_the_naive_mode_doubles_when_the_venue_does_not_answer(plant: Plant):
    [api] = plant.start("naive-api")
    plant.book.faults.append("504")
    plant.launch("naive-worker")
    accepted = plant.post_three(api)
    await_orders(plant, 4)
    assert naive_ledger(plant, accepted).doubled >= 1


def test_the_naive_mode_loses_when_redis_is_emptied(plant: Plant):
    [api] = plant.start("naive-api")
    accepted = plant.post_three(api)
    redis.Redis.from_url(plant.redis.url).flushall()
    plant.launch("naive-worker")
    time.sleep(2)
    assert naive_ledger(plant, accepted).lost == 3


def await_orders(plant: Plant, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(plant.book.orders) < count and time.monotonic() < deadline:
        time.sleep(0.01)
