"""Times of the week in which a bot may open positions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

NEW_YORK = "America/New_York"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def local(now: datetime, zone: str) -> datetime:
    """The moment on the clocks of this IANA time zone."""
    return now.astimezone(ZoneInfo(zone))


def holds(window: Mapping[str, Any], at: datetime) -> bool:
    """Whether the local time lies in {"days": ["mon", …], "start": "09:30", "end": "16:00"}.

    The end is not part of it; one before its start runs over midnight, into the next day.
    """
    start, end, now = str(window["start"]), str(window["end"]), f"{at:%H:%M}"
    today, yesterday = DAYS[at.weekday()], DAYS[at.weekday() - 1]
    days = window.get("days") or DAYS
    if start <= end:
        return today in days and start <= now < end
    return (today in days and now >= start) or (yesterday in days and now < end)
