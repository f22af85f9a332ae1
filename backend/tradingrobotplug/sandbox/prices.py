"""The price path: a pure function of seed, symbol and second, so nothing has to be remembered.

Value noise (Perlin's lattice noise in one dimension) on the logarithm of the price, in octaves of
doubling period whose variance grows with the period: over spans from seconds to months it moves
like a random walk of the listing's daily volatility, beyond a year it stays near its level.
Quotes, bars and history read the same path, in every process and after every restart.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .listings import Listing

Seconds = NDArray[np.int64]
Prices = NDArray[np.float64]

_OCTAVES = tuple(2**k for k in range(1, 26))  # periods in seconds, 2 s … 388 days
_DAY = 86_400
# Variance over one day that the octaves add up to, in units of one octave's variance per second
# of period (measured: tests compare the path with the daily volatility it should have).
_DAY_VARIANCE = 4.83 * _DAY
_DRIFT_PER_SECOND = 0.06 / (365 * _DAY)
_EPOCH = 1_767_225_600  # 2026-01-01: where the drift is zero
_HOUR = 3_600
_SAMPLES = 1_440  # of a bar longer than an hour


@dataclass(frozen=True, slots=True)
class Bar:
    """Prices over [start, start + seconds); `volume` in units of the symbol."""

    start: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int
    vwap: float


def path(listing: Listing, seed: int, seconds: Seconds) -> Prices:
    """The price at each of these Unix seconds."""
    scale = listing.daily_vol / math.sqrt(_DAY_VARIANCE)
    # BTC-USD and BTC-USDC are one market with two names.
    key = _key(listing.symbol.removesuffix("C") if "-" in listing.symbol else listing.symbol, seed)
    total = np.zeros(len(seconds))
    for octave, period in enumerate(_OCTAVES):
        total += scale * math.sqrt(period) * _noise(key + octave * 7_919, seconds, period)
    drift = _DRIFT_PER_SECOND * (seconds - _EPOCH)
    return np.asarray(listing.level * np.exp(total + drift), dtype=np.float64)


def sample_seconds(bar_seconds: int) -> int:
    """How far apart the samples of a bar lie: every second up to an hour's bar."""
    return 1 if bar_seconds <= _HOUR else bar_seconds // _SAMPLES


def bars(listing: Listing, starts: Seconds, bar_seconds: int, prices: Prices) -> list[Bar]:
    """Bars from the path's samples, `prices` holding those of every bar in a row."""
    rows = prices.reshape(len(starts), -1)
    made = []
    for start, row in zip(starts.tolist(), rows, strict=True):
        volume = _volume(listing, start, bar_seconds, row)
        made.append(
            Bar(
                start=start,
                open=float(row[0]),
                high=float(row.max()),
                low=float(row.min()),
                close=float(row[-1]),
                volume=volume,
                trades=max(1, int(volume * row[0] / 4_000)),
                vwap=float(row.mean()),
            )
        )
    return made


def wobble(symbol: str, seed: int, second: int, name: str) -> float:
    """A number in [0, 1) that belongs to this symbol and second, for sizes and volumes."""
    digest = hashlib.blake2b(f"{seed}/{symbol}/{second}/{name}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def _volume(listing: Listing, start: int, bar_seconds: int, row: Prices) -> float:
    """Busier when the price moves more: what the displayed depth turns over in ten seconds."""
    calm = listing.depth / listing.level * bar_seconds / 10
    spread = float(row.max() - row.min()) / float(row[0])
    expected = listing.daily_vol * math.sqrt(bar_seconds / _DAY) * 1.6
    return (
        calm * (0.4 + 0.6 * spread / expected) * (0.8 + 0.4 * wobble(listing.symbol, 0, start, "v"))
    )


def _key(symbol: str, seed: int) -> int:
    return int.from_bytes(
        hashlib.blake2b(f"{seed}/{symbol}".encode(), digest_size=7).digest(), "big"
    )


def _noise(key: int, seconds: Seconds, period: int) -> Prices:
    """Smoothly joined standard-normal-like values on a lattice of `period` seconds."""
    shifted = seconds + key % period  # so that the octaves' lattices do not coincide
    cell = shifted // period
    left, right = _ends(key, cell)
    part = (shifted - cell * period) / period
    step = part * part * (3 - 2 * part)
    return np.asarray(left + (right - left) * step, dtype=np.float64)


def _ends(key: int, cell: Seconds) -> tuple[Prices, Prices]:
    """The lattice values on both sides; each is hashed once where many seconds share a cell."""
    first, last = int(cell.min()), int(cell.max()) + 1
    if last - first >= len(cell):
        return _values(key, cell), _values(key, cell + 1)
    lattice = _values(key, np.arange(first, last + 1, dtype=np.int64))
    return lattice[cell - first], lattice[cell - first + 1]


def _values(key: int, cells: Seconds) -> Prices:
    """Hash each cell (splitmix64) and add its four 16-bit parts: near normal, variance one."""
    with np.errstate(over="ignore"):
        x = cells.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    parts = [((x >> np.uint64(16 * k)) & np.uint64(0xFFFF)).astype(np.float64) for k in range(4)]
    return np.asarray((sum(parts) / 65_536 - 2) * math.sqrt(3), dtype=np.float64)
