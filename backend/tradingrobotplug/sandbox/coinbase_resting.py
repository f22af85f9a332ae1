"""Open orders meet the price path: whoever looks at the books brings them up to now first."""

from datetime import UTC, datetime

import numpy as np

from .coinbase_book import Book
from .coinbase_exchange import begin, enter
from .coinbase_matching import Trade, maker_units
from .coinbase_orders import Order, Status, worst_stop
from .market import Market

_MOST_SECONDS = 20_000  # looked at in one go; a clock moved by days is sampled


def advance(book: Book, market: Market) -> None:
    """Everything that has happened to the open orders up to now."""
    now = market.now()
    for order in book.live():
        if not (order.parent and order.status is Status.PENDING):
            _advance(book, market, order, now)


def _advance(book: Book, market: Market, order: Order, now: datetime) -> None:
    ends = [at for at in (order.ticket.end, order.cancelled_at) if at is not None]
    until = min([now, *ends])
    if order.waits_until is not None and order.waits_until <= until:
        at = order.waits_until
        order.waits_until, order.seen = None, int(at.timestamp())
        begin(book, order, market.book_at(order.ticket.listing, order.seen), at)
    if order.waits_until is None:
        _match(book, market, order, int(until.timestamp()))
    if order.status.is_final:
        return
    if order.cancelled_at is not None and order.cancelled_at <= now:
        book.finish(order, Status.CANCELLED, "User requested cancel")
    elif order.ticket.end is not None and order.ticket.end <= now:
        book.finish(order, Status.EXPIRED)


def _match(book: Book, market: Market, order: Order, until: int) -> None:
    """The last second seen is looked at again: a price may have been set in it since."""
    step = max(1, (until - order.seen) // _MOST_SECONDS)
    seconds = np.arange(order.seen, until + 1, step, dtype=np.int64)
    path = market.path(order.ticket.listing, seconds).tolist()
    for second, middle in zip(seconds.tolist(), path, strict=True):
        if order.status.is_final:
            return
        if second > order.filled:
            _meet(book, market, order, second, middle)
    order.seen = max(order.seen, until)


def _meet(book: Book, market: Market, order: Order, second: int, middle: float) -> None:
    if _is_stop_reached(order, middle):
        order.is_triggered = True
        is_bracket = order.ticket.kind.order_type == "BRACKET"
        order.limit = worst_stop(order.ticket) if is_bracket else order.ticket.limit
        prices = market.book_at(order.ticket.listing, second)
        enter(book, order, prices, datetime.fromtimestamp(second, UTC))
        book.publish(order)
    elif _is_limit_near(order, middle):
        _rest(book, market, order, second)


def _is_stop_reached(order: Order, middle: float) -> bool:
    stop = order.ticket.stop
    if stop is None or order.is_triggered:
        return False
    return middle >= stop if order.ticket.is_buy else middle <= stop


def _is_limit_near(order: Order, middle: float) -> bool:
    """The other side's best price is never better than the middle of the book."""
    if order.limit is None:
        return False
    return middle <= order.limit if order.ticket.is_buy else middle >= order.limit


def _rest(book: Book, market: Market, order: Order, second: int) -> None:
    """A resting order trades at its own price, as far as the best level of the other side goes."""
    prices, ticket, limit = market.book_at(order.ticket.listing, second), order.ticket, order.limit
    assert limit is not None
    if prices.ask > limit if ticket.is_buy else prices.bid < limit:
        return
    units = maker_units(ticket.listing, prices, ticket.is_buy, order.left)
    trade = Trade(limit, units, limit * units)
    at = datetime.fromtimestamp(second, UTC)
    book.trade(order, trade, at, trade.value * book.maker_rate, is_maker=True)
    order.filled = second
    if order.left <= 0:
        book.finish(order, Status.FILLED)
    else:
        book.publish(order)
