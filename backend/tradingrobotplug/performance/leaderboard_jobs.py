"""What the scheduler runs for the leaderboard. Running any of these twice is harmless."""

import time

from .. import clock, logs
from ..db import transaction
from . import jobs, leaderboard_board, leaderboard_chain
from .leaderboard_board import MODES
from .periods import Period

_ENOUGH_SECONDS = 1.0  # then the rest is left to the next run, so that other jobs find time
_REST = 10  # refreshes take at most a tenth of the time: with many entries they come less often

_waiting: list[tuple[str, Period]] = []
_spent = 0.0
_next_at = 0.0


def refresh() -> None:
    """Bring the boards up to date, a second's worth of them, unless they were just now."""
    global _next_at, _spent
    began = time.monotonic()
    if not _waiting and began < _next_at:
        return
    if not _waiting:
        _waiting.extend((mode, period) for mode in MODES for period in Period)
        _spent = 0.0
    while _waiting:
        _refresh(*_waiting.pop())
        if time.monotonic() - began >= _ENOUGH_SECONDS:
            break
    _spent += time.monotonic() - began
    if not _waiting:
        _next_at = time.monotonic() + _REST * _spent


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
