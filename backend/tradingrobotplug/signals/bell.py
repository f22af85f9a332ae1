"""Rings a worker after the commit. A ring may be lost: the sweeper looks for what nobody works on.

Rings for one bot are coalesced: until its job has started, another ring would find the same
signals. A dead or frozen Redis costs one short time-out a second, in a thread of its own.
"""

import threading
import time
import uuid
from collections.abc import Mapping

from redis.exceptions import RedisError

from .. import logs, queues
from ..plans import priority

# A bot whose job waits needs no other ring; the job's start lifts the mark, and so does time,
# should the job be lost. What came meanwhile is found by the sweeper.
_COALESCE_MS = 5000
_PAUSE_SECONDS = 1.0
_GATHER_SECONDS = 0.01  # the first ring goes out at once, the next ones together
_MANY = 8  # as many bots at once are a flood: workers have enough to do, and rings can wait
_GATHER_IN_FLOOD_SECONDS = 0.1

# One command for any number of bots; the places of those that were not marked.
_MARK = """
local fresh = {}
for place, name in ipairs(KEYS) do
  if redis.call('SET', name, 1, 'NX', 'PX', ARGV[1]) then fresh[#fresh + 1] = place - 1 end
end
return fresh
"""

_breaker_until = 0.0


class Bell:
    """Rings for every request thread of this process, without making one wait."""

    def __init__(self) -> None:
        self._wanted: dict[uuid.UUID, bool] = {}  # bot → whether it goes ahead of others
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="bell", daemon=True).start()

    def ring(self, bot_id: uuid.UUID, *, is_ahead: bool = False) -> None:
        """Have a worker look at this bot's signals, soon; `is_ahead`: before those that wait."""
        with self._changed:
            if not self._wanted:
                self._changed.notify()
            self._wanted[bot_id] = is_ahead

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wanted:
                    self._changed.wait()
                bots, self._wanted = self._wanted, {}
            ring_now(bots)
            time.sleep(_GATHER_SECONDS if len(bots) < _MANY else _GATHER_IN_FLOOD_SECONDS)


def ring_now(bots: Mapping[uuid.UUID, bool]) -> None:
    """Enqueue one job per bot that has none waiting; those that go ahead (True) at the front."""
    if time.monotonic() < _breaker_until:
        return
    try:
        fresh = _unanswered(sorted(bots))
    except RedisError as error:
        _open_breaker(type(error).__name__)
        return
    if not priority.ring_known({bot: bots[bot] for bot in fresh}):
        _open_breaker("enqueue")


def _unanswered(bots: list[uuid.UUID]) -> list[uuid.UUID]:
    """Mark the bots as rung; those of them that were not yet."""
    script = queues.redis().register_script(_MARK)
    marked = script(keys=[_name(bot) for bot in bots], args=[_COALESCE_MS])
    return [bots[number] for number in marked]


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
