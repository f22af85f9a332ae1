"""The processes behind the API: RQ workers, the sweeper, the scheduler and its table of jobs."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from threading import Event

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from . import db, logs, memory, processor, queues, rq_workers
from .beats import beat
from .billing import stripe_api
from .config import Settings
from .marketdata import venue
from .notify import post, senders
from .plans import robot_access
from .robots import catalogue
from .vault import keyring

SWEEP_SECONDS = 0.2
# Where brokers are polled: 8 threads that poll and in the sweeper 4 that work on signals, each with
# the connection that holds a bot's lock and one beside it; and the process's own. With fewer they
# would wait for each other.
_POLLING_POOL = 26
_SIGNALS_POOL = 17  # the same for the 8 hands of a signal worker
_SELDOM = 60.0  # seconds; jobs that wait so long for their turn keep to the clock
# How far those stand back from busy processors that no order waits for: figures and comparisons;
# and what became of orders, which the protection of their fills waits for.
_FOR_FIGURES, _FOR_FILLS = 10, 5
_SCHEDULER_LOCK = 7_266_110_518  # any number, the same in every scheduler

# What the sweeper runs, and how often. It asks PostgreSQL what is due and needs no Redis, but to
# have figures refreshed at once: without it the scheduler finds which are behind.
SWEEPS: tuple[tuple[float, str], ...] = (
    (SWEEP_SECONDS, "tradingrobotplug.signals.jobs.sweep"),
    (1, "tradingrobotplug.trading.jobs.settle"),
    (1, "tradingrobotplug.trading.jobs.poll"),
    (1, "tradingrobotplug.signals.jobs.carry_out_halts"),
    (SWEEP_SECONDS, "tradingrobotplug.performance.jobs.ask_for_traded"),
)
# What the scheduler runs, aligned to the clock: 3600 means on the hour.
PERIODIC: tuple[tuple[float, str], ...] = (
    (3, "tradingrobotplug.robots.jobs.run_due"),
    (5, "tradingrobotplug.performance.jobs.mark"),
    (10, "tradingrobotplug.performance.jobs.catch_up"),
    (10, "tradingrobotplug.accounts.jobs.sweep"),
    (10, "tradingrobotplug.billing.jobs.sweep"),
    (10, "tradingrobotplug.bots.jobs.sweep"),
    (10, "tradingrobotplug.signals.jobs.tell_turned_away"),
    (10, "tradingrobotplug.performance.exports.jobs.sweep"),
    (10, "tradingrobotplug.performance.leaderboard_jobs.ask"),
    (20, "tradingrobotplug.notify.jobs.sweep"),
    (1, "tradingrobotplug.trading.jobs.reconcile"),
    (20, "tradingrobotplug.billing.jobs.watch"),
    (60, "tradingrobotplug.billing.jobs.let_go"),
    (60, "tradingrobotplug.billing.jobs.pass_enquiries_on"),
    # Before windows are closed: the sample of midnight belongs to the day that ends.
    (3600, "tradingrobotplug.performance.jobs.sample_equity"),
    (60, "tradingrobotplug.performance.jobs.close_windows"),
    (3600, "tradingrobotplug.accounts.jobs.prune"),
    (600, "tradingrobotplug.performance.leaderboard_jobs.publish"),
    (3600, "tradingrobotplug.performance.exports.jobs.prune"),
    (3600, "tradingrobotplug.billing.jobs.prune"),
    (3600, "tradingrobotplug.accounts.jobs.erase"),
    (3600, "tradingrobotplug.notify.jobs.prune"),
    (3600, "tradingrobotplug.signals.jobs.count_up"),
)
# And once when a scheduler takes over, for what fell into the gap.
AT_START: tuple[str, ...] = (
    "tradingrobotplug.robots.jobs.ensure_public_records",
    "tradingrobotplug.performance.jobs.catch_up",
    "tradingrobotplug.performance.jobs.close_windows",
    "tradingrobotplug.performance.leaderboard_jobs.ask",
    "tradingrobotplug.performance.leaderboard_jobs.publish",
    "tradingrobotplug.trading.jobs.reconcile",
)


def connect(settings: Settings) -> None:
    """Set this process's database, Redis, venues, mail server, chats, keyring and Stripe."""
    db.connect(settings.database_url, pool_size=settings.db_pool)
    queues.connect(settings.redis_url)
    venue.connect(settings)
    post.connect(settings)
    senders.connect(settings)
    keyring.connect(settings)
    stripe_api.connect(settings)
    robot_access.know(catalogue.terms())


def work(settings: Settings, queue: str, name: str) -> None:
    """Run the jobs of one queue until SIGTERM. One queue per process: with two, a worker killed
    between dequeue and start loses the job for good."""
    connect(_pooled(settings, _SIGNALS_POOL) if queue == queues.SIGNALS else settings)
    if queue == queues.SIGNALS:
        venue.warm()
        function(queues.PROCESS_SIGNALS[1])  # its modules, before the first order has to wait
    else:
        processor.stand_back(_FOR_FIGURES)
    memory.settle()
    # Its own client: a worker waits for jobs longer than anybody may wait to enqueue one.
    client = Redis.from_url(
        settings.redis_url, socket_connect_timeout=4, retry=Retry(NoBackoff(), 0)
    )
    rq_workers.OF_QUEUE[queue](
        [queue],
        name=f"{name}:{os.getpid()}",
        connection=client,
        serializer=JSONSerializer,
        log_job_description=False,
    ).work(logging_level="WARNING")


def sweep(settings: Settings, stopped: Event, name: str = "sweeper") -> None:
    """Find what a lost ring left lying, and let resting orders meet the market."""
    connect(_pooled(settings, _POLLING_POOL))
    venue.warm()
    for _, path in SWEEPS:
        function(path)
    memory.settle()
    due = Timetable(SWEEPS)
    while not stopped.wait(due.wait_seconds(time.time())):
        run_all(due.take(time.time()))
        beat(name)


def listen(settings: Settings, stopped: Event, name: str = "listener") -> None:
    """Hear what brokers' streams say, and ask at once the accounts that they speak of."""
    from .trading import jobs  # noqa: PLC0415 (the other processes import their jobs by need)

    processor.stand_back(_FOR_FILLS)
    connect(_pooled(settings, _POLLING_POOL))
    venue.warm()
    memory.settle()
    asyncio.run(jobs.listener().run(stopped, partial(beat, name)))


def _pooled(settings: Settings, connections: int) -> Settings:
    return replace(settings, db_pool=max(settings.db_pool, connections))


def schedule(settings: Settings, stopped: Event, name: str = "scheduler") -> None:
    """Run the periodic jobs. Of several schedulers one acts; the others stand by."""
    processor.stand_back(_FOR_FIGURES)
    connect(settings)
    while not stopped.is_set():
        beat(name)
        try:
            with db.engine().connect() as connection:
                if _is_leader(connection):
                    _lead(connection, stopped, name)
        except OperationalError as error:
            logs.event("scheduler.lost_database", level=logging.ERROR, error=type(error).__name__)
        stopped.wait(1)


class Timetable:
    """Which of the jobs are due, at whole multiples of their seconds on the clock. Those that run
    more often than once a minute don't start together, but spread over their seconds: orders
    should not have to wait for all of them at once."""

    def __init__(self, jobs: tuple[tuple[float, str], ...]) -> None:
        self._jobs = [
            (every, every * number / len(jobs) if every < _SELDOM else 0.0, path)
            for number, (every, path) in enumerate(jobs)
        ]
        self._done: dict[str, int] = {}

    def take(self, now: float) -> list[str]:
        """The jobs to run now: each once per period, the first time at its next turn."""
        due = []
        for every, later, path in self._jobs:
            turn = int((now - later) // every)
            if self._done.setdefault(path, turn) < turn:
                self._done[path] = turn
                due.append(path)
        return due

    def wait_seconds(self, now: float) -> float:
        """How long until the next turn of any job."""
        return min(every - (now - later) % every for every, later, _ in self._jobs)


def run_all(paths: list[str] | tuple[str, ...]) -> None:
    """Run jobs one after the other; one that fails is logged and does not stop the next."""
    for path in paths:
        with logs.about(job=path):
            try:
                function(path)()
            except Exception:
                logging.getLogger("trp").exception("job.failed")


def function(path: str) -> Callable[[], object]:
    """The function that a job's path names."""
    module, _, name = path.rpartition(".")
    found: Callable[[], object] = getattr(import_module(module), name)
    return found


def _is_leader(connection: Connection) -> bool:
    taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _SCHEDULER_LOCK})
    connection.commit()
    return bool(taken)


def _lead(connection: Connection, stopped: Event, name: str) -> None:
    """The lock lives as long as its connection, so a dead leader frees it at once."""
    logs.event("scheduler.leads", pid=os.getpid())
    due = Timetable(PERIODIC)
    due.take(time.time())
    run_all(AT_START)
    while not stopped.wait(min(1.0, due.wait_seconds(time.time()))):
        connection.execute(text("SELECT 1"))  # raises when the lock is gone
        connection.commit()
        run_all(due.take(time.time()))
        beat(name)
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _SCHEDULER_LOCK})
    connection.commit()
