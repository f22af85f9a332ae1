"""What the report says in words: each figure's name, unit and definition, and the statements."""

from collections.abc import Callable
from dataclasses import dataclass

SHORT_STATEMENTS = {
    "paper": "Results of paper trading: no order was executed in a market. Read the statement on "
    "hypothetical performance on the last page.",
    "live": "Results of actual trading, unaudited. Past performance is not necessarily indicative "
    "of future results.",
}
LABELS = {
    "paper": "PAPER TRADING · HYPOTHETICAL RESULTS",
    "live": "LIVE TRADING · ACTUAL RESULTS",
}
REASONS = {
    "no_trades": "no trades",
    "no_decided_trades": "no decided trades",
    "no_wins": "no wins",
    "no_losses": "no losses",
    "too_few_samples": "too few days",
    "no_deviation": "no deviation",
    "no_downside": "no downside",
    "no_capital": "no capital",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A figure as the report names, writes and defines it."""

    name: str
    write: Callable[[float], str]
    meaning: str


def money(value: float) -> str:
    """-$1,234.50"""
    return f"{'-' if value < 0 else ''}${abs(value):,.2f}"


def percent(value: float) -> str:
    """-2.50%"""
    return f"{'-' if value < 0 else ''}{abs(value):,.2f}%"


def ratio(value: float) -> str:
    """-1.42"""
    return f"{'-' if value < 0 else ''}{abs(value):,.2f}"


def count(value: float) -> str:
    """1,234"""
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """3 d 4 h, 4 h 5 min, 5 min 20 s"""
    whole = int(seconds)
    for size, name, part, part_name in (
        (86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"),
    ):  # fmt: skip
        if whole >= size:
            return f"{whole // size:,} {name} {whole % size // part} {part_name}"
    return f"{whole} s"


FIGURES: dict[str, Named] = {
    "total_return_pct": Named(
        "Total return", percent,
        "Time-weighted growth of equity; deposits and withdrawals are left out (GIPS 2020).",
    ),
    "total_pnl": Named(
        "Net profit or loss", money, "Sum of the results of closed round trips, after all fees."
    ),
    "sharpe_ratio": Named(
        "Sharpe ratio", ratio,
        "Mean daily return over its standard deviation, annualised; risk-free rate 0 "
        "(Sharpe 1994).",
    ),
    "sortino_ratio": Named(
        "Sortino ratio", ratio,
        "Mean daily return over its downside deviation, annualised (Sortino, van der Meer 1991).",
    ),
    "max_drawdown": Named(
        "Maximum drawdown", percent,
        "Deepest fall of the growth index below its running peak, the start included.",
    ),
    "win_rate": Named(
        "Win rate", percent, "Wins over wins and losses; results of zero count as neither."
    ),
    "profit_factor": Named("Profit factor", ratio, "Gross profit over gross loss."),
    "trade_count": Named(
        "Round trips", count,
        "Fills that reduced a position, matched first in, first out against the open lots.",
    ),
    "win_count": Named("Wins", count, "Round trips that ended above zero after fees."),
    "loss_count": Named("Losses", count, "Round trips that ended below zero after fees."),
    "avg_win": Named("Average win", money, "Gross profit over the number of wins."),
    "avg_loss": Named("Average loss", money, "Gross loss over the number of losses."),
    "best_trade_pnl": Named("Best round trip", money, "The largest result of one round trip."),
    "worst_trade_pnl": Named("Worst round trip", money, "The smallest result of one round trip."),
    "avg_trade_size": Named("Average trade size", money, "Mean of quantity times entry price."),
    "avg_hold_seconds": Named(
        "Average holding time", duration, "Mean time from the first entry to the exit."
    ),
    "longest_win_streak": Named("Longest winning streak", count, "Most wins in a row."),
    "longest_loss_streak": Named("Longest losing streak", count, "Most losses in a row."),
}  # fmt: skip
COVER = (
    "total_return_pct", "total_pnl", "sharpe_ratio", "max_drawdown",
    "win_rate", "profit_factor", "sortino_ratio", "trade_count",
)  # fmt: skip
