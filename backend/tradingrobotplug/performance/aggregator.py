"""Windows and their closing: the figures of one owner (a bot, or a user and robot) as time passes.

An owner has one equity curve. Trading days close one after the other, none left out, so that the
daily returns hold the days without a trade too; weeks and months close with their last day.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ..marketdata import calendar
from . import periods
from .periods import Period
from .totals import ONE, Totals, add_mark, add_return, add_trip, opened_at


@dataclass(slots=True)
class Track:
    """Where an equity curve stands. Growth is time-weighted: deposits move the base, not it."""

    asset_type: str  # whose trading days count: stocks, or crypto as soon as one bot trades it
    day: date
    at: datetime
    equity: Decimal
    base_equity: Decimal
    base_growth: Decimal = ONE
    day_growth: Decimal = ONE  # at the last daily close
    hour_growth: Decimal = ONE  # at the last hourly sample of this day
    hour: datetime | None = None

    @property
    def growth(self) -> Decimal:
        """The time-weighted index of equity; it stays where it is once the capital is gone."""
        if self.base_equity <= 0:
            return self.base_growth
        return self.base_growth * self.equity / self.base_equity


@dataclass(slots=True)
class Window:
    """One period's totals; `closed_at` is set when it is over."""

    date: date
    totals: Totals
    updated_at: datetime
    closed_at: datetime | None = None
    closed_as: str | None = None  # the asset type whose year it is annualised with


@dataclass(frozen=True, slots=True)
class Trip:
    """What figures need to know of a round trip."""

    pnl: Decimal
    entry_value: Decimal
    held: timedelta
    symbol: str
    side: str  # long | short
    at: datetime  # of its exit


@dataclass(frozen=True, slots=True)
class Sample:
    """A point of an equity curve."""

    kind: str  # start | flow | fill | hourly | daily
    at: datetime
    equity: Decimal
    growth: Decimal
    fill_seq: int | None = None
    flow_seq: int | None = None
    flow: Decimal | None = None  # capital that came in or went
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Ledger:
    """An owner's curve, its open windows, and what has not been stored yet."""

    periods: tuple[Period, ...]
    track: Track
    windows: dict[Period, Window]
    closed: list[tuple[Period, Window]] = field(default_factory=list)


def begin(
    kinds: tuple[Period, ...], asset_type: str, at: datetime, capital: Decimal, day: date
) -> Ledger:
    """A curve that starts with this capital."""
    track = Track(asset_type, day, at, capital, capital)
    ledger = Ledger(kinds, track, {})
    _open_windows(ledger)
    return ledger


def deposit(ledger: Ledger, amount: Decimal) -> None:
    """Capital that came in without being earned, or (below zero) went without being lost."""
    track = ledger.track
    track.base_growth = track.growth
    track.equity += amount
    track.base_equity = track.equity


def move(ledger: Ledger, gain: Decimal, at: datetime) -> None:
    """Equity changed by `gain`, by trading or by prices."""
    track = ledger.track
    track.equity += gain
    track.at = max(track.at, at)
    for window in ledger.windows.values():
        add_mark(window.totals, track.growth, gain)
        window.updated_at = track.at


def count(ledger: Ledger, trip: Trip) -> None:
    """A round trip closed."""
    for window in ledger.windows.values():
        add_trip(window.totals, trip.pnl, trip.entry_value, trip.held)


def close_hour(ledger: Ledger, at: datetime) -> None:
    """An hourly sample: the daily window's returns are of hours."""
    track = ledger.track
    if track.hour_growth > 0:
        add_return(ledger.windows[Period.DAILY].totals, track.growth / track.hour_growth - 1)
    track.hour_growth, track.hour = track.growth, at


def close_days(ledger: Ledger, day: date) -> list[Sample]:
    """Close every trading day before `day`; the daily samples of those days."""
    samples = []
    while ledger.track.day < day:
        samples.append(_close_day(ledger))
    return samples


def sample(ledger: Ledger, kind: str, at: datetime) -> Sample:
    """The curve's present point."""
    return Sample(kind, at, ledger.track.equity, ledger.track.growth)


def _close_day(ledger: Ledger) -> Sample:
    track = ledger.track
    closing = sample(ledger, "daily", calendar.closes_at(track.asset_type, track.day))
    if track.day_growth > 0:
        for period, window in ledger.windows.items():
            if period is not Period.DAILY:
                add_return(window.totals, track.growth / track.day_growth - 1)
    track.day = periods.day_after(track.asset_type, track.day)
    track.day_growth = track.hour_growth = track.growth
    track.at = max(track.at, closing.at)
    for period, window in list(ledger.windows.items()):
        window.updated_at = track.at
        if periods.key(period, track.day) != window.date:
            window.closed_at, window.closed_as = closing.at, track.asset_type
            ledger.closed.append((period, ledger.windows.pop(period)))
    _open_windows(ledger)
    return closing


def _open_windows(ledger: Ledger) -> None:
    track = ledger.track
    for period in ledger.periods:
        if period not in ledger.windows:
            opened = opened_at(track.growth)
            ledger.windows[period] = Window(periods.key(period, track.day), opened, track.at)


def track_to_json(track: Track) -> dict[str, Any]:
    """For a JSONB column."""
    return {
        "asset_type": track.asset_type,
        "day": track.day.isoformat(),
        "at": track.at.isoformat(),
        "hour": track.hour.isoformat() if track.hour else None,
        **{name: str(getattr(track, name)) for name in _DECIMALS},
    }


def track_from_json(values: dict[str, Any]) -> Track:
    """What `track_to_json` made."""
    return Track(
        asset_type=values["asset_type"],
        day=date.fromisoformat(values["day"]),
        at=datetime.fromisoformat(values["at"]),
        hour=datetime.fromisoformat(values["hour"]) if values["hour"] else None,
        **{name: Decimal(values[name]) for name in _DECIMALS},
    )


_DECIMALS = ("equity", "base_equity", "base_growth", "day_growth", "hour_growth")
