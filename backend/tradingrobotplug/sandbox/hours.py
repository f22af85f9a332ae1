"""Sessions of the simulated stock exchange: real XNYS sessions, or one that never ends."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

NEW_YORK = ZoneInfo("America/New_York")
_EXTENDED_OPEN, _EXTENDED_CLOSE = time(4), time(20)


class Session(NamedTuple):
    """A trading day with its regular hours as aware UTC."""

    day: date
    open: datetime
    close: datetime


def clock(now: datetime, *, always_open: bool) -> tuple[bool, datetime, datetime]:
    """(is open, next open, next close) of the regular session."""
    if always_open:
        # One day's session follows the other without a gap, at 9:30 in New York.
        local = now.astimezone(NEW_YORK)
        turn = datetime.combine(local.date(), time(9, 30), NEW_YORK)
        turn = turn if turn > local else turn + timedelta(days=1)
        return True, turn, turn
    coming = [s for s in sessions() if s.close > now]
    current = coming[0]
    is_open = current.open <= now
    return is_open, coming[1].open if is_open else current.open, current.close


def last_quoted_second(second: int) -> int:
    """This second, or the last one before it at which quotes moved (4:00–20:00 on sessions)."""
    local = datetime.fromtimestamp(second, NEW_YORK)
    if is_quoted(second):
        return second
    days = [s.day for s in sessions() if s.day <= local.date()]
    last = days[-1]
    if last == local.date() and local.time() < _EXTENDED_OPEN:
        last = days[-2]
    return int(datetime.combine(last, _EXTENDED_CLOSE, NEW_YORK).timestamp())


def is_quoted(second: int) -> bool:
    """Whether the stock market quotes then, extended hours included."""
    local = datetime.fromtimestamp(second, NEW_YORK)
    return local.date() in _days() and _EXTENDED_OPEN <= local.time() < _EXTENDED_CLOSE


def are_open(seconds: NDArray[np.int64], *, extended: bool) -> NDArray[np.bool_]:
    """Whether the exchange trades at these seconds, in regular or also in extended hours."""
    starts, ends = _extended() if extended else _regular()
    last = np.searchsorted(starts, seconds, side="right") - 1
    return np.asarray((last >= 0) & (seconds < ends[last]), dtype=np.bool_)


def last_close(now: datetime, *, always_open: bool) -> int:
    """The second at which the last regular session ended."""
    if always_open:
        _, _, turn = clock(now, always_open=True)
        return int(turn.timestamp()) - 86_400
    ends = _regular()[1]
    return int(ends[np.searchsorted(ends, int(now.timestamp()), side="right") - 1])


def day_ends(now: datetime, *, always_open: bool, extended: bool) -> datetime:
    """When a day order sent now ends: with the session that is open, or else the next one."""
    if always_open or not extended:
        return clock(now, always_open=always_open)[2]
    ends = _extended()[1]
    found = ends[np.searchsorted(ends, int(now.timestamp()), side="right")]
    return datetime.fromtimestamp(int(found), UTC)


def is_session(day: date) -> bool:
    """Whether the exchange has a session that day."""
    return day in _days()


@cache
def sessions() -> list[Session]:
    """Every XNYS session from a few years back to a year ahead, oldest first."""
    import exchange_calendars  # noqa: PLC0415 (pandas takes half a second; only real hours need it)

    start = (datetime.now(UTC) - timedelta(days=5 * 365)).date().isoformat()
    schedule = exchange_calendars.get_calendar("XNYS", start=start).schedule
    return [
        Session(day.date(), opens.to_pydatetime(), closes.to_pydatetime())
        for day, opens, closes in zip(
            schedule.index, schedule["open"], schedule["close"], strict=True
        )
    ]


@cache
def _regular() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts = [int(s.open.timestamp()) for s in sessions()]
    ends = [int(s.close.timestamp()) for s in sessions()]
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)


@cache
def _extended() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts, ends = (
        [int(datetime.combine(s.day, at, NEW_YORK).timestamp()) for s in sessions()]
        for at in (_EXTENDED_OPEN, _EXTENDED_CLOSE)
    )
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)


@cache
def _days() -> frozenset[date]:
    return frozenset(s.day for s in sessions())
