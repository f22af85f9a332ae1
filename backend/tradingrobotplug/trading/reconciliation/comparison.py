"""Our book of an account against its broker's. Pure; asking and storing are elsewhere."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ...brokers.broker import OpenOrder
from ...money import ZERO, as_text, decimal_from
from ..identity import PREFIX

POSITION, UNKNOWN_ORDER, MISSING_ORDER = "position", "unknown_order", "missing_order"
OUTSIDE = "outside"  # of a symbol in which no bot is: the user's own business, never a drift
RESTING = ("accepted", "partially_filled")
DUST = Decimal("1e-8")  # of a unit; less than this is what rounding leaves
APART = timedelta(seconds=10)  # two looks that count as two
LASTING = timedelta(minutes=5)  # a difference that changes its size counts after so long


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """An order of ours that may still trade."""

    id: uuid.UUID
    bot_id: uuid.UUID
    client_order_id: str
    broker_order_id: str | None
    symbol: str
    state: str
    left: Decimal  # units that have not traded yet


@dataclass(frozen=True, slots=True)
class Book:
    """Our side. `holdings`: symbol → bot → signed units; `outside`: what was there without us.

    `moving`: symbols in which something is on its way, so that looks at both sides need not fit.
    """

    holdings: Mapping[str, Mapping[uuid.UUID, Decimal]]
    outside: Mapping[str, Decimal]
    orders: Sequence[LiveOrder]
    moving: frozenset[str] = frozenset()

    def held(self, symbol: str) -> Decimal:
        """What all bots hold of it."""
        return sum(self.holdings.get(symbol, {}).values(), ZERO)

    def is_in_play(self, symbol: str) -> bool:
        """Whether a bot holds it or has an order in it."""
        return symbol in self.holdings or any(order.symbol == symbol for order in self.orders)

    def bot_in(self, symbol: str) -> uuid.UUID | None:
        """Whose difference it is: the bot that holds most of it, else the one with an order."""
        bots = self.holdings.get(symbol, {})
        if bots:
            return max(sorted(bots), key=lambda bot_id: abs(bots[bot_id]))
        return next((order.bot_id for order in self.orders if order.symbol == symbol), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit. Of an order the figures are the units it may still trade."""

    kind: str  # position | outside | unknown_order | missing_order
    subject: str  # the symbol, or the order's client_order_id
    symbol: str
    ours: Decimal
    theirs: Decimal
    bot_id: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """What makes it the same difference in the next look."""
        return f"{self.kind}:{self.subject}"

    @property
    def gap(self) -> Decimal:
        """What the broker has beyond our book."""
        return self.theirs - self.ours


def positions(book: Book, theirs: Mapping[str, Decimal]) -> list[Difference]:
    """Units that don't fit, in symbols where nothing moves."""
    found = []
    for symbol in sorted({*book.holdings, *book.outside, *theirs} - book.moving):
        ours = book.held(symbol) + book.outside.get(symbol, ZERO)
        shown = theirs.get(symbol, ZERO)
        if abs(shown - ours) >= DUST:
            kind = POSITION if book.is_in_play(symbol) else OUTSIDE
            found.append(Difference(kind, symbol, symbol, ours, shown, book.bot_in(symbol)))
    return found


def unknown_orders(book: Book, open_orders: Sequence[OpenOrder]) -> list[Difference]:
    """Open at the broker under a name that only we give, and not live in our book."""
    ours = {order.client_order_id for order in book.orders}
    return [
        Difference(UNKNOWN_ORDER, name, one.symbol, ZERO, one.quantity - one.filled_quantity)
        for one in open_orders
        if (name := one.client_order_id or "").startswith(PREFIX)
        and name not in ours
        and one.symbol not in book.moving
    ]


def unseen(book: Book, open_orders: Sequence[OpenOrder]) -> list[LiveOrder]:
    """Orders that rest in our book and are not among those open at the broker."""
    names = {one.client_order_id for one in open_orders}
    ids = {one.broker_order_id for one in open_orders}
    return [
        order
        for order in book.orders
        if order.state in RESTING
        and order.symbol not in book.moving
        and order.client_order_id not in names
        and order.broker_order_id not in ids
    ]


def missing(order: LiveOrder) -> Difference:
    """An order that the broker, asked for it by name, does not know."""
    name = order.client_order_id
    return Difference(MISSING_ORDER, name, order.symbol, order.left, ZERO, order.bot_id)


def baseline(book: Book, theirs: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What an account that is seen for the first time holds beyond our bots' books.

    What it lacks is no baseline: those units a bot believes to have.
    """
    found = {}
    for symbol, shown in theirs.items():
        held = book.held(symbol)
        beyond = shown - held
        if symbol not in book.moving and abs(beyond) >= DUST and beyond * held >= 0:
            found[symbol] = beyond
    return found


def confirmed(
    seen: Sequence[Difference], suspects: Mapping[str, Mapping[str, str]], now: datetime
) -> tuple[list[Difference], dict[str, dict[str, str]]]:
    """The differences that count: of the same size in two looks in a row, or there for minutes.

    Returns them and what to remember for the next look.
    """
    counting, remembered = [], {}
    for one in seen:
        before = suspects.get(one.key)
        is_same = before is not None and decimal_from(before["gap"]) == one.gap
        at = before["at"] if before and is_same else now.isoformat()
        since = before["since"] if before else now.isoformat()
        remembered[one.key] = {"gap": as_text(one.gap), "at": at, "since": since}
        if _age(at, now) >= APART or _age(since, now) >= LASTING:
            counting.append(one)
    return counting, remembered


def _age(at: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(at)
