"""Technical indicators over closes or bars, oldest first. Ratios and levels, not money: floats."""

import itertools
from collections.abc import Sequence

from ..marketdata.bars import Bar


def ema(values: Sequence[float], length: int) -> float:
    """Exponential moving average with smoothing 2 / (length + 1), seeded with the first value."""
    smoothing = 2 / (length + 1)
    average = values[0]
    for value in values[1:]:
        average += smoothing * (value - average)
    return average


def rsi(values: Sequence[float], length: int) -> float:
    """Relative strength index, 0…100 (Wilder, New Concepts in Technical Trading Systems, 1978).

    50 when nothing moved.
    """
    changes = [after - before for before, after in itertools.pairwise(values)]
    gain = _wilder([max(change, 0.0) for change in changes], length)
    loss = _wilder([max(-change, 0.0) for change in changes], length)
    if gain + loss == 0:
        return 50.0
    return 100 * gain / (gain + loss)


def atr(bars: Sequence[Bar], length: int) -> float:
    """Average true range in price units (Wilder, 1978)."""
    ranges = [
        max(
            float(bar.high - bar.low),
            abs(float(bar.high - before.close)),
            abs(float(bar.low - before.close)),
        )
        for before, bar in itertools.pairwise(bars)
    ]
    return _wilder(ranges, length)


def _wilder(values: Sequence[float], length: int) -> float:
    """Wilder's smoothing: the mean of the first `length` values, then a 1 / length average."""
    average = sum(values[:length]) / length
    for value in values[length:]:
        average += (value - average) / length
    return average
