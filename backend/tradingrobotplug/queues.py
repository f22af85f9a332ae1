"""Redis is a doorbell: a job carries ids only, and losing every one of them loses nothing.

This page lists every job by its path, so that a domain below can start work above it.
"""

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from . import logs

SIGNALS = "signals"  # executed by `trp worker signals`: latency counts
GENERAL = "general"  # executed by `trp worker general`: everything that may take its time
EXPORTS = "exports"  # executed by `trp worker exports`: what takes minutes, each in a fork

PROCESS_SIGNALS = (SIGNALS, "tradingrobotplug.signals.jobs.hand_over")
CARRY_OUT_HALTS = (SIGNALS, "tradingrobotplug.signals.jobs.carry_out_halts")
REFRESH_PERFORMANCE = (GENERAL, "tradingrobotplug.performance.jobs.refresh")
SEND_MAIL = (GENERAL, "tradingrobotplug.notify.jobs.send")
NOTIFY = (GENERAL, "tradingrobotplug.notify.jobs.deliver")
NOTIFY_DUE = (GENERAL, "tradingrobotplug.notify.jobs.deliver_due")
SEND_DUE_MAILS = (GENERAL, "tradingrobotplug.notify.jobs.send_due")
MAKE_EXPORT = (EXPORTS, "tradingrobotplug.performance.exports.jobs.make")
REFRESH_BOARDS = (EXPORTS, "tradingrobotplug.performance.leaderboard_jobs.refresh")
FIT_BOTS = (GENERAL, "tradingrobotplug.bots.jobs.fit_to_plan")
PROCESS_STRIPE_EVENT = (GENERAL, "tradingrobotplug.billing.jobs.process")
ANSWER_FORGOTTEN = (GENERAL, "tradingrobotplug.accounts.jobs.answer_forgotten")

_MOST_GATHERED = 100  # ids that one job of gathered ones gets
_TIME_LIMITS = {EXPORTS: 3_600}  # seconds; elsewhere a minute
_PAUSE_SECONDS = 1.0  # after trouble nobody waits for a Redis that has just failed

_url: str | None = None
_pause_until = 0.0


def connect(url: str) -> None:
    """Set this process's Redis. `url` is redis://… or unix://…."""
    global _url
    if _url != url:
        _url = url
        redis.cache_clear()


@cache
def redis() -> Redis:
    """This process's client. Short time-outs: a dead Redis must not hold a caller up."""
    if _url is None:
        raise RuntimeError("queues.connect was not called")
    return Redis.from_url(
        _url,
        socket_timeout=0.15,
        socket_connect_timeout=0.15,
        retry=Retry(NoBackoff(), 0),  # by default a time-out is waited for four times
    )


def enqueue(job: tuple[str, str], *ids: str) -> bool:
    """Ask a worker to run `job` with these ids; False if Redis did not take it (sweepers will)."""
    return enqueue_all(job, [ids])


def enqueue_all(
    job: tuple[str, str], calls: Sequence[tuple[str, ...]], *, at_front: bool = False
) -> bool:
    """Ask for several runs of one job, each with its own ids, in one round trip.

    `at_front`: before the jobs that wait already.
    """
    name, path = job
    if is_away():
        return False
    try:
        with redis().pipeline() as pipe:
            queue = Queue(name, connection=redis(), serializer=JSONSerializer)
            for ids in calls:
                queue.enqueue_call(
                    path,
                    args=ids,
                    result_ttl=0,
                    failure_ttl=86_400,
                    timeout=_TIME_LIMITS.get(name, 60),
                    at_front=at_front,
                    pipeline=pipe,
                )
            pipe.execute()
    except RedisError as error:
        note_trouble()
        logs.event("queue.unreachable", queue=name, error=type(error).__name__)
        return False
    return True


def gather(job: tuple[str, str], one_id: str) -> None:
    """Have `job` run with this id among others, once for all that ask before `enqueue_gathered`.
    For what comes often and has a second: a job of its own takes longer than many a small task."""
    _asked(lambda client: client.sadd(_gathered(job), one_id))


def enqueue_gathered(job: tuple[str, str]) -> None:
    """Ask a worker to run `job` with the ids that were gathered for it, if there are any."""
    found = _asked(lambda client: client.spop(_gathered(job), _MOST_GATHERED))
    if found:
        enqueue(job, *sorted(one.decode() for one in found))


def waiting(name: str) -> int:
    """How many jobs of this queue no worker has taken yet; 0 where Redis does not say."""
    return int(_asked(lambda client: client.llen(_key(name))) or 0)


def next_of(name: str) -> bytes | None:
    """The id of the job that a worker takes next; None if none waits or Redis does not say."""
    found: bytes | None = _asked(lambda client: client.lindex(_key(name), 0))
    return found


def _key(name: str) -> str:
    return Queue.redis_queue_namespace_prefix + name


def _gathered(job: tuple[str, str]) -> str:
    return f"gathered:{job[1]}"


def _asked(question: Callable[[Redis], object]) -> Any:
    if is_away():
        return None
    try:
        return question(redis())
    except RedisError:
        note_trouble()
        return None


def is_away() -> bool:
    """Whether Redis has just failed somebody in this process: nobody else waits for it now."""
    return time.monotonic() < _pause_until


def note_trouble() -> None:
    """Redis has just failed: leave it alone for a moment."""
    global _pause_until
    _pause_until = time.monotonic() + _PAUSE_SECONDS
