"""Whether an order trades against a book of one level, at which price and how much."""

from dataclasses import dataclass
from decimal import Decimal

from ..market import Book
from .orders import Order


@dataclass(frozen=True, slots=True)
class Trade:
    """Shares and the price of each."""

    qty: Decimal
    price: Decimal


def follow(order: Order, book: Book) -> None:
    """Move a trailing stop's water mark: the highest bid for a sale, the lowest ask for a buy."""
    if order.terms.type != "trailing_stop" or order.is_triggered:
        return
    if order.terms.side == "sell":
        order.mark = book.bid if order.mark is None else max(order.mark, book.bid)
    else:
        order.mark = book.ask if order.mark is None else min(order.mark, book.ask)


def is_stop_reached(order: Order, book: Book) -> bool:
    """A sale's stop is reached from above by the bid, a buy's from below by the ask."""
    stop = order.stop_price
    assert stop is not None
    return book.bid <= stop if order.terms.side == "sell" else book.ask >= stop


def trade(order: Order, book: Book, displayed: Decimal) -> Trade | None:
    """What this order takes of the displayed size; None if its limit is not met or none is left."""
    price = book.ask if order.terms.side == "buy" else book.bid
    limit = order.terms.limit_price
    if limit is not None and (price > limit if order.terms.side == "buy" else price < limit):
        return None
    remaining = order.remaining(price)
    if order.terms.time_in_force == "fok" and displayed < remaining:
        return None
    qty = min(remaining, displayed)
    if order.cut_at is not None:
        qty = min(qty, order.cut_at - order.filled_qty)
    return Trade(qty, price) if qty > 0 else None
