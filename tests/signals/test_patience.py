"""When the sweeper carries signals out itself, and when it leaves them to workers."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import wait
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from tests.factories import make_bot
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Bot, Signal, User
from tradingrobotplug.signals import jobs, watch

from .conftest import signal_of

Send = Callable[..., uuid.UUID]


@pytest.fixture(autouse=True)
def nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_next_ring", None)


def ring(count: int = 1) -> None:
    queues.enqueue_all(queues.PROCESS_SIGNALS, [(str(uuid.uuid4()),) for _ in range(count)])


def take() -> None:
    """As a worker does."""
    assert queues.redis().lpop("rq:queue:signals")


def sweep() -> None:
    jobs.sweep()
    wait(list(jobs._under_way.values()))


def has_waited(signal_id: uuid.UUID, waited: timedelta) -> None:
    with db.transaction() as session:
        signal = session.get_one(Signal, signal_id)
        signal.received_at = signal.next_attempt_at = clock.now() - waited


@pytest.fixture
def left_alone(markets: None, bot: Bot, send: Send) -> uuid.UUID:
    """A signal that nobody has touched for a second."""
    queues.redis().flushdb()
    signal_id = send()
    has_waited(signal_id, timedelta(seconds=1))
    return signal_id


def test_what_waits_for_workers_that_are_at_it_is_left_to_them(left_alone: uuid.UUID) -> None:
    ring(2)
    jobs._workers_are_at_it()
    take()
    sweep()
    assert signal_of(left_alone).status == "received"


@pytest.mark.parametrize("status", ["processing", "retrying"])
def test_what_was_begun_has_no_ring_and_waits_for_no_worker(
    left_alone: uuid.UUID, status: str
) -> None:
    with db.transaction() as session:
        session.get_one(Signal, left_alone).status = status
    ring(2)
    jobs._workers_are_at_it()
    take()
    sweep()
    assert signal_of(left_alone).status == "done"


def test_rings_that_nobody_takes_are_waited_for_a_second(
    left_alone: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(2)
    jobs._workers_are_at_it()
    sweep()
    assert signal_of(left_alone).status == "received"
    monkeypatch.setattr(jobs, "_next_since", time.monotonic() - 1)
    sweep()
    assert signal_of(left_alone).status == "done"


def test_without_rings_the_sweeper_waits_for_nobody(left_alone: uuid.UUID) -> None:
    ring()
    jobs._workers_are_at_it()
    take()
    sweep()
    assert signal_of(left_alone).status == "done"


def test_without_redis_the_sweeper_waits_for_nobody(
    left_alone: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(2)
    jobs._workers_are_at_it()
    take()
    monkeypatch.setattr(queues, "is_away", lambda: True)
    sweep()
    assert signal_of(left_alone).status == "done"


def test_busy_workers_are_waited_for_no_longer_than_five_seconds(left_alone: uuid.UUID) -> None:
    has_waited(left_alone, timedelta(seconds=5.1))
    ring(2)
    jobs._workers_are_at_it()
    take()
    sweep()
    assert signal_of(left_alone).status == "done"


def test_holders_of_several_bots_are_ended_at_once(user: User) -> None:
    first, second, free = (make_bot(user, name=name) for name in ("One", "Two", "Free"))
    with db.engine().connect() as one, db.engine().connect() as two:
        pids = [_hold(one, first), _hold(two, second)]
        with db.transaction() as session:
            ended = watch.free(session, [first.id, second.id, free.id])
            assert set(ended) == {(first.id, pids[0]), (second.id, pids[1])}
            assert watch.free(session, []) == []
        for connection in (one, two):
            with pytest.raises(OperationalError):
                connection.execute(text("SELECT 1"))


def _hold(connection: Connection, bot: Bot) -> int:
    """Take the bot's lock; the process id of who holds it."""
    lock = "SELECT pg_backend_pid(), pg_advisory_lock(hashtextextended(:bot_id, 0))"
    pid: int = connection.execute(text(lock), {"bot_id": str(bot.id)}).scalar_one()
    return pid
