"""Running totals of one window: enough to know every figure, without looking at history again.

Money is summed as Decimal, so totals are exact whatever the order of additions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ..money import ZERO

ONE = Decimal(1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Totals:
    """Sums over a window's round trips and equity samples.

    `run` is the streak in progress (+3: three wins, −2: two losses) and `lead` the one that the
    window began with. `start`, `end`, `high`, `low` are values of the time-weighted growth index;
    `drawdown` is the deepest fall from a running high, as a fraction ≤ 0, and `trough` the lowest
    value since the highest.
    """

    trades: int = 0
    wins: int = 0
    losses: int = 0
    gross_profit: Decimal = ZERO
    gross_loss: Decimal = ZERO
    best: Decimal | None = None
    worst: Decimal | None = None
    entry_value: Decimal = ZERO
    hold_microseconds: int = 0
    run: int = 0
    lead: int = 0
    longest_win: int = 0
    longest_loss: int = 0
    gain: Decimal = ZERO  # change of equity, deposits left out
    start: Decimal = ONE
    end: Decimal = ONE
    high: Decimal = ONE
    low: Decimal = ONE
    trough: Decimal = ONE
    drawdown: Decimal = ZERO
    returns: int = 0
    return_sum: Decimal = ZERO
    return_squares: Decimal = ZERO
    downside_squares: Decimal = ZERO


def opened_at(growth: Decimal) -> Totals:
    """Totals of a window that begins at this value of the growth index."""
    return Totals(start=growth, end=growth, high=growth, low=growth, trough=growth)


def add_trip(totals: Totals, pnl: Decimal, entry_value: Decimal, held: timedelta) -> None:
    """Count one round trip; trips arrive in the order of their exits."""
    totals.trades += 1
    totals.wins += pnl > 0
    totals.losses += pnl < 0
    totals.gross_profit += max(pnl, ZERO)
    totals.gross_loss += min(pnl, ZERO)
    totals.best = pnl if totals.best is None else max(totals.best, pnl)
    totals.worst = pnl if totals.worst is None else min(totals.worst, pnl)
    totals.entry_value += entry_value
    totals.hold_microseconds += held // _MICROSECOND
    _extend_run(totals, (pnl > 0) - (pnl < 0))


def add_mark(totals: Totals, growth: Decimal, gain: Decimal) -> None:
    """Take in the growth index after a change of equity by `gain`."""
    totals.gain += gain
    totals.end = growth
    totals.trough = growth if growth >= totals.high else min(totals.trough, growth)
    totals.high = max(totals.high, growth)
    totals.low = min(totals.low, growth)
    totals.drawdown = min(totals.drawdown, _fall(totals.high, growth))


def add_return(totals: Totals, value: Decimal) -> None:
    """Take in the return of one hour or day."""
    totals.returns += 1
    totals.return_sum += value
    totals.return_squares += value * value
    totals.downside_squares += min(value, ZERO) ** 2


def merged(first: Totals, then: Totals) -> Totals:
    """Totals of two windows that follow each other and whose returns are of the same length."""
    whole_first = first.trades > 0 and abs(first.run) == first.trades
    whole_then = then.trades > 0 and abs(then.run) == then.trades
    bridge = first.run + then.lead if first.run * then.lead > 0 else 0
    run = first.run if then.trades == 0 else then.run
    lead = first.lead if first.trades else then.lead
    sums: dict[str, Any] = {n: getattr(first, n) + getattr(then, n) for n in _SUMS}
    return Totals(
        **sums,
        best=max((t.best for t in (first, then) if t.best is not None), default=None),
        worst=min((t.worst for t in (first, then) if t.worst is not None), default=None),
        run=bridge if whole_then and bridge else run,
        lead=bridge if whole_first and bridge else lead,
        longest_win=max(first.longest_win, then.longest_win, bridge),
        longest_loss=max(first.longest_loss, then.longest_loss, -bridge),
        start=first.start,
        end=then.end,
        high=max(first.high, then.high),
        low=min(first.low, then.low),
        trough=then.trough if then.high >= first.high else min(first.trough, then.low),
        drawdown=min(first.drawdown, then.drawdown, _fall(first.high, then.low)),
    )


def to_json(totals: Totals) -> dict[str, Any]:
    """For a JSONB column: integers stay, decimals become text."""
    values = {f.name: getattr(totals, f.name) for f in fields(Totals)}
    return {k: str(v) if isinstance(v, Decimal) else v for k, v in values.items()}


def from_json(values: Mapping[str, Any]) -> Totals:
    """What `to_json` made."""
    read: dict[str, Any] = {k: Decimal(v) if isinstance(v, str) else v for k, v in values.items()}
    return Totals(**read)


_SUMS = (
    "trades", "wins", "losses", "gross_profit", "gross_loss", "entry_value", "hold_microseconds",
    "gain", "returns", "return_sum", "return_squares", "downside_squares",
)  # fmt: skip


def _extend_run(totals: Totals, sign: int) -> None:
    # A trade of exactly zero neither wins nor loses, and ends the streak in progress.
    totals.run = totals.run + sign if totals.run * sign > 0 else sign
    totals.longest_win = max(totals.longest_win, totals.run)
    totals.longest_loss = max(totals.longest_loss, -totals.run)
    if abs(totals.run) == totals.trades:
        totals.lead = totals.run


def _fall(high: Decimal, growth: Decimal) -> Decimal:
    return growth / high - 1 if high > 0 else ZERO
