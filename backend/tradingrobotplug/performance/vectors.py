"""Totals of many round trips and of a whole curve at once, with NumPy: from scratch, not added up.

Money stays exact: an amount is a pair of integers, dollars and 1e-12 dollars (what the database
keeps), so that sums of millions of them are integers too. Ratios are 64-bit floats.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..money import ZERO
from .totals import Totals

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_FINEST = Decimal("1e-12")
MOST = 4_000_000  # round trips at once: more could leave what 64 bits hold


@dataclass(frozen=True, slots=True)
class Amounts:
    """Dollars: `whole` + `rest` × 1e-12, both of the same sign, |rest| < 1e12."""

    whole: Integers
    rest: Integers


@dataclass(frozen=True, slots=True)
class Trips:
    """Round trips in the order of their exits, a column for each fact."""

    pnl: Amounts
    entry_value: Amounts
    hold_microseconds: Integers


class Streaks(NamedTuple):
    """As in Totals: the run in progress, the one at the beginning, the longest of each sign."""

    run: int
    lead: int
    longest_win: int
    longest_loss: int


def of_trips(trips: Trips) -> Totals:
    """Everything that Totals knows of at most MOST round trips; nothing of the curve."""
    count = len(trips.hold_microseconds)
    if count == 0:
        return Totals()
    signs = _signs(trips.pnl)
    wins, losses = signs > 0, signs < 0
    streaks = _streaks(signs)
    return Totals(
        trades=count,
        wins=int(np.count_nonzero(wins)),
        losses=int(np.count_nonzero(losses)),
        gross_profit=_sum(trips.pnl, wins),
        gross_loss=_sum(trips.pnl, losses),
        best=_largest(trips.pnl, 1),
        worst=_largest(trips.pnl, -1),
        entry_value=_sum(trips.entry_value),
        hold_microseconds=int(trips.hold_microseconds.sum()),
        **streaks._asdict(),
    )


def of_curve(growth: Floats) -> Totals:
    """What Totals knows of a curve from its growth, start first: one return between any two
    points that follow each other (none after a total loss), extremes and the deepest fall."""
    found = Totals(
        start=Decimal(float(growth[0])),
        end=Decimal(float(growth[-1])),
        high=Decimal(float(growth.max())),
        low=Decimal(float(growth.min())),
    )
    peaks = np.maximum.accumulate(growth)
    falls = np.divide(growth, peaks, out=np.ones_like(growth), where=peaks > 0)
    found.drawdown = min(Decimal(float(falls.min())) - 1, ZERO)
    last = int(np.flatnonzero(peaks == peaks[-1])[0])
    found.trough = Decimal(float(growth[last:].min()))
    before = growth[:-1]
    returns = growth[1:][before > 0] / before[before > 0] - 1
    return _with_returns(found, returns)


def _with_returns(found: Totals, returns: Floats) -> Totals:
    """The sums of returns, the squares about their mean: their difference would cancel digits."""
    found.returns = len(returns)
    if found.returns == 0:
        return found
    total = Decimal(float(returns.sum()))
    deviations = returns - returns.mean()
    below = np.minimum(returns, 0.0)
    found.return_sum = total
    found.return_squares = Decimal(float(deviations @ deviations)) + total**2 / found.returns
    found.downside_squares = Decimal(float(below @ below))
    return found


def _signs(amounts: Amounts) -> NDArray[np.int8]:
    signs: NDArray[np.int8] = np.sign(amounts.whole | amounts.rest).astype(np.int8)
    return signs


def _sum(amounts: Amounts, chosen: NDArray[np.bool_] | None = None) -> Decimal:
    whole, rest = amounts.whole, amounts.rest
    if chosen is not None:
        whole, rest = whole[chosen], rest[chosen]
    return int(whole.sum()) + int(rest.sum()) * _FINEST


def _largest(amounts: Amounts, sign: int) -> Decimal:
    """The largest amount (sign 1), or the smallest (−1)."""
    whole = amounts.whole * sign
    top = whole.max()
    rest = (amounts.rest[whole == top] * sign).max()
    return (int(top) + int(rest) * _FINEST) * sign


def _streaks(signs: NDArray[np.int8]) -> Streaks:
    """Lengths of the stretches of equal signs; a stretch of zeros is none."""
    edges = np.flatnonzero(np.diff(signs)) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [len(signs)]))) * signs[starts]
    return Streaks(
        run=int(lengths[-1]),
        lead=int(lengths[0]),
        longest_win=max(int(lengths.max()), 0),
        longest_loss=max(-int(lengths.min()), 0),
    )
