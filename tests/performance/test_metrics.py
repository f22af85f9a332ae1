"""Each figure against a plain derivation from the list of trades and returns."""

import statistics
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.performance import totals
from tradingrobotplug.performance.metrics import figures
from tradingrobotplug.performance.totals import Totals

DAYS = 365.0
cents = st.integers(-100_000, 100_000).map(lambda n: Decimal(n) / 100)
sizes = st.integers(1, 10_000_000).map(lambda n: Decimal(n) / 100)
holds = st.integers(0, 10**12).map(lambda n: timedelta(microseconds=n))
trips = st.lists(st.tuples(cents, sizes, holds), max_size=40)
returns = st.lists(st.integers(-5_000, 5_000).map(lambda n: Decimal(n) / 100_000), max_size=40)


def of_trips(rows):
    found = Totals()
    for pnl, size, held in rows:
        totals.add_trip(found, pnl, size, held)
    return found


def of_returns(rows):
    found = Totals()
    for value in rows:
        totals.add_return(found, value)
    return found


def of_equity(values):
    found = Totals()
    for value in values:
        totals.add_mark(found, value, Decimal(0))
    return found


def longest(signs, wanted):
    return max((len(list(run)) for sign, run in groupby(signs) if sign == wanted), default=0)


def same(metrics, expected):
    """Equal to 1e-9 where both have a value, and null in the same places."""
    found = {name: metrics[name] for name in expected}
    nulls = [{n for n, v in figures.items() if v is None} for figures in (found, expected)]
    values = [{n: v or 0 for n, v in figures.items()} for figures in (found, expected)]
    return nulls[0] == nulls[1] and values[0] == pytest.approx(values[1], rel=1e-9, abs=1e-9)


def of(*pnls):
    return figures(of_trips([(Decimal(p), Decimal(100), timedelta(hours=1)) for p in pnls]), DAYS)


@given(trips)
def test_figures_of_trades_equal_a_plain_derivation(rows):
    metrics, undefined = figures(of_trips(rows), DAYS)
    pnls = [float(pnl) for pnl, _, _ in rows]
    wins, losses = [p for p in pnls if p > 0], [p for p in pnls if p < 0]
    signs = [(p > 0) - (p < 0) for p in pnls]
    expected = {
        "trade_count": len(pnls),
        "win_count": len(wins),
        "loss_count": len(losses),
        "win_rate": 100 * len(wins) / (len(wins) + len(losses)) if wins or losses else None,
        "total_pnl": sum(pnls),
        "profit_factor": sum(wins) / -sum(losses) if losses else None,
        "avg_trade_size": statistics.fmean(float(s) for _, s, _ in rows) if rows else None,
        "best_trade_pnl": max(pnls, default=None),
        "worst_trade_pnl": min(pnls, default=None),
        "avg_win": statistics.fmean(wins) if wins else None,
        "avg_loss": statistics.fmean(losses) if losses else None,
        "avg_hold_seconds": (
            statistics.fmean(h.total_seconds() for _, _, h in rows) if rows else None
        ),
        "longest_win_streak": longest(signs, 1),
        "longest_loss_streak": longest(signs, -1),
    }
    assert same(metrics, expected)
    assert {n for n, value in metrics.items() if value is None} == set(undefined)


@given(returns)
def test_sharpe_and_sortino_equal_a_plain_derivation(rows):
    metrics, undefined = figures(of_returns(rows), DAYS)
    values = [float(r) for r in rows]
    deviation = statistics.stdev(values) if len(set(rows)) > 1 else 0
    below = sqrt(statistics.fmean(min(v, 0) ** 2 for v in values)) if values else 0
    mean = statistics.fmean(values) if values else 0
    sharpe = mean / deviation * sqrt(DAYS) if deviation else None
    sortino = mean / below * sqrt(DAYS) if below and len(values) > 1 else None
    assert same(metrics, {"sharpe_ratio": sharpe, "sortino_ratio": sortino})
    assert ("sharpe_ratio" in undefined) == (sharpe is None)


@given(st.lists(st.integers(1, 10_000).map(lambda n: Decimal(n) / 1_000), max_size=40))
def test_drawdown_equals_the_deepest_fall_from_the_running_peak_with_the_start(values):
    metrics, _ = figures(of_equity(values), DAYS)
    path = [1.0, *map(float, values)]
    falls = [value / peak - 1 for value, peak in zip(path, accumulate(path, max), strict=True)]
    assert metrics["max_drawdown"] == pytest.approx(100 * min(falls), rel=1e-9, abs=1e-12)
    assert metrics["total_return_pct"] == pytest.approx(100 * (path[-1] - 1), rel=1e-9, abs=1e-9)


@given(trips, trips, trips)
def test_merging_windows_equals_counting_them_together(first, second, third):
    merged = totals.merged(totals.merged(of_trips(first), of_trips(second)), of_trips(third))
    assert merged == of_trips([*first, *second, *third])


@given(
    st.lists(st.integers(1, 5_000).map(lambda n: Decimal(n) / 1_000), min_size=1, max_size=20),
    st.lists(st.integers(1, 5_000).map(lambda n: Decimal(n) / 1_000), max_size=20),
)
def test_merging_curves_equals_one_curve(first, second):
    begun = totals.opened_at(first[-1])
    for value in second:
        totals.add_mark(begun, value, Decimal(0))
    merged, whole = totals.merged(of_equity(first), begun), of_equity([*first, *second])
    assert merged == whole


@given(trips)
def test_totals_survive_being_stored(rows):
    assert totals.from_json(totals.to_json(of_trips(rows))) == of_trips(rows)


def test_no_trade_has_counts_of_zero_and_reasons_for_the_rest():
    metrics, undefined = of()
    assert metrics["trade_count"] == 0
    assert metrics["total_pnl"] == 0
    assert metrics["max_drawdown"] == 0
    assert undefined == {
        "win_rate": "no_decided_trades",
        "profit_factor": "no_trades",
        "avg_trade_size": "no_trades",
        "best_trade_pnl": "no_trades",
        "worst_trade_pnl": "no_trades",
        "avg_win": "no_wins",
        "avg_loss": "no_losses",
        "avg_hold_seconds": "no_trades",
        "sharpe_ratio": "too_few_samples",
        "sortino_ratio": "too_few_samples",
    }


def test_one_trade_is_the_best_and_the_worst():
    metrics, _ = of("12.5")
    assert (metrics["best_trade_pnl"], metrics["worst_trade_pnl"]) == (12.5, 12.5)
    assert metrics["win_rate"] == 100


def test_only_wins_leave_the_profit_factor_undefined():
    metrics, undefined = of("1", "2")
    assert metrics["profit_factor"] is None
    assert undefined["profit_factor"] == "no_losses"


def test_only_losses_have_a_profit_factor_of_zero():
    metrics, undefined = of("-1", "-2")
    assert metrics["profit_factor"] == 0
    assert metrics["win_rate"] == 0
    assert undefined["avg_win"] == "no_wins"


def test_trades_of_zero_count_but_neither_win_nor_lose():
    metrics, undefined = of("0", "0")
    assert metrics["trade_count"] == 2
    assert undefined["win_rate"] == "no_decided_trades"


def test_a_trade_of_zero_ends_a_streak():
    metrics, _ = of("1", "1", "0", "1")
    assert metrics["longest_win_streak"] == 2


def test_a_total_loss_is_a_drawdown_of_a_hundred_percent():
    metrics, _ = figures(of_equity([Decimal("1.5"), Decimal(0), Decimal(0)]), DAYS)
    assert metrics["max_drawdown"] == -100
    assert metrics["total_return_pct"] == -100


def test_equal_returns_leave_the_sharpe_ratio_undefined():
    _, undefined = figures(of_returns([Decimal("0.001")] * 5), DAYS)
    assert undefined["sharpe_ratio"] == "no_deviation"
    assert undefined["sortino_ratio"] == "no_downside"


def test_one_return_is_too_few():
    _, undefined = figures(of_returns([Decimal("-0.01")]), DAYS)
    assert undefined["sharpe_ratio"] == "too_few_samples"
