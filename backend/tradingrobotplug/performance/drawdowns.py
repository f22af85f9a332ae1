"""Drawdowns with their start, depth, length and recovery, from the figures of trading days.

A day's window knows its lowest and highest growth and the deepest fall within it, so the depth is
exact to the fill, and the dates are trading days (Magdon-Ismail and Atiya 2004, "Maximum
Drawdown").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..money import ZERO
from .totals import Totals


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A fall of growth from a peak. `depth` is a fraction < 0; `recovered` None: not yet, and then
    `length_days` counts up to the last day known."""

    start: date  # the day of the peak
    bottom: date
    recovered: date | None
    depth: Decimal
    length_days: int


@dataclass(slots=True)
class _Fall:
    start: date
    peak: Decimal
    depth: Decimal = ZERO
    bottom: date | None = None


def deepest(days: Iterable[tuple[date, Totals]], count: int) -> list[Drawdown]:
    """The `count` deepest drawdowns of days in their order, the deepest first."""
    found = sorted(_all(days), key=lambda fall: (fall.depth, fall.start))
    return found[:count]


def _all(days: Iterable[tuple[date, Totals]]) -> Iterable[Drawdown]:
    fall: _Fall | None = None
    day = None
    for day, totals in days:
        if fall is None:
            fall = _Fall(day, totals.start)
        if (
            totals.end == totals.high == totals.start == fall.peak
        ):  # it ends at the peak it began at
            if totals.drawdown < 0:
                yield Drawdown(day, day, day, totals.drawdown, 0)
            fall.start = day
            continue
        is_over = totals.high > totals.start and totals.high >= fall.peak
        if not is_over or totals.low < totals.trough:  # the lowest came before the highest
            _deepen(fall, day, _below(fall.peak, totals.low))
        if is_over:
            yield from _within(day, totals, fall)
            fall = _Fall(day, totals.high)
            _deepen(fall, day, _below(totals.high, totals.trough))
        elif fall.bottom is None:
            fall.start = day  # still at the peak
    if fall is not None and fall.bottom is not None and day is not None:
        yield _ended(fall, None, day)


def _within(day: date, totals: Totals, fall: _Fall) -> Iterable[Drawdown]:
    """What is over on a day with a new peak: the fall so far, and a deeper one within the day."""
    if fall.bottom is not None:
        yield _ended(fall, day, day)
    if totals.drawdown < min(fall.depth, _below(totals.high, totals.trough)):
        yield Drawdown(day, day, day, totals.drawdown, 0)


def _deepen(fall: _Fall, day: date, depth: Decimal) -> None:
    if depth < fall.depth:
        fall.depth, fall.bottom = depth, day


def _ended(fall: _Fall, recovered: date | None, last: date) -> Drawdown:
    assert fall.bottom is not None
    length = ((recovered or last) - fall.start).days
    return Drawdown(fall.start, fall.bottom, recovered, fall.depth, length)


def _below(peak: Decimal, growth: Decimal) -> Decimal:
    return growth / peak - 1 if peak > 0 else ZERO
