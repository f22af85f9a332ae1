"""Who is at work: every process says so in Redis, and is gone when it has not for a minute."""

import logging
import os

from redis import RedisError

from . import logs, queues

BEAT_SECONDS = 60  # a process not heard of for so long is gone


def beat(name: str, pid: str | None = None) -> None:
    """Say that this process is at work, or the one with this id that it was forked from.

    A Redis that is away is somebody else's alarm."""
    if queues.is_away():
        return
    try:
        queues.redis().set(f"trp:beat:{name}", pid or str(os.getpid()), ex=BEAT_SECONDS)
    except RedisError as error:
        queues.note_trouble()
        logs.event("beat.missed", level=logging.DEBUG, error=type(error).__name__)


def last_beats() -> dict[str, int]:
    """Name → process id of who was heard of in the last minute. RedisError if Redis is away."""
    client = queues.redis()
    keys = [key.decode() for key in client.scan_iter("trp:beat:*", count=1000)]
    values = client.mget(keys) if keys else []
    return {
        key.removeprefix("trp:beat:"): int(value)
        for key, value in zip(keys, values, strict=True)
        if value is not None
    }
