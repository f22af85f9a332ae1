"""The simulated market: the path, what a test has changed of it, and the book built on it.

State lives in this process: run the sandbox with one worker (and many threads).
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from . import hours, prices
from .faults import Faults
from .listings import Listing

_KEPT = 2_000  # books that are remembered


@dataclass(frozen=True, slots=True)
class Book:
    """Best bid and ask at one second. Prices keep the listing's tick, bid below ask."""

    at: datetime
    bid: Decimal
    ask: Decimal
    bid_size: float
    ask_size: float


@dataclass(frozen=True, slots=True)
class _Change:
    """From `second` on, the path is pinned to a price, or multiplied by `factor`."""

    second: int
    pinned: float | None
    factor: float


@dataclass(slots=True)
class Market:
    """One simulated world. `always_open`: the simulated exchange never closes."""

    seed: int = 1
    always_open: bool = True
    offset_seconds: float = 0.0
    faults: Faults = field(default_factory=Faults)
    _changes: dict[str, list[_Change]] = field(default_factory=dict)
    _books: dict[tuple[int, str, int], Book] = field(default_factory=dict)
    _version: int = 0  # of the path, so that no book outlives a change of it
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """The sandbox's own time, which /sandbox/clock can move."""
        return datetime.fromtimestamp(time.time() + self.offset_seconds, UTC)

    def set_price(self, listing: Listing, price: float | None, *, hold: bool) -> None:
        """From now on: hold this price, or let the path go on from it. None: back to the path."""
        second = int(self.now().timestamp())
        with self._lock:
            kept = self._changes.get(listing.symbol, [])
            if price is None:
                change = _Change(second, None, 1.0)
            elif hold:
                change = _Change(second, price, 1.0)
            else:
                change = _Change(second, None, price / self._raw(listing, second))
            self._changes[listing.symbol] = [c for c in kept if c.second < second] + [change]
            self._version += 1

    def restore_prices(self) -> None:
        """The path as it was before any change, past included."""
        with self._lock:
            self._changes.clear()
            self._version += 1

    def path(self, listing: Listing, seconds: prices.Seconds) -> prices.Prices:
        """The price at these seconds, with every change in force then."""
        values = prices.path(listing, self.seed, seconds)
        for change in tuple(self._changes.get(listing.symbol, ())):
            later = seconds >= change.second
            if change.pinned is not None:
                values = np.where(later, change.pinned, values)
            else:
                raw = prices.path(listing, self.seed, seconds) * change.factor
                values = np.where(later, raw, values)
        return values

    def book(self, listing: Listing, *, stock: bool) -> Book:
        """The book now; while the exchange is closed, the last one before it closed."""
        second = int(self.now().timestamp())
        if stock and not self.always_open:
            second = hours.last_quoted_second(second)
        return self.book_at(listing, second)

    def book_at(self, listing: Listing, second: int) -> Book:
        """The book at this second."""
        known = (self._version, listing.symbol, second)
        found = self._books.get(known)
        if found is None:
            found = self._book(listing, second)
            if len(self._books) > _KEPT:
                self._books.clear()
            self._books[known] = found
        return found

    def last_close(self) -> int:
        """The second at which the last session ended."""
        return hours.last_close(self.now(), always_open=self.always_open)

    def _book(self, listing: Listing, second: int) -> Book:
        middle = float(self.path(listing, np.array([second], dtype=np.int64))[0])
        tick = Decimal(listing.tick)
        half = max(tick / 2, Decimal(str(middle * listing.spread_bps / 20_000)))
        bid, ask = (_ticks(Decimal(str(middle)) + sign * half, tick) for sign in (-1, 1))
        return Book(
            at=datetime.fromtimestamp(second, UTC),
            bid=max(bid, tick),
            ask=ask if ask > bid else bid + tick,
            bid_size=self._size(listing, second, middle, "bid"),
            ask_size=self._size(listing, second, middle, "ask"),
        )

    def bars(self, listing: Listing, starts: list[int], bar_seconds: int) -> list[prices.Bar]:
        """Bars that start at these seconds, up to now: the last may be unfinished."""
        now = int(self.now().timestamp())
        complete = [s for s in starts if s + bar_seconds <= now]
        made = self._bars(listing, complete, bar_seconds, bar_seconds)
        for start in starts[len(complete) :]:
            if start <= now:
                made += self._bars(listing, [start], bar_seconds, now - start + 1)
        return made

    def _bars(
        self, listing: Listing, starts: list[int], bar_seconds: int, seconds: int
    ) -> list[prices.Bar]:
        if not starts:
            return []
        first = np.array(starts, dtype=np.int64)
        offsets = np.arange(0, seconds, prices.sample_seconds(bar_seconds), dtype=np.int64)
        values = self.path(listing, (first[:, None] + offsets[None, :]).ravel())
        return prices.bars(listing, first, seconds, values)

    def _raw(self, listing: Listing, second: int) -> float:
        return float(prices.path(listing, self.seed, np.array([second], dtype=np.int64))[0])

    def _size(self, listing: Listing, second: int, middle: float, side: str) -> float:
        share = 0.5 + prices.wobble(listing.symbol, self.seed, second, side)
        return listing.depth * share / middle


def _ticks(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).to_integral_value(rounding=ROUND_HALF_EVEN) * tick
