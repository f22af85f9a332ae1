"""Trading days: UTC days for crypto, sessions of the New York Stock Exchange (XNYS) for stocks."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")


class Session(NamedTuple):
    """A stock trading day with its regular hours as aware UTC."""

    day: date
    opens: datetime
    closes: datetime


def trading_day(asset_type: str, at: datetime) -> date:
    """The day that an instant belongs to. Between two sessions it belongs to the coming one."""
    if asset_type == "crypto":
        return at.astimezone(UTC).date()
    return session_from(at.astimezone(NEW_YORK).date()).day


def day_bounds(asset_type: str, day: date) -> tuple[datetime, datetime]:
    """[start, end) of a trading day as UTC; the bounds of all days cover time without a gap."""
    if asset_type == "crypto":
        start = datetime.combine(day, time(), UTC)
        return start, start + timedelta(days=1)
    index = _index(day)
    before = sessions()[index - 1].day
    return _midnight(before + timedelta(days=1)), _midnight(
        sessions()[index].day + timedelta(days=1)
    )


def closes_at(asset_type: str, day: date) -> datetime:
    """When trading of that day ends: midnight UTC for crypto, the session's close for stocks."""
    if asset_type == "crypto":
        return day_bounds("crypto", day)[1]
    return session_from(day).closes


def session_from(day: date) -> Session:
    """The session on this day, else the next one."""
    return sessions()[_index(day)]


@lru_cache(maxsize=1)
def sessions() -> list[Session]:
    """Every XNYS session from 20 years back to two years ahead, oldest first."""
    import exchange_calendars  # noqa: PLC0415 (pandas: half a second and 60 MB)

    ahead = (datetime.now(UTC) + timedelta(days=730)).date().isoformat()
    schedule = exchange_calendars.get_calendar("XNYS", end=ahead).schedule
    rows = zip(schedule.index, schedule["open"], schedule["close"], strict=True)
    return [
        Session(day.date(), opens.to_pydatetime(), closes.to_pydatetime())
        for day, opens, closes in rows
    ]


def _index(day: date) -> int:
    index = bisect_left(sessions(), day, key=lambda session: session.day)
    if index in (0, len(sessions())):
        raise ValueError(f"{day} lies outside the known sessions of XNYS")
    return index


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_YORK).astimezone(UTC)
