"""Every figure of 1,000,000 round trips at once, against empyrical and quantstats over pandas.

Each side runs in a process of its own, from columns that lie ready in memory, three times.
"""

import json
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .figure import Figure

COUNT = 1_000_000
RUNS = 3
PICO = 10**12
Columns = tuple[Any, ...]


def run() -> list[Figure]:
    """Seconds of both, their ratio, and the memory of our process, interpreter included."""
    ours, libraries = _measured("ours"), _measured("libraries")
    worst = max(
        abs(ours["figures"][name] - value) / max(abs(value), 1e-12)
        for name, value in libraries["figures"].items()
    )
    return [
        Figure("figures of 1 M round trips, libraries", libraries["seconds"] * 1000, "ms"),
        Figure("figures of 1 M round trips, ours", ours["seconds"] * 1000, "ms"),
        Figure("libraries ÷ ours", libraries["seconds"] / ours["seconds"], "times", 5, "over"),
        Figure("memory, ours", ours["megabytes"], "MB", 300),
        Figure("largest relative difference", worst * 1e12, "1e-12", 1000),
    ]


def _measured(side: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", __name__, side]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _columns() -> Columns:
    """P&L and entry values in 1e-12 dollars, hold times, growth after each trip."""
    random = np.random.default_rng(7)
    cents = random.integers(-9_000, 10_000, COUNT)
    sizes = random.integers(1_000, 10_000_000, COUNT)
    holds = random.integers(0, 10**11, COUNT)
    growth = np.concatenate(([1.0], np.cumprod(1 + cents / 5e8)))
    return cents, sizes, holds, growth


def _ours() -> Callable[[], dict[str, Any]]:
    from tradingrobotplug.performance import metrics, vectors  # noqa: PLC0415 (of one side only)

    cents, sizes, holds, growth = _columns()
    trips = vectors.Trips(_pairs(vectors, cents), _pairs(vectors, sizes), holds)
    names = ("start", "end", "high", "low", "trough", "drawdown", "returns", "return_sum",
             "return_squares", "downside_squares")  # fmt: skip

    def compute() -> dict[str, Any]:
        whole, curve = vectors.of_trips(trips), vectors.of_curve(growth)
        for name in names:
            setattr(whole, name, getattr(curve, name))
        return metrics.figures(whole, 365)[0]

    return compute


def _pairs(vectors: Any, cents: Any) -> Any:
    whole = np.fix(cents / 100).astype(np.int64)
    return vectors.Amounts(whole, (cents - whole * 100) * (PICO // 100))


def _libraries() -> Callable[[], dict[str, Any]]:
    warnings.simplefilter("ignore")
    import empyrical  # noqa: PLC0415 (of one side only)
    import pandas as pd  # noqa: PLC0415
    from quantstats import stats  # noqa: PLC0415

    cents, sizes, holds, growth = _columns()
    pnl, values, held = pd.Series(cents / 100), pd.Series(sizes / 100), pd.Series(holds)
    returns = pd.Series(growth[1:] / growth[:-1] - 1)

    def compute() -> dict[str, Any]:
        return {
            "trade_count": len(pnl),
            "win_count": int((pnl > 0).sum()),
            "loss_count": int((pnl < 0).sum()),
            "total_pnl": pnl.sum(),
            "win_rate": stats.win_rate(pnl, prepare_returns=False) * 100,
            "profit_factor": stats.profit_factor(pnl, prepare_returns=False),
            "best_trade_pnl": stats.best(pnl, prepare_returns=False),
            "worst_trade_pnl": stats.worst(pnl, prepare_returns=False),
            "avg_win": stats.avg_win(pnl, prepare_returns=False),
            "avg_loss": stats.avg_loss(pnl, prepare_returns=False),
            "longest_win_streak": stats.consecutive_wins(pnl, prepare_returns=False),
            "longest_loss_streak": stats.consecutive_losses(pnl, prepare_returns=False),
            "avg_trade_size": values.mean(),
            "avg_hold_seconds": held.mean() / 1e6,
            "sharpe_ratio": empyrical.sharpe_ratio(returns, annualization=365),
            "sortino_ratio": empyrical.sortino_ratio(returns, annualization=365),
            "max_drawdown": empyrical.max_drawdown(returns) * 100,
            "total_return_pct": empyrical.cum_returns_final(returns) * 100,
        }

    return compute


def _main(side: str) -> None:
    compute = _ours() if side == "ours" else _libraries()
    times, found = [], {}
    for _ in range(RUNS):
        started = time.perf_counter()
        found = compute()
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {name: float(value) for name, value in found.items() if value is not None}
    print(json.dumps({"seconds": min(times), "megabytes": peak, "figures": figures}))


if __name__ == "__main__":
    _main(sys.argv[1])
