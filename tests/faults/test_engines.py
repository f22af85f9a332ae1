"""Redis, PostgreSQL, a worker or the venue fails: one order per alert, in order, in time."""

import signal
import threading
import time

import pytest
import redis

from tests.faults.plant import Plant
from tests.faults.test_crash_points import clean

pytestmark = pytest.mark.slow
ANSWER_BAR_MS = 500


def test_redis_is_killed(plant: Plant):
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.kill_redis()
    try:
        accepted = plant.post_three(api)
        posted_at = time.time()
        assert plant.await_end() - posted_at <= 1
    finally:
        plant.restart_redis()
    ledger = plant.ledger(accepted)
    assert all(accepted)
    assert clean(ledger)
    assert ledger.slowest_answer_ms < ANSWER_BAR_MS


def test_redis_is_emptied(plant: Plant):
    api, _ = plant.start("api", "sweeper")
    accepted = plant.post_three(api)
    redis.Redis.from_url(plant.redis.url).flushall()
    posted_at = time.time()
    assert plant.await_end() - posted_at <= 1
    assert clean(plant.ledger(accepted))


def test_redis_is_frozen(plant: Plant):
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.redis.process.send_signal(signal.SIGSTOP)
    try:
        accepted = plant.post_three(api)
        posted_at = time.time()
        assert plant.await_end() - posted_at <= 1
    finally:
        plant.redis.process.send_signal(signal.SIGCONT)
    ledger = plant.ledger(accepted)
    assert clean(ledger)
    assert ledger.slowest_answer_ms < ANSWER_BAR_MS


def test_postgres_is_killed_and_restarted(plant: Plant):
    api, _, _ = plant.start("api", "worker", "sweeper")
    first = plant.post(api, "a")
    plant.kill_postgres()
    accepted = [first, plant.post(api, "b"), plant.post(api, "c")]
    plant.restart_postgres()
    plant.await_end()
    ledger = plant.ledger(accepted)
    assert all(accepted)
    assert clean(ledger)
    assert ledger.slowest_answer_ms < ANSWER_BAR_MS
    assert len(plant.book.orders) == 3


def test_postgres_is_killed_while_an_order_is_on_its_way(plant: Plant):
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.append("slow")
    accepted = plant.post_three(api)
    await_requests(plant, 1)
    plant.kill_postgres()
    plant.restart_postgres()
    plant.await_end()
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3
    assert plant.book.requests > 3


def test_a_worker_is_frozen_for_20_seconds(plant: Plant):
    api, worker = plant.start("api", "worker")
    plant.book.faults.append("slow")
    accepted = plant.post_three(api)
    await_requests(plant, 1)
    worker.popen.send_signal(signal.SIGSTOP)
    frozen_at = time.time()
    plant.start("sweeper")
    started = max(frozen_at, time.time() - 3)  # the sweeper is there all along in real life
    assert plant.await_end() - started <= 4
    time.sleep(max(0.0, frozen_at + 20 - time.time()))
    worker.popen.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3
    assert {s.status for s in plant.signals()} == {"done"}


@pytest.mark.parametrize("fault", ["hang", "504", "late"])
def test_the_venue_accepts_and_does_not_say_so(plant: Plant, fault: str):
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.append(fault)
    accepted = plant.post_three(api)
    plant.await_end()
    time.sleep(0.5)
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3
    assert plant.book.requests == 4
    assert [s.status for s in plant.signals()] == ["done"] * 3


def test_an_order_without_an_answer_is_asked_for_again_and_then_left_to_a_person(plant: Plant):
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.extend(["504"] * 4)
    accepted = [plant.post(api, "a")]
    plant.await_end(1)
    [signal_row] = plant.signals()
    assert signal_row.status == "dead"
    assert "no clear answer" in signal_row.last_error
    assert plant.book.requests == 4
    assert clean(plant.ledger(accepted))


def test_alerts_from_many_threads_are_numbered_without_gaps(plant: Plant):
    [api] = plant.start("api")
    threads = [threading.Thread(target=plant.post, args=(api, f"n{n}")) for n in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [s.seq for s in plant.signals()] == list(range(1, 11))


def await_requests(plant: Plant, count: int) -> None:
    deadline = time.monotonic() + 10
    while plant.book.requests < count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert plant.book.requests >= count
