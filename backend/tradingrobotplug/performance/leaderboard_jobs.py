"""What the scheduler runs for the leaderboard. Running any of these twice is harmless."""

import time

from .. import clock, logs
from ..db import transaction
from . import jobs, leaderboard_board, leaderboard_chain
from .leaderboard_board import MODES
from .periods import Period

_REST = 30  # a refresh takes at most this part of the time: with many entries it comes less often
_next_at = 0.0


def refresh() -> None:
    """Bring every board up to date, unless the last time took long and was not long ago."""
    global _next_at
    began = time.monotonic()
    if began < _next_at:
        return
    for mode in MODES:
        for period in Period:
            with transaction() as session:
                leaderboard_board.refresh(session, mode, period, clock.now())
    ended = time.monotonic()
    _next_at = ended + _REST * (ended - began)


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
