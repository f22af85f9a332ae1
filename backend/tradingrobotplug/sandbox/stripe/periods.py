"""Billing periods: counted from an anchor, so that the 31st comes back after a short month.

https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

import calendar
from datetime import UTC, datetime, timedelta

from .things import Thing


def after(anchor: int, recurring: Thing, count: int) -> int:
    """So many intervals after the anchor, in seconds since 1970; in a short month the last day."""
    number = count * int(recurring["interval_count"])
    start = datetime.fromtimestamp(anchor, UTC)
    interval = recurring["interval"]
    if interval in ("day", "week"):
        days = number * (7 if interval == "week" else 1)
        return int((start + timedelta(days=days)).timestamp())
    months = start.month - 1 + number * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def around(anchor: int, recurring: Thing, moment: int) -> tuple[int, int]:
    """The period that holds this moment, which is not before the anchor."""
    count = 0
    while after(anchor, recurring, count + 1) <= moment:
        count += 1
    return after(anchor, recurring, count), after(anchor, recurring, count + 1)
