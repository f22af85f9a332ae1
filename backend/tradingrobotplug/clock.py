"""The one place that reads the time, so that tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time as an aware UTC datetime. Read at the edge, passed down as `now`."""
    return datetime.now(UTC)
