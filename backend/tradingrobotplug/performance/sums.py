"""Round trips added up by weekday, hour, symbol and side: what trade analysis reads.

Each trip goes into the sums of its trading day, of that day's month, and of all time. A day of a
bot has at most 24 sums for each symbol and side, longer spans at most 168, however many trips.
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
from . import periods
from .aggregator import Trip
from .periods import Period

# Bins are [edge, next edge); the first has no lower end and the last no upper.
RETURN_EDGES = tuple(
    map(
        Decimal,
        ["-20", "-10", "-5", "-3", "-2", "-1", "-0.5", "0", "0.5", "1", "2", "3", "5", "10", "20"],
    )
)  # %
HOLD_EDGES = (60, 300, 900, 3_600, 14_400, 86_400, 604_800)  # seconds
PERIODS = (Period.DAILY, Period.MONTHLY, Period.ALL_TIME)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


class Cell(NamedTuple):
    """Which sum a round trip goes into. `day` is the first one of the span; weekday and hour are
    those of its exit in New York (stocks) or UTC (crypto)."""

    bot_id: uuid.UUID
    period: str
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


class Span(NamedTuple):
    """The sums of one kind from one day to another, both included; None: no bound."""

    period: Period
    first: date | None
    last: date | None


def cells_of(bot_id: uuid.UUID, asset_type: str, day: date, trip: Trip) -> list[Cell]:
    """The cells of a round trip that counts in this trading day."""
    local = trip.at.astimezone(UTC if asset_type == "crypto" else calendar.NEW_YORK)
    where = (local.weekday(), local.hour, trip.symbol, trip.side)
    return [Cell(bot_id, kind.value, periods.key(kind, day), *where) for kind in PERIODS]


def spans(first: date | None, last: date | None) -> list[Span]:
    """The sums that trips from one day to another are in, both included: as few as can be."""
    if first is None and last is None:
        return [Span(Period.ALL_TIME, None, None)]
    since = first and _month_from(first)
    until = last and periods.key(Period.MONTHLY, last + _DAY)  # the first day of no whole month
    if since and since >= (until or date.max):
        return [Span(Period.DAILY, first, last)]
    found = [Span(Period.MONTHLY, since, until and until - _DAY)]
    if first and since and first < since:
        found.append(Span(Period.DAILY, first, since - _DAY))
    if last and until and until <= last:
        found.append(Span(Period.DAILY, until, last))
    return found


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


def _month_from(day: date) -> date:
    """The first day of the first month that begins on this day or later."""
    start = periods.key(Period.MONTHLY, day)
    return start if start == day else periods.key(Period.MONTHLY, start + 31 * _DAY)
