"""Alpaca's rules that look at the account: shares held, orders resting, buying power."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from ..market import Book
from .books import Books
from .orders import Order, Terms
from .refusals import forbidden, invalid, text

_ZERO = Decimal(0)
_SHORT_MARGIN = Decimal("1.03")  # a short sale is valued 3 % above the ask, at least


class Holder(Protocol):
    """What the rules look at."""

    books: Books
    may_short: bool

    def working(self, symbol: str | None = None) -> list[Order]:
        """Open orders that can trade."""

    def buying_power(self) -> Decimal:
        """What is left after the open orders."""


def refuse_if_not_covered(account: Holder, terms: Terms, book: Book) -> None:
    """Raise the Refusal of the first rule that this order breaks on this account now."""
    resting = account.working(terms.symbol)
    held = account.books.qty(terms.symbol)
    _refuse_misplaced_legs(terms, held)
    if terms.order_class != "oco":
        _refuse_wash_trade(terms, resting)
    if held and (held > 0) == (terms.side == "sell"):
        _refuse_more_than_available(terms, book, abs(held), resting)
        return
    if terms.side == "sell":
        _refuse_short(account, terms)
    cost = value(terms, book, terms.qty)
    power = account.buying_power()
    if cost > power:
        raise forbidden(
            "insufficient buying power", buying_power=text(power), cost_basis=text(cost)
        )


def value(terms: Terms, book: Book, qty: Decimal | None) -> Decimal:
    """Dollars that so many shares of an opening order take of the buying power."""
    if terms.notional is not None:
        return terms.notional
    assert qty is not None
    if terms.side == "sell":
        return qty * max(terms.limit_price or _ZERO, book.ask * _SHORT_MARGIN)
    return qty * (terms.limit_price or max(terms.stop_price or _ZERO, book.ask))


def held_for(orders: Iterable[Order]) -> Decimal:
    """Shares that closing orders hold back; orders of one group hold them once."""
    groups: dict[str, Decimal] = {}
    for order in orders:
        key = order.group_id or order.id
        price = order.terms.limit_price or Decimal(1)
        qty = _ZERO if order.qty is None else order.remaining(price)
        groups[key] = max(groups.get(key, _ZERO), qty)
    return sum(groups.values(), _ZERO)


def _refuse_misplaced_legs(terms: Terms, held: Decimal) -> None:
    closes = bool(held) and (held > 0) == (terms.side == "sell")
    if terms.order_class in ("bracket", "oto") and closes:
        raise forbidden(f"{terms.order_class} orders must be entry orders")
    if terms.order_class == "oco" and not closes:
        raise forbidden("oco orders must be exit orders")


def _refuse_wash_trade(terms: Terms, resting: list[Order]) -> None:
    """Buying from oneself is forbidden (FINRA Rule 5210); siblings of one group may oppose."""
    for other in resting:
        if other.terms.side == terms.side or not _may_meet(terms, other.terms):
            continue
        kind = "limit" if other.terms.type == "limit" else "market/stop"
        raise forbidden(
            "potential wash trade detected. use complex orders",
            existing_order_id=other.id,
            reject_reason=f"opposite side {kind} order exists",
        )


def _may_meet(one: Terms, other: Terms) -> bool:
    if one.type != "limit" or other.type != "limit":
        return True
    buy, sell = (one, other) if one.side == "buy" else (other, one)
    assert buy.limit_price is not None
    assert sell.limit_price is not None
    return buy.limit_price >= sell.limit_price


def _refuse_more_than_available(
    terms: Terms, book: Book, existing: Decimal, resting: list[Order]
) -> None:
    """One order never turns a long position short, nor a short one long."""
    closing = [o for o in resting if o.terms.side == terms.side]
    held_back = held_for(closing)
    available = max(existing - held_back, _ZERO)
    price = book.bid if terms.side == "sell" else book.ask
    requested = terms.qty if terms.qty is not None else (terms.notional or _ZERO) / price
    if requested <= available:
        return
    raise forbidden(
        "insufficient qty available for order "
        f"(requested: {text(requested)}, available: {text(available)})",
        symbol=terms.symbol,
        existing_qty=text(existing),
        held_for_orders=text(held_back),
        available=text(available),
        related_orders=[o.id for o in closing],
    )


def _refuse_short(account: Holder, terms: Terms) -> None:
    if terms.is_fractional:
        raise invalid("fractional orders cannot be sold short")
    if not account.may_short:
        raise forbidden("account is not allowed to short")
