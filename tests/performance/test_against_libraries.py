"""Every figure against libraries that compute it independently, on thousands of histories.

empyrical and quantstats know returns; a history's P&L is given to quantstats as what it is, so that
profit factor, win rate, streaks and means are those of trades.
"""

import itertools
import math
import warnings
from datetime import timedelta
from decimal import Decimal
from functools import cache

import empyrical
import numpy as np
import pandas as pd
import pytest

from tradingrobotplug.performance import totals, vectors
from tradingrobotplug.performance.metrics import figures
from tradingrobotplug.performance.totals import Totals

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from quantstats import stats

HISTORIES = 1_000  # for each library
PICO = 10**12
pytestmark = pytest.mark.filterwarnings("ignore")


class History:
    """Round trips and daily closes as a seed makes them: some long, some with nothing but wins,
    losses or trades of zero, some that lose everything."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        count, days = int(random.integers(1, 60)), int(random.integers(2, 60))
        spread = random.choice([0.01, 5.0, 2_000.0])
        pnl = random.normal(random.choice([-0.2, 0, 0.3]) * spread, spread, count)
        pnl = np.where(random.random(count) < 0.15, 0, pnl)
        self.pnl = [Decimal(str(round(float(p), 6))) for p in _shaped(pnl, seed % 10)]
        self.sizes = [Decimal(str(round(float(v), 2))) for v in random.uniform(1, 9e4, count)]
        self.holds = [int(h) for h in random.integers(0, 10**12, count)]
        returns = np.round(random.normal(0.0005, random.choice([1e-5, 0.01, 0.08]), days), 12)
        returns = np.clip(np.where(random.random(days) < 0.3, 0, returns), -0.9, None)
        self.growth = np.concatenate(([1.0], np.cumprod(1 + _wiped_out(returns, seed % 17))))
        # What a day can return ends with everything lost.
        before = self.growth[:-1]
        self.returns = self.growth[1:][before > 0] / before[before > 0] - 1


def _shaped(pnl: np.ndarray, kind: int) -> np.ndarray:
    return {1: np.abs(pnl) + 1, 2: -np.abs(pnl) - 1, 3: pnl * 0}.get(kind, pnl)


def _wiped_out(returns: np.ndarray, kind: int) -> np.ndarray:
    middle = np.arange(len(returns)) == len(returns) // 2
    return np.where(middle & (kind == 0), -1.0, returns)


@cache
def history(seed: int) -> History:
    return History(seed)


@cache
def ways(seed: int) -> dict[str, Totals]:
    return {"added up": added_up(history(seed)), "from scratch": from_scratch(history(seed))}


def added_up(found: History) -> Totals:
    """Trip by trip and close by close, as fills arrive."""
    whole = Totals()
    for pnl, size, held in zip(found.pnl, found.sizes, found.holds, strict=True):
        totals.add_trip(whole, pnl, size, timedelta(microseconds=held))
    growths = [Decimal(float(value)) for value in found.growth]
    for before, growth in itertools.pairwise(growths):
        totals.add_mark(whole, growth, growth - before)
        before > 0 and totals.add_return(whole, growth / before - 1)
    return whole


def from_scratch(found: History) -> Totals:
    """All at once."""
    trips = vectors.of_trips(
        vectors.Trips(_pairs(found.pnl), _pairs(found.sizes), np.array(found.holds, np.int64))
    )
    curve = vectors.of_curve(found.growth)
    for name in ("start", "end", "high", "low", "trough", "drawdown", "returns", "return_sum",
                 "return_squares", "downside_squares"):  # fmt: skip
        setattr(trips, name, getattr(curve, name))
    return trips


def _pairs(amounts: list[Decimal]) -> vectors.Amounts:
    whole = [int(amount) for amount in amounts]
    rest = [int((a - w) * PICO) for a, w in zip(amounts, whole, strict=True)]
    return vectors.Amounts(np.array(whole, np.int64), np.array(rest, np.int64))


def by_empyrical(found: History, per_year: int) -> dict[str, float]:
    """Figures of returns."""
    returns = found.returns
    return {
        "max_drawdown": empyrical.max_drawdown(returns) * 100,
        "total_return_pct": empyrical.cum_returns_final(returns) * 100,
        "sharpe_ratio": empyrical.sharpe_ratio(returns, annualization=per_year),
        "sortino_ratio": empyrical.sortino_ratio(returns, annualization=per_year),
    }


def by_quantstats(found: History) -> dict[str, float]:
    """Figures of trades; not a number where it divides by nothing."""
    pnl = pd.Series([float(p) for p in found.pnl])
    plain = {"prepare_returns": False}
    return {
        "win_rate": stats.win_rate(pnl, **plain) * 100 if (pnl != 0).any() else math.nan,
        "profit_factor": stats.profit_factor(pnl, **plain) if (pnl < 0).any() else math.nan,
        "best_trade_pnl": stats.best(pnl, **plain),
        "worst_trade_pnl": stats.worst(pnl, **plain),
        "avg_win": stats.avg_win(pnl, **plain),
        "avg_loss": stats.avg_loss(pnl, **plain),
        "longest_win_streak": int(stats.consecutive_wins(pnl, **plain)),
        "longest_loss_streak": int(stats.consecutive_losses(pnl, **plain)),
    }


def by_numpy(found: History) -> dict[str, float]:
    """What neither library has."""
    pnl = np.array([float(p) for p in found.pnl])
    return {
        "trade_count": len(pnl),
        "win_count": int((pnl > 0).sum()),
        "loss_count": int((pnl < 0).sum()),
        "total_pnl": math.fsum(pnl),
        "avg_trade_size": float(np.mean([float(s) for s in found.sizes])),
        "avg_hold_seconds": float(np.mean(found.holds)) / 1e6,
    }


def differing(whole: Totals, expected: dict[str, float], per_year: int) -> set[str]:
    """Names of figures that are not equal to 1e-9, or null where a library has a number."""
    found, _ = figures(whole, per_year)
    shown = {
        name: math.nan if found[name] is None else float(found[name] or 0) for name in expected
    }
    known = {name: value if math.isfinite(value) else math.nan for name, value in expected.items()}
    return {
        name
        for name, value in known.items()
        if not (math.isnan(value) and math.isnan(shown[name]))
        and not math.isclose(shown[name], value, rel_tol=1e-9, abs_tol=1e-12)
    }


def disagreement(seed: int, expected: dict[str, float], per_year: int = 365) -> list[object]:
    """What does not agree for this history, with the way in which it was computed."""
    names = {way: differing(whole, expected, per_year) for way, whole in ways(seed).items()}
    return [(seed, way, sorted(bad)) for way, bad in names.items() if bad]


@pytest.mark.parametrize("per_year", [365, 252])
def test_ratios_and_drawdowns_equal_empyrical_s(per_year: int) -> None:
    seeds = range(per_year, HISTORIES + per_year)
    by_seed = {seed: by_empyrical(history(seed), per_year) for seed in seeds}
    found = [disagreement(seed, expected, per_year) for seed, expected in by_seed.items()]
    assert [bad for bad in found if bad] == []


def test_figures_of_trades_equal_quantstats() -> None:
    by_seed = {seed: by_quantstats(history(seed)) for seed in range(HISTORIES)}
    found = [disagreement(seed, expected) for seed, expected in by_seed.items()]
    assert [bad for bad in found if bad] == []


def test_counts_sums_and_means_equal_numpy_s() -> None:
    by_seed = {seed: by_numpy(history(seed)) for seed in range(HISTORIES)}
    found = [disagreement(seed, expected) for seed, expected in by_seed.items()]
    assert [bad for bad in found if bad] == []
