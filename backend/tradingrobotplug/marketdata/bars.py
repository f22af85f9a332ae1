"""Completed bars of a symbol, from the venue's history."""

from datetime import datetime, timedelta

from . import alpaca, coinbase
from .shapes import Bar

__all__ = ["Bar", "recent"]


def recent(asset_type: str, symbol: str, minutes: int, count: int, now: datetime) -> list[Bar]:
    """The last `count` completed bars of `minutes`, oldest first. Fewer if there are no more."""
    width = timedelta(minutes=minutes)
    if asset_type == "crypto":
        found = coinbase.bars(symbol, minutes, now - width * (count + 1), now)
    else:
        # A session has 390 minutes; three days for two cover nights, weekends and holidays.
        days = 7 + count * minutes * 3 // (390 * 2)
        found = alpaca.bars(symbol, minutes, count + 1, now - timedelta(days=days), now)[::-1]
    return [bar for bar in found if bar.at + width <= now][-count:]
