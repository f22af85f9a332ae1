"""A stretch of the price path: when could an order first trade, or its stop be reached?

Only a sieve: it names seconds at which the exact book has to be looked at."""

import numpy as np
from numpy.typing import NDArray

from .. import hours, prices
from ..listings import Listing
from ..market import Market
from .orders import Order

_Mask = NDArray[np.bool_]
_FEW = 5  # seconds for which the books are remembered anyway


class Tape:
    """Bids and asks of one symbol at each second in [first, last]; found when first needed."""

    def __init__(self, market: Market, listing: Listing, first: int, last: int) -> None:
        self._market, self._listing = market, listing
        self._first = first
        self._seconds = np.arange(first, last + 1, dtype=np.int64)
        self._quotes: tuple[prices.Prices, prices.Prices] | None = None

    def chance(self, order: Order, second: int) -> int | None:
        """The first second from this one on at which the order may trade or move its mark."""
        seconds = self._seconds[second - self._first :]
        open_then = may_trade(self._market, order, seconds)
        if not open_then.any():
            return None
        found = np.flatnonzero(open_then & self._is_met(order, second - self._first, open_then))
        return int(seconds[found[0]]) if len(found) else None

    def extreme(self, order: Order, first: int, last: int) -> int | None:
        """The second in [first, last] that moves a trailing stop's water mark furthest."""
        seconds = self._seconds[first - self._first : last - self._first + 1]
        open_then = may_trade(self._market, order, seconds)
        if not open_then.any():
            return None
        bids, asks = (q[first - self._first : last - self._first + 1] for q in self._found())
        if order.terms.side == "sell":
            return int(seconds[np.where(open_then, bids, -np.inf).argmax()])
        return int(seconds[np.where(open_then, asks, np.inf).argmin()])

    def _is_met(self, order: Order, offset: int, open_then: _Mask) -> _Mask:
        if order.terms.time_in_force in ("ioc", "fok"):
            return open_then  # met or not, it ends there
        bids, asks = (quotes[offset:] for quotes in self._found())
        is_sale = order.terms.side == "sell"
        near = float(self._listing.tick)
        if order.waits_for_stop and order.terms.type == "trailing_stop":
            return _is_trail_met(
                order, np.where(open_then, bids if is_sale else asks, np.nan), near
            )
        if order.waits_for_stop:
            stop = float(order.stop_price or 0)
            return bids <= stop + near if is_sale else asks >= stop - near
        if order.terms.limit_price is not None:
            limit = float(order.terms.limit_price)
            return bids >= limit - near if is_sale else asks <= limit + near
        return np.ones(len(bids), dtype=np.bool_)

    def _found(self) -> tuple[prices.Prices, prices.Prices]:
        if self._quotes is None and len(self._seconds) <= _FEW:
            books = [self._market.book_at(self._listing, int(s)) for s in self._seconds]
            bids, asks = [float(b.bid) for b in books], [float(b.ask) for b in books]
            self._quotes = (np.array(bids), np.array(asks))
        if self._quotes is None:
            path = self._market.path(self._listing, self._seconds)
            half = np.maximum(
                float(self._listing.tick) / 2, path * self._listing.spread_bps / 20_000
            )
            self._quotes = (path - half, path + half)
        return self._quotes


def may_trade(market: Market, order: Order, seconds: prices.Seconds) -> _Mask:
    """Whether the exchange is open to this order at these seconds."""
    auction = order.auction
    if auction is not None:
        return np.asarray(seconds == auction, dtype=np.bool_)
    if market.always_open:
        return np.ones(len(seconds), dtype=np.bool_)
    return hours.are_open(seconds, extended=order.terms.extended_hours)


def _is_trail_met(order: Order, quotes: prices.Prices, near: float) -> _Mask:
    """Whether the price has come back from its extreme so far by the trail."""
    is_sale = order.terms.side == "sell"
    furthest = np.fmax if is_sale else np.fmin
    marks = furthest.accumulate(quotes)
    if order.mark is not None:
        marks = furthest(marks, float(order.mark))
    part = float(order.terms.trail_percent or 0) / 100
    trail = marks * part if order.terms.trail_price is None else float(order.terms.trail_price)
    with np.errstate(invalid="ignore"):
        met = quotes <= marks - trail + near if is_sale else quotes >= marks + trail - near
    return np.asarray(met, dtype=np.bool_)
