"""Redis, PostgreSQL, a worker or the venue fails: one order per alert, in order, in time."""

import signal
import threading
import time

import pytest
import redis

from tests.faults.plant import BUSY, Plant

pytestmark = pytest.mark.slow


def test_redis_is_killed(plant: Plant) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.kill_redis()
    try:
        accepted = plant.post_three(api)
        plant.await_end()
    finally:
        plant.restart_redis()
    assert all(accepted)
    assert plant.slowest_seconds() <= 1 * BUSY
    assert plant.ledger(accepted).is_clean


def test_redis_is_emptied(plant: Plant) -> None:
    api, _ = plant.start("api", "sweeper")
    accepted = plant.post_three(api)
    redis.Redis.from_url(plant.redis.url).flushall()
    plant.await_end()
    assert all(accepted)
    assert plant.slowest_seconds() <= 1 * BUSY
    assert plant.ledger(accepted).is_clean


def test_redis_is_frozen(plant: Plant) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.redis.process.send_signal(signal.SIGSTOP)
    try:
        accepted = plant.post_three(api)
        plant.await_end()
    finally:
        plant.redis.process.send_signal(signal.SIGCONT)
    assert all(accepted)
    assert plant.slowest_seconds() <= 1 * BUSY
    assert plant.ledger(accepted).is_clean


def test_postgres_is_killed_and_restarted(plant: Plant) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    first = plant.post(api, "a")
    plant.kill_postgres()
    accepted = [first, plant.post(api, "b"), plant.post(api, "c")]
    plant.restart_postgres()
    accepted.append(plant.post(api, "d"))
    plant.await_end(4)
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 4


def test_postgres_is_killed_while_an_order_is_on_its_way(plant: Plant) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.append("slow")
    accepted = plant.post_three(api)
    await_requests(plant, 1)
    plant.kill_postgres()
    plant.restart_postgres()
    plant.await_end()
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3
    assert plant.book.requests > 3


def test_postgres_is_frozen_and_goes_on(plant: Plant) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    first = plant.post(api, "a")
    plant.await_end(1)
    plant.freeze_postgres()
    try:
        accepted = [first, *(plant.post(api, name) for name in ("b", "c", "d"))]
        time.sleep(2)
    finally:
        plant.freeze_postgres(signal.SIGCONT)
    accepted.append(plant.post(api, "e"))
    plant.await_end(5)
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 5


def test_a_worker_is_frozen_for_20_seconds(plant: Plant) -> None:
    api, worker, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.append("slow")
    accepted = plant.post_three(api)
    await_requests(plant, 1)
    worker.send(signal.SIGSTOP)
    frozen_at = time.time()
    assert plant.await_end() - frozen_at <= 4 * BUSY
    time.sleep(max(0.0, frozen_at + 20 - time.time()))
    worker.send(signal.SIGCONT)
    time.sleep(1.5)
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3
    assert {s.status for s in plant.signals()} == {"done"}


@pytest.mark.parametrize("fault", ["hang", "504", "late"])
def test_the_venue_accepts_and_does_not_say_so(plant: Plant, fault: str) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.append(fault)
    accepted = plant.post_three(api)
    plant.await_end()
    time.sleep(0.5)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3
    assert plant.book.requests == 4
    assert [s.status for s in plant.signals()] == ["done"] * 3


def test_an_order_without_an_answer_is_asked_for_again_and_then_left_to_a_person(
    plant: Plant,
) -> None:
    api, _, _ = plant.start("api", "worker", "sweeper")
    plant.book.faults.extend(["504"] * 4)
    accepted = [plant.post(api, "a")]
    plant.await_end(1)
    [signal_row] = plant.signals()
    assert signal_row.status == "dead"
    assert "no clear answer" in signal_row.last_error
    assert plant.book.requests == 4
    assert plant.ledger(accepted).is_clean


def test_alerts_from_many_threads_are_numbered_without_gaps(plant: Plant) -> None:
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
