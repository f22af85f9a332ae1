"""Rings a worker after the commit. A ring may be lost: the sweeper looks for what nobody works on.

Rings for one bot are coalesced: until its job has started, another ring would find the same
signals. A dead or frozen Redis costs one short time-out a second, in a thread of its own.
"""

import threading
import time
import uuid

from redis.exceptions import RedisError

from .. import logs, queues

_COALESCE_MS = 1000
_PAUSE_SECONDS = 1.0
_GATHER_SECONDS = 0.01  # the first ring goes out at once, the next ones together

_breaker_until = 0.0


class Bell:
    """Rings for every request thread of this process, without making one wait."""

    def __init__(self) -> None:
        self._wanted: set[uuid.UUID] = set()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="bell", daemon=True).start()

    def ring(self, bot_id: uuid.UUID) -> None:
        """Have a worker look at this bot's signals, soon."""
        with self._changed:
            self._wanted.add(bot_id)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wanted:
                    self._changed.wait()
                bots, self._wanted = self._wanted, set()
            ring_now(bots)
            time.sleep(_GATHER_SECONDS)


def ring_now(bots: set[uuid.UUID]) -> None:
    """Enqueue one job per bot that has none waiting."""
    if time.monotonic() < _breaker_until:
        return
    try:
        with queues.redis().pipeline(transaction=False) as pipe:
            for bot_id in bots:
                pipe.set(_name(bot_id), 1, nx=True, px=_COALESCE_MS)
            fresh = pipe.execute()
        for bot_id, is_new in zip(bots, fresh, strict=True):
            if is_new and not queues.enqueue(queues.PROCESS_SIGNALS, str(bot_id)):
                _open_breaker("enqueue")
                return
    except RedisError as error:
        _open_breaker(type(error).__name__)


def answered(bot_id: uuid.UUID) -> None:
    """The bot's job has started: what is stored from now on needs a new ring."""
    if time.monotonic() < _breaker_until:
        return
    try:
        queues.redis().delete(_name(bot_id))
    except RedisError as error:
        _open_breaker(type(error).__name__)


def _open_breaker(error: str) -> None:
    global _breaker_until
    _breaker_until = time.monotonic() + _PAUSE_SECONDS
    logs.event("bell.unreachable", error=error)


def _name(bot_id: uuid.UUID) -> str:
    return f"ring:{bot_id}"
