"""One account in one environment: its orders, books, fills and what its stream tells."""

import threading
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..listings import STOCKS
from ..market import Book, Market
from ..websocket import Bell
from . import answers, limits
from .books import Books, Worth, settings
from .orders import Order

_KEPT = 1_000  # events, for streams that are behind
_FLAGS = ("trading_blocked", "account_blocked")


@dataclass(slots=True)
class Account:
    """`seen` is the last second up to which the market has met its orders. Read or change it while
    `held` alone."""

    market: Market
    environment: str
    id: str
    books: Books
    multiplier: Decimal
    last_equity: Decimal
    closed_at: int
    seen: int
    may_short: bool = True
    flags: dict[str, bool] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    by_client_id: dict[str, Order] = field(default_factory=dict)
    fills: list[dict[str, object]] = field(default_factory=list)
    open: list[Order] = field(default_factory=list)
    groups: dict[str, list[Order]] = field(default_factory=dict)
    told: int = 0  # events so far, of which the last are kept
    _events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    taken: dict[tuple[str, str], tuple[int, Decimal]] = field(default_factory=dict)
    bells: set[Bell] = field(default_factory=set)  # of the streams that are told
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def held(self) -> Iterator[None]:
        """By this thread alone. Its streams wake when it is let go: they would have to wait."""
        told = self.told
        try:
            with self._lock:
                yield
        finally:
            for bell in tuple(self.bells) if self.told != told else ():
                bell.ring()

    def set_flags(self, given: Mapping[str, object]) -> None:
        """What the venue has decided about the account."""
        self.flags = {name: bool(given.get(name, False)) for name in _FLAGS}
        self.may_short = bool(given.get("shorting_enabled", self.may_short))

    def add(self, orders: list[Order]) -> None:
        """Keep these; their client ids are taken for ever."""
        self.open = [order for order in self.open if order.is_open] + orders
        for order in orders:
            if order.group_id is not None:
                self.groups.setdefault(order.group_id, []).append(order)
            self.orders[order.id] = order
            self.by_client_id[order.terms.client_order_id] = order

    def working(self, symbol: str | None = None) -> list[Order]:
        """Open orders that can trade, oldest first."""
        return [
            order
            for order in self.open
            if order.is_open and order.is_working and symbol in (None, order.terms.symbol)
        ]

    def legs(self, order: Order) -> list[Order]:
        """Those that came with it, or replaced one that did."""
        group = self.groups.get(order.group_id or "", [])
        return [other for other in group if other.parent_id == order.id]

    def siblings(self, order: Order) -> list[Order]:
        """The open others of its group."""
        group = self.groups.get(order.group_id or "", [])
        return [other for other in group if other is not order and other.is_open]

    def book(self, symbol: str) -> Book:
        """The market's book now."""
        return self.market.book(STOCKS[symbol], stock=True)

    def price(self, symbol: str) -> Decimal:
        """The middle of the book, by which positions are valued."""
        return middle(self.book(symbol))

    def worth(self) -> Worth:
        """The books at present prices."""
        return self.books.worth(self.price, self.multiplier)

    def buying_power(self) -> Decimal:
        """What is left of it after the orders that would open or add to a position."""
        reserved = Decimal(0)
        for order in self.working():
            held = self.books.qty(order.terms.symbol)
            if held and (held > 0) == (order.terms.side == "sell"):
                continue
            book = self.book(order.terms.symbol)
            rest = order.remaining(book.ask)
            whole = limits.value(order.terms, book, order.qty)
            if order.qty is None:
                reserved += whole - order.filled_value
            else:
                reserved += whole * rest / order.qty
        return max(self.worth().buying_power - reserved, Decimal(0)).quantize(Decimal("0.01"))

    def tell(self, event: str, order: Order, at: datetime, **more: object) -> None:
        """Add to what its stream sends."""
        self.told += 1
        self._events.append(
            {
                "event": event,
                "timestamp": answers.stamp(at),
                "execution_id": str(uuid.uuid4()),
                "order": answers.rendered(order),
                **more,
            }
        )

    def since(self, told: int) -> list[dict[str, Any]]:
        """The events after so many."""
        count = self.told - max(told, 0)
        return list(self._events)[-count:] if count > 0 else []


def opened(market: Market, environment: str, key: str, given: Mapping[str, object]) -> Account:
    """A new account with its opening cash. ArithmeticError if that can't be read."""
    cash, multiplier = settings(given)
    account = Account(
        market=market,
        environment=environment,
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
        books=Books(cash),
        multiplier=multiplier,
        last_equity=cash,
        closed_at=market.last_close(),
        seen=int(market.now().timestamp()),
    )
    account.set_flags(given)
    return account


def middle(book: Book) -> Decimal:
    """Between bid and ask."""
    return (book.bid + book.ask) / 2
