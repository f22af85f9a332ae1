import os
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from redis import Redis
from redis import utils as redis_utils
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, text

from tradingrobotplug import beats, clock, db, queues, rq_workers, worker
from tradingrobotplug.config import Settings
from tradingrobotplug.models import SiteAssertion
from tradingrobotplug.vault import keyring


@pytest.fixture
def stopped() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def wait_for(is_so: object, seconds: float = 5) -> bool:
    assert callable(is_so)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_so():
        time.sleep(0.02)
    return bool(is_so())


def test_a_timetable_waits_for_the_next_turn_then_runs_once_per_turn() -> None:
    due = worker.Timetable(((10, "often"), (60, "seldom")))
    taken = [due.take(now) for now in (1005, 1009, 1010, 1011, 1020, 1021, 1085)]
    assert taken == [[], [], ["often"], [], ["often", "seldom"], [], ["often", "seldom"]]


def test_what_runs_often_does_not_run_at_once() -> None:
    due = worker.Timetable(((10, "first"), (10, "second"), (60, "third"), (3600, "fourth")))
    assert due.take(3595) == []
    assert [due.take(now) for now in (3599, 3600, 3602, 3603)] == [
        [],
        ["first", "third", "fourth"],
        [],
        ["second"],
    ]


def test_a_timetable_says_how_long_to_wait() -> None:
    due = worker.Timetable(((10, "first"), (10, "second"), (60, "third")))
    assert [round(due.wait_seconds(now), 2) for now in (1000, 1002, 1004)] == [3.33, 1.33, 6]


def test_windows_close_after_the_last_sample_and_at_start_after_missed_fills() -> None:
    names = ("sample_equity", "close_windows", "catch_up")
    sample, close, catch_up = (f"tradingrobotplug.performance.jobs.{name}" for name in names)
    periodic = [path for _, path in worker.PERIODIC]
    assert periodic.index(sample) < periodic.index(close)
    assert worker.AT_START.index(catch_up) < worker.AT_START.index(close)


def test_a_failing_job_does_not_stop_the_next(clean: None) -> None:
    with db.transaction() as session:
        session.add(SiteAssertion(jti="old", expires_at=clock.now() - timedelta(seconds=1)))
    worker.run_all(["tradingrobotplug.nowhere.at_all", "tradingrobotplug.accounts.jobs.prune"])
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(SiteAssertion)) == 0


def test_used_assertions_are_forgotten_when_they_expire(clean: None) -> None:
    with db.transaction() as session:
        session.add(SiteAssertion(jti="old", expires_at=clock.now() - timedelta(seconds=1)))
        session.add(SiteAssertion(jti="new", expires_at=clock.now() + timedelta(minutes=1)))
    worker.run_all(["tradingrobotplug.accounts.jobs.prune"])
    with db.transaction() as session:
        assert list(session.scalars(select(SiteAssertion.jti))) == ["new"]


def test_a_process_is_known_by_its_beat(clean: None) -> None:
    beats.beat("sweeper")
    assert beats.last_beats() == {"sweeper": os.getpid()}


@pytest.mark.parametrize("kind", rq_workers.OF_QUEUE.values(), ids=rq_workers.OF_QUEUE)
def test_a_worker_runs_what_was_enqueued(
    settings: Settings,
    clean: None,
    kind: rq_workers.Kind,
) -> None:
    with db.transaction() as session:
        session.add(SiteAssertion(jti="old", expires_at=clock.now() - timedelta(seconds=1)))
    db.dispose()
    client = Redis.from_url(settings.redis_url)
    queue = Queue("tried", connection=client, serializer=JSONSerializer)
    queue.enqueue_call("tradingrobotplug.accounts.jobs.prune")
    kind([queue.name], connection=client, serializer=JSONSerializer, name="tried").work(burst=True)
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(SiteAssertion)) == 0


@pytest.mark.parametrize("kind", [rq_workers.SignalWorker, rq_workers.GeneralWorker])
def test_of_jobs_that_failed_a_record_stays_and_of_the_others_nothing(
    settings: Settings, clean: None, kind: rq_workers.Kind
) -> None:
    client = Redis.from_url(settings.redis_url)
    queue = Queue("tried", connection=client, serializer=JSONSerializer)
    queue.enqueue_call("tradingrobotplug.accounts.jobs.prune", result_ttl=0)
    failing = queue.enqueue_call("tradingrobotplug.nowhere.at_all", result_ttl=0)
    kind([queue.name], connection=client, serializer=JSONSerializer, name="tried").work(burst=True)
    assert queue.failed_job_registry.get_job_ids() == [failing.id]
    assert client.keys("rq:job:*") == [f"rq:job:{failing.id}".encode()]
    assert client.llen(queue.intermediate_queue_key) == 0


def test_a_signal_worker_notices_a_dead_line_within_seconds(settings: Settings) -> None:
    client = Redis.from_url(settings.redis_url)
    tried = rq_workers.SignalWorker(["tried"], connection=client, serializer=JSONSerializer)
    assert (tried.dequeue_timeout, tried.connection_timeout) == (2, 4)
    assert client.connection_pool.connection_kwargs["socket_timeout"] == 4


def test_of_two_schedulers_one_acts_and_the_other_takes_over(
    settings: Settings, clean: None, stopped: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    led: list[str] = []
    monkeypatch.setattr(worker, "AT_START", ())
    monkeypatch.setattr(worker, "PERIODIC", ((3600, "tradingrobotplug.accounts.jobs.prune"),))
    lead = worker._lead
    monkeypatch.setattr(
        worker,
        "_lead",
        lambda connection, end, name: (led.append(name), lead(connection, end, name)),
    )
    first_stopped = Event()
    first = Thread(target=worker.schedule, args=(settings, first_stopped, "one"))
    first.start()
    assert wait_for(lambda: led == ["one"])
    second = Thread(target=worker.schedule, args=(settings, stopped, "two"))
    second.start()
    assert wait_for(lambda: "two" in beats.last_beats())
    assert led == ["one"]
    first_stopped.set()
    first.join(5)
    assert wait_for(lambda: led == ["one", "two"])
    stopped.set()
    second.join(5)


def test_a_scheduler_whose_connection_is_cut_leads_again(
    settings: Settings, clean: None, stopped: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AT_START", ())
    monkeypatch.setattr(worker, "PERIODIC", ((3600, "tradingrobotplug.accounts.jobs.prune"),))
    holder = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")

    def leader() -> int | None:
        with db.transaction() as session:
            return session.scalar(holder)

    running = Thread(target=worker.schedule, args=(settings, stopped))
    running.start()
    assert wait_for(leader)
    cut = leader()
    with db.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut})
    assert wait_for(lambda: leader() not in (None, cut))
    stopped.set()
    running.join(5)


def test_the_sweeper_works_without_redis(
    settings: Settings, clean: None, stopped: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SWEEPS", ((0.1, "tradingrobotplug.accounts.jobs.prune"),))
    with db.transaction() as session:
        session.add(SiteAssertion(jti="old", expires_at=clock.now() - timedelta(seconds=1)))
    monkeypatch.setattr(worker, "connect", lambda _: queues.connect("redis://127.0.0.1:1/0"))
    monkeypatch.setattr(worker.venue, "warm", lambda: None)
    monkeypatch.setattr(queues, "_pause_until", 0.0)  # as it is, for the tests after this one
    running = Thread(target=worker.sweep, args=(settings, stopped))
    running.start()

    def is_swept() -> bool:
        with db.transaction() as session:
            return session.scalar(select(func.count()).select_from(SiteAssertion)) == 0

    assert wait_for(is_swept)
    stopped.set()
    running.join(5)
    queues.connect(settings.redis_url)


def test_those_that_no_order_waits_for_stand_back(
    settings: Settings, clean: None, stopped: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    monkeypatch.setattr(worker.processor, "stand_back", steps.append)
    stopped.set()
    worker.sweep(settings, stopped)
    worker.listen(settings, stopped)
    worker.schedule(settings, stopped)
    assert steps == [5, 10]


@pytest.mark.parametrize(
    ("queue", "steps"), [(queues.SIGNALS, []), (queues.GENERAL, [10]), (queues.EXPORTS, [10])]
)
def test_of_the_workers_only_those_of_signals_do_not(
    settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch, queue: str, steps: list[int]
) -> None:
    stood_back: list[int] = []
    monkeypatch.setattr(worker.processor, "stand_back", stood_back.append)
    monkeypatch.setattr(rq_workers.OF_QUEUE[queue], "work", lambda *_, **__: None)
    worker.work(settings, queue, "worker")
    assert stood_back == steps


def test_a_worker_has_a_keyring(
    settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "_keyring", None)
    worker.connect(settings)
    assert keyring.try_out(keyring.connected()) == keyring.connected().newest()


def test_answers_of_redis_are_parsed_by_hiredis() -> None:
    assert redis_utils.HIREDIS_AVAILABLE  # an extra that the lock must name as well
