"""The figures: one function each, from a window's totals. Sources are in the docstrings.

References: Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21(1); Sortino and
van der Meer (1991), "Downside Risk", Journal of Portfolio Management 17(4); Magdon-Ismail and
Atiya (2004), "Maximum Drawdown", Risk 17(10); Kaufman, "Trading Systems and Methods" (5th ed.).
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from .totals import Totals

# A variance below this is rounding, not deviation (a standard deviation under 1e-12).
_NO_VARIANCE = Decimal("1e-24")
_MILLION = 1_000_000


class Undefined(StrEnum):
    """Why a figure has no value."""

    NO_TRADES = "no_trades"
    NO_DECIDED_TRADES = "no_decided_trades"
    NO_WINS = "no_wins"
    NO_LOSSES = "no_losses"
    TOO_FEW_SAMPLES = "too_few_samples"
    NO_DEVIATION = "no_deviation"
    NO_DOWNSIDE = "no_downside"
    NO_CAPITAL = "no_capital"


Figure = int | float | Undefined
Figures = dict[str, int | float | None]


def figures(totals: Totals, periods_per_year: float) -> tuple[Figures, dict[str, str]]:
    """Every figure of a window, null where undefined, and the reason of each null."""
    found: dict[str, Figure] = {name: function(totals) for name, function in PLAIN.items()}
    found |= {name: function(totals, periods_per_year) for name, function in ANNUAL.items()}
    values = {k: None if isinstance(v, Undefined) else v for k, v in found.items()}
    return values, {k: v.value for k, v in found.items() if isinstance(v, Undefined)}


def trade_count(totals: Totals) -> Figure:
    """Round trips closed in the window, those of exactly zero included."""
    return totals.trades


def win_count(totals: Totals) -> Figure:
    """Round trips with P&L > 0 after fees."""
    return totals.wins


def loss_count(totals: Totals) -> Figure:
    """Round trips with P&L < 0 after fees."""
    return totals.losses


def win_rate(totals: Totals) -> Figure:
    """Percent: wins / (wins + losses) × 100 (Kaufman, performance statistics)."""
    decided = totals.wins + totals.losses
    return totals.wins / decided * 100 if decided else Undefined.NO_DECIDED_TRADES


def total_pnl(totals: Totals) -> Figure:
    """Dollars: sum of P&L of the round trips, net of fees."""
    return float(totals.gross_profit + totals.gross_loss)


def profit_factor(totals: Totals) -> Figure:
    """Gross profit / |gross loss| (Kaufman, performance statistics)."""
    if totals.trades == 0:
        return Undefined.NO_TRADES
    if totals.gross_loss == 0:
        return Undefined.NO_LOSSES
    return float(totals.gross_profit / -totals.gross_loss)


def sharpe_ratio(totals: Totals, periods_per_year: float) -> Figure:
    """mean(r − rf) / std(r, ddof = 1) × √periods, rf = 0 (Sharpe 1994, eq. 6)."""
    count = totals.returns
    if count < 2:
        return Undefined.TOO_FEW_SAMPLES
    variance = (totals.return_squares - totals.return_sum**2 / count) / (count - 1)
    if variance <= _NO_VARIANCE:
        return Undefined.NO_DEVIATION
    return float(totals.return_sum / count / variance.sqrt()) * sqrt(periods_per_year)


def sortino_ratio(totals: Totals, periods_per_year: float) -> Figure:
    """mean(r − rf) / √mean(min(r − rf, 0)²) × √periods, rf = 0 (Sortino, van der Meer 1991)."""
    count = totals.returns
    if count < 2:
        return Undefined.TOO_FEW_SAMPLES
    downside = totals.downside_squares / count
    if downside <= _NO_VARIANCE:
        return Undefined.NO_DOWNSIDE
    return float(totals.return_sum / count / downside.sqrt()) * sqrt(periods_per_year)


def max_drawdown(totals: Totals) -> Figure:
    """Percent ≤ 0: deepest fall from the running peak, the start included (Magdon-Ismail)."""
    return float(totals.drawdown * 100)


def avg_trade_size(totals: Totals) -> Figure:
    """Dollars: mean entry value (quantity × entry price) of the round trips."""
    return float(totals.entry_value / totals.trades) if totals.trades else Undefined.NO_TRADES


def best_trade_pnl(totals: Totals) -> Figure:
    """Dollars: the largest P&L of one round trip."""
    return Undefined.NO_TRADES if totals.best is None else float(totals.best)


def worst_trade_pnl(totals: Totals) -> Figure:
    """Dollars: the smallest P&L of one round trip."""
    return Undefined.NO_TRADES if totals.worst is None else float(totals.worst)


def avg_win(totals: Totals) -> Figure:
    """Dollars: gross profit / wins."""
    return float(totals.gross_profit / totals.wins) if totals.wins else Undefined.NO_WINS


def avg_loss(totals: Totals) -> Figure:
    """Dollars ≤ 0: gross loss / losses."""
    return float(totals.gross_loss / totals.losses) if totals.losses else Undefined.NO_LOSSES


def avg_hold_seconds(totals: Totals) -> Figure:
    """Seconds: mean time from the first entry fill to the exit fill."""
    if totals.trades == 0:
        return Undefined.NO_TRADES
    return totals.hold_microseconds / totals.trades / _MILLION


def longest_win_streak(totals: Totals) -> Figure:
    """Most wins in a row; a trade of exactly zero ends a streak."""
    return totals.longest_win


def longest_loss_streak(totals: Totals) -> Figure:
    """Most losses in a row; a trade of exactly zero ends a streak."""
    return totals.longest_loss


def total_return(totals: Totals) -> Figure:
    """Dollars: change of equity, open positions and fees included, capital flows left out."""
    return float(totals.gain)


def total_return_pct(totals: Totals) -> Figure:
    """Percent: time-weighted growth of equity, deposits left out (CFA Institute, GIPS 2020)."""
    if totals.start <= 0:
        return Undefined.NO_CAPITAL
    return float((totals.end / totals.start - 1) * 100)


PLAIN: dict[str, Callable[[Totals], Figure]] = {
    f.__name__: f
    for f in (
        trade_count, win_count, loss_count, win_rate, total_pnl, profit_factor, max_drawdown,
        avg_trade_size, best_trade_pnl, worst_trade_pnl, avg_win, avg_loss, avg_hold_seconds,
        longest_win_streak, longest_loss_streak, total_return, total_return_pct,
    )
}  # fmt: skip
ANNUAL: dict[str, Callable[[Totals, float], Figure]] = {
    "sharpe_ratio": sharpe_ratio,
    "sortino_ratio": sortino_ratio,
}
