"""What the scheduler and a worker run for the leaderboard. Running any of these twice is harmless.

Boards of very many entries take seconds: a worker keeps them, so that the scheduler's closings and
samples don't wait.
"""

import time

from redis import RedisError

from .. import clock, logs, queues
from ..db import transaction
from . import jobs, leaderboard_board, leaderboard_chain
from .leaderboard_board import MODES
from .periods import Period

_REST = 10  # refreshes take at most a tenth of the time: with many entries they come less often
_BUSY = "trp:boards:busy"  # in Redis while the boards are being kept, or rest
_LOST_SECONDS = 600  # by then the ring or its worker was lost


def ask() -> None:
    """Have a worker bring the boards up to date, unless one is at it, or was just now."""
    if _taken(_LOST_SECONDS, unless_busy=True):
        queues.enqueue_all(queues.REFRESH_BOARDS, [()], at_front=True)


def refresh() -> None:
    """Bring all boards up to date, then let them rest."""
    began = time.monotonic()
    try:
        for mode in MODES:
            for period in Period:
                with logs.apart("board.failed", mode=mode, period=period):
                    _refresh(mode, period)
    finally:
        _taken(_REST * (time.monotonic() - began))


def publish() -> None:
    """Publish every day that is over, missed ones too, oldest first."""
    with transaction() as session:
        day = leaderboard_chain.due(session, clock.now())
    if day is None:
        return
    jobs.close_windows()  # after a pause the days that are due may be open still
    while day is not None:
        with transaction() as session:
            sealed = leaderboard_chain.publish(session, day, clock.now())
        if sealed is not None:
            logs.event("leaderboard.published", day=day, entries=sealed.entries, hash=sealed.hash)
        with transaction() as session:
            day = leaderboard_chain.due(session, clock.now())


def _refresh(mode: str, period: Period) -> None:
    with transaction() as session:
        leaderboard_board.refresh(session, mode, period, clock.now())
        if period is Period.ALL_TIME:
            leaderboard_board.refresh_curves(session, mode, clock.now())


def _taken(seconds: float, *, unless_busy: bool = False) -> bool:
    """Keep others from asking for so long; False if somebody does already, or Redis is away."""
    if queues.is_away():
        return False
    try:
        milliseconds = max(1, int(seconds * 1000))
        return bool(queues.redis().set(_BUSY, "1", px=milliseconds, nx=unless_busy))
    except RedisError as error:
        queues.note_trouble()
        logs.event("boards.not_asked", error=type(error).__name__)
        return False
