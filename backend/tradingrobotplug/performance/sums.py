"""Round trips added up by trading day, hour, symbol and side: what trade analysis reads.

A day of a bot has at most 24 such sums for each symbol and side, however many trips it has.
"""

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import NamedTuple

from ..marketdata import calendar
from ..money import ZERO
from .aggregator import Trip

# Bins are [edge, next edge); the first has no lower end and the last no upper.
RETURN_EDGES = tuple(
    map(
        Decimal,
        ["-20", "-10", "-5", "-3", "-2", "-1", "-0.5", "0", "0.5", "1", "2", "3", "5", "10", "20"],
    )
)  # %
HOLD_EDGES = (60, 300, 900, 3_600, 14_400, 86_400, 604_800)  # seconds
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


class Cell(NamedTuple):
    """Which sum a round trip goes into. `day` is the trading day it counts in; weekday and hour
    are those of its exit in New York (stocks) or UTC (crypto)."""

    bot_id: uuid.UUID
    day: date
    weekday: int
    hour: int
    symbol: str
    side: str


@dataclass(slots=True)
class Sum:
    """Round trips of one cell."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    gross_profit: Decimal = ZERO
    gross_loss: Decimal = ZERO
    entry_value: Decimal = ZERO
    hold_microseconds: int = 0
    returns: list[int] = field(default_factory=lambda: [0] * (len(RETURN_EDGES) + 1))
    holds: list[int] = field(default_factory=lambda: [0] * (len(HOLD_EDGES) + 1))


Sums = dict[Cell, Sum]


def cell_of(bot_id: uuid.UUID, asset_type: str, day: date, trip: Trip) -> Cell:
    """The cell of a round trip that counts in this trading day."""
    local = trip.at.astimezone(UTC if asset_type == "crypto" else calendar.NEW_YORK)
    return Cell(bot_id, day, local.weekday(), local.hour, trip.symbol, trip.side)


def add(sums: Sums, cell: Cell, trip: Trip) -> None:
    """Count a round trip."""
    found = sums.setdefault(cell, Sum())
    found.trades += 1
    found.wins += trip.pnl > 0
    found.losses += trip.pnl < 0
    found.gross_profit += max(trip.pnl, ZERO)
    found.gross_loss += min(trip.pnl, ZERO)
    found.entry_value += trip.entry_value
    found.hold_microseconds += trip.held // _MICROSECOND
    found.returns[bisect_right(RETURN_EDGES, return_pct(trip))] += 1
    found.holds[bisect_right(HOLD_EDGES, trip.held // _SECOND)] += 1


def return_pct(trip: Trip) -> Decimal:
    """P&L in percent of the entry's value."""
    return trip.pnl / trip.entry_value * 100 if trip.entry_value else ZERO


def bins(counts: Sequence[int], edges: tuple[Decimal | int, ...]) -> list[dict[str, object]]:
    """[{"from", "to", "count"}], numbers; null where a bin is open."""
    ends = [None, *map(float, edges), None]
    return [
        {"from": ends[place], "to": ends[place + 1], "count": counts[place]}
        for place in range(len(edges) + 1)
    ]
