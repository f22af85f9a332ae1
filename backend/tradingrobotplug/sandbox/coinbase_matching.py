"""What an order trades against: levels made from the best price, and the trades that take them.

The book of the price path has one level on each side; behind it lie four more, each two basis
points worse and twice as large, so that a large order pays for its size and can run dry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from .coinbase_orders import EXACT, ZERO
from .listings import Listing
from .market import Book

_LEVELS, _APART = 5, Decimal("0.0002")
_VALUE_STEP = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class Trade:
    """Units at a price, and their value before fees."""

    price: Decimal
    base: Decimal
    value: Decimal


def levels(listing: Listing, book: Book, is_buy: bool) -> Iterator[tuple[Decimal, Decimal]]:
    """Price and units that an order of this side meets, the best first."""
    best, size = (book.ask, book.ask_size) if is_buy else (book.bid, book.bid_size)
    step, tick = Decimal(listing.increment), Decimal(listing.tick)
    units = max(_down(Decimal(str(size)), step), step)
    for level in range(_LEVELS):
        away = 1 + _APART * level if is_buy else 1 - _APART * level
        rounding = ROUND_CEILING if is_buy else ROUND_FLOOR
        price = (best * away / tick).to_integral_value(rounding) * tick
        yield max(price, tick), units * 2**level


def for_base(
    listing: Listing, book: Book, is_buy: bool, base: Decimal, limit: Decimal | None
) -> list[Trade]:
    """The trades for so many units that the book offers within the limit."""
    trades, left = [], base
    for price, size in levels(listing, book, is_buy):
        is_outside = limit is not None and (price > limit if is_buy else price < limit)
        if is_outside or left <= 0:
            break
        units = min(left, size)
        trades.append(Trade(price, units, price * units))
        left -= units
    return trades


def for_value(listing: Listing, book: Book, value: Decimal) -> list[Trade]:
    """The trades that buy for so much. Units have more places than the product's increment."""
    trades, left = [], value
    for price, size in levels(listing, book, is_buy=True):
        if left <= 0:
            break
        spent = min(left, price * size)
        places = Decimal("1e-16") if price >= 1 else Decimal("1e-8")
        units = EXACT.divide(spent, price).quantize(places, ROUND_DOWN, EXACT)
        trades.append(Trade(price, units, spent))
        left -= spent
    return trades


def without_fee(quote: Decimal, rate: Decimal) -> Decimal:
    """What of a quote size is left to buy with once its fee is taken out of it."""
    return EXACT.divide(quote, 1 + rate).quantize(_VALUE_STEP, ROUND_DOWN, EXACT)


def maker_units(listing: Listing, book: Book, is_buy: bool, left: Decimal) -> Decimal:
    """How much of a resting order the best level of the other side takes."""
    _, size = next(levels(listing, book, is_buy))
    return min(left, size) if left > 0 else ZERO


def _down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_DOWN) * step
