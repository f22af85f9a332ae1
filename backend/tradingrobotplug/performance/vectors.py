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
from .totals import Totals, merged

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_FINEST = Decimal("1e-12")
PIECE = 1 << 16  # of this many rows the columns and what is made of them stay in a CPU's cache


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
    """Everything that Totals knows of round trips; nothing of the curve."""
    found = Totals()
    for start in range(0, len(trips.hold_microseconds), PIECE):
        piece = slice(start, start + PIECE)
        pnl = Amounts(trips.pnl.whole[piece], trips.pnl.rest[piece])
        value = Amounts(trips.entry_value.whole[piece], trips.entry_value.rest[piece])
        found = merged(found, _of_trips(Trips(pnl, value, trips.hold_microseconds[piece])))
    return found


def of_curve(growth: Floats) -> Totals:
    """What Totals knows of a curve from its growth, which starts above zero: one return between any
    two points that follow each other (none after a total loss), extremes and the deepest fall."""
    found = _of_curve(growth[: PIECE + 1])
    for start in range(PIECE, len(growth) - 1, PIECE):
        found = merged(found, _of_curve(growth[start : start + PIECE + 1]))
    return found


def _of_trips(trips: Trips) -> Totals:
    either = trips.pnl.whole | trips.pnl.rest  # of the same sign, so this has it too
    wins, losses = either > 0, either < 0
    net, size = _sum(trips.pnl.whole, trips.pnl.rest), _sum(*map(np.abs, _both(trips.pnl)))
    return Totals(
        trades=len(either),
        wins=int(np.count_nonzero(wins)),
        losses=int(np.count_nonzero(losses)),
        gross_profit=(size + net) / 2,
        gross_loss=(net - size) / 2,
        best=_largest(trips.pnl, 1),
        worst=_largest(trips.pnl, -1),
        entry_value=_sum(*_both(trips.entry_value)),
        hold_microseconds=int(trips.hold_microseconds.sum()),
        **_streaks(wins.view(np.int8) - losses.view(np.int8))._asdict(),
    )


def _of_curve(growth: Floats) -> Totals:
    last_high = len(growth) - 1 - int(growth[::-1].argmax())
    found = Totals(
        start=_exact(growth[0]),
        end=_exact(growth[-1]),
        high=_exact(growth[last_high]),
        low=_exact(growth.min()),
        trough=_exact(growth[last_high:].min()),
    )
    if growth[0] > 0:
        falls = growth / np.maximum.accumulate(growth)
        found.drawdown = min(_exact(falls.min()) - 1, ZERO)
    before, then = growth[:-1], growth[1:]
    if found.low <= 0:
        before, then = before[before > 0], then[before > 0]
    return _with_returns(found, then / before - 1)


def _with_returns(found: Totals, returns: Floats) -> Totals:
    """The sums of returns, the squares about their mean: their difference would cancel digits."""
    found.returns = len(returns)
    if found.returns == 0:
        return found
    found.return_sum = _exact(returns.sum())
    deviations = returns - returns.mean()
    squares = _exact(np.square(deviations).sum())
    found.return_squares = squares + found.return_sum**2 / found.returns
    found.downside_squares = _exact(np.square(np.minimum(returns, 0.0)).sum())
    return found


def _exact(value: float) -> Decimal:
    return Decimal(float(value))


def _both(amounts: Amounts) -> tuple[Integers, Integers]:
    return amounts.whole, amounts.rest


def _sum(whole: Integers, rest: Integers) -> Decimal:
    return int(whole.sum()) + int(rest.sum()) * _FINEST


def _largest(amounts: Amounts, sign: int) -> Decimal:
    """The largest amount (sign 1), or the smallest (−1)."""
    top = amounts.whole.max() if sign > 0 else amounts.whole.min()
    rest = amounts.rest[amounts.whole == top]
    return int(top) + int(rest.max() if sign > 0 else rest.min()) * _FINEST


def _streaks(signs: NDArray[np.int8]) -> Streaks:
    """Lengths of the stretches of equal signs; a stretch of zeros is none."""
    edges = np.flatnonzero(signs[1:] != signs[:-1]) + 1
    starts = np.concatenate(([0], edges))
    lengths = np.diff(np.concatenate((starts, [len(signs)]))) * signs[starts]
    return Streaks(
        run=int(lengths[-1]),
        lead=int(lengths[0]),
        longest_win=max(int(lengths.max()), 0),
        longest_loss=max(-int(lengths.min()), 0),
    )
