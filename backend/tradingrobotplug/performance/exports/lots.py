"""Lots for tax: which purchase each sale is matched with, and what it gained. Pure.

Sources: US IRS Publication 550 (holding period; short sales), Treasury Regulation §1.1012-1(c)
(first in, first out unless lots are identified), Revenue Ruling 66-7 (the day of acquisition does
not count). Trading itself is always booked first in, first out (`trading/lots.py`); here the
method may differ from year to year, and amounts are split as the tax form wants them.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from ...marketdata.calendar import NEW_YORK
from ...money import ZERO

UNIT = Decimal("1e-12")  # the finest amount that is stored


class Method(StrEnum):
    """Which open lots a sale takes first."""

    FIFO = "fifo"
    LIFO = "lifo"
    HIGHEST_COST = "highest_cost"


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill. Lots are matched within a `pool` (a trading account) and symbol."""

    pool: str
    asset_type: str  # crypto | stocks
    symbol: str
    side: str  # buy | sell
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime
    bot: tuple[str, str] = ("", "")  # whose it is: id and name


@dataclass(slots=True, eq=False)
class OpenLot:
    """What one fill opened. `number` counts all fills, so that it orders lots and sales alike."""

    number: int
    side: str  # long | short
    quantity: Decimal
    remaining: Decimal
    price: Decimal
    fee: Decimal
    opened: date
    closed: date | None = None

    @property
    def unit_cost(self) -> Decimal:
        """What a unit cost (a short: brought in), fee included."""
        fee = self.fee / self.quantity
        return self.price + fee if self.side == "long" else self.price - fee


@dataclass(frozen=True, slots=True)
class Disposal:
    """A lot, or part of one, sold or bought back. Dates are those of New York.

    `proceeds` are after the selling fee and `cost_basis` is with the buying fee; `fees` names both
    once more. gain = proceeds − cost_basis.
    """

    number: int
    lot: OpenLot = field(repr=False)
    asset_type: str
    symbol: str
    side: str  # long | short
    quantity: Decimal
    acquired: date
    sold: date
    proceeds: Decimal
    cost_basis: Decimal
    fees: Decimal
    is_long_term: bool
    bot: tuple[str, str]

    @property
    def gain(self) -> Decimal:
        """Dollars, below 0 for a loss."""
        return self.proceeds - self.cost_basis


# The first lot to be taken is the smallest; equal costs are taken oldest first.
_ORDER: dict[Method, Callable[[OpenLot], tuple[Decimal | int, int]]] = {
    Method.FIFO: lambda lot: (lot.number, 0),
    Method.LIFO: lambda lot: (-lot.number, 0),
    Method.HIGHEST_COST: lambda lot: (
        -lot.unit_cost if lot.side == "long" else lot.unit_cost, lot.number,
    ),
}  # fmt: skip


class Ledger:
    """The open lots of every pool and symbol, as one execution after the other changes them.

    `method_of` says which method a year's sales use. `opened` is called for every new lot.
    """

    def __init__(
        self,
        method_of: Callable[[int], Method],
        opened: Callable[[Execution, OpenLot], None] = lambda *_: None,
    ) -> None:
        self._method_of = method_of
        self._opened = opened
        self._books: dict[tuple[str, str], _Book] = {}
        self._number = 0

    def take(self, fill: Execution) -> list[Disposal]:
        """Match a fill, which must not be older than the one before; what it disposed of.

        A fill that crosses zero closes every lot and opens one the other way; its fee is split by
        quantity.
        """
        self._number += 1
        day = fill.at.astimezone(NEW_YORK).date()
        book = self._books.setdefault((fill.pool, fill.symbol), _Book())
        side = "long" if fill.side == "buy" else "short"
        left, disposals = fill.quantity, []
        if book.lots and book.side != side:
            book.use(self._method_of(day.year))
            while left and book.lots:
                lot = book.first()
                taken = min(lot.remaining, left)
                disposals.append(self._dispose(fill, day, lot, taken, left))
                left -= taken
                book.drop_if_closed(lot, day)
        if left:
            lot = OpenLot(self._number, side, left, left, fill.price, _share(fill, left), day)
            book.add(lot)
            self._opened(fill, lot)
        return disposals

    def _dispose(
        self, fill: Execution, day: date, lot: OpenLot, taken: Decimal, left: Decimal
    ) -> Disposal:
        closing_fee = _share(fill, left) - _share(fill, left - taken)
        opening_fee = _fee_left(lot, lot.remaining) - _fee_left(lot, lot.remaining - taken)
        lot.remaining -= taken
        came, went = _value(lot.price, taken), _value(fill.price, taken)
        is_long = lot.side == "long"
        # Of a short the property is what was bought to close it, on the day it was delivered.
        acquired = lot.opened if is_long else day
        return Disposal(
            number=self._number,
            lot=lot,
            asset_type=fill.asset_type,
            symbol=fill.symbol,
            side=lot.side,
            quantity=taken,
            acquired=acquired,
            sold=day,
            proceeds=went - closing_fee if is_long else came - opening_fee,
            cost_basis=came + opening_fee if is_long else went + closing_fee,
            fees=opening_fee + closing_fee,
            is_long_term=is_long_term(acquired, day),
            bot=fill.bot,
        )


def is_long_term(acquired: date, sold: date) -> bool:
    """Whether it was held for more than a year, counted from the day after it was acquired."""
    begins = acquired + timedelta(days=1)
    try:
        a_year_on = begins.replace(year=begins.year + 1)
    except ValueError:  # 29 February
        a_year_on = date(begins.year + 1, 3, 1)
    return sold >= a_year_on


@dataclass(slots=True)
class _Book:
    """The open lots of one pool and symbol, all of one side, as a heap."""

    lots: list[tuple[tuple[Decimal | int, int], int, OpenLot]] = field(default_factory=list)
    method: Method = Method.FIFO

    @property
    def side(self) -> str:
        return self.lots[0][2].side

    def use(self, method: Method) -> None:
        if method is not self.method:
            self.method = method
            self.lots = [self._keyed(lot) for *_, lot in self.lots]
            heapq.heapify(self.lots)

    def first(self) -> OpenLot:
        return self.lots[0][2]

    def add(self, lot: OpenLot) -> None:
        heapq.heappush(self.lots, self._keyed(lot))

    def drop_if_closed(self, lot: OpenLot, day: date) -> None:
        if not lot.remaining:
            lot.closed = day
            heapq.heappop(self.lots)

    def _keyed(self, lot: OpenLot) -> tuple[tuple[Decimal | int, int], int, OpenLot]:
        return _ORDER[self.method](lot), lot.number, lot


def _value(price: Decimal, quantity: Decimal) -> Decimal:
    return (price * quantity).quantize(UNIT)


def _share(fill: Execution, quantity: Decimal) -> Decimal:
    """The fee's part of this quantity; differences of it add up exactly."""
    return (fill.fee * quantity / fill.quantity).quantize(UNIT) if quantity else ZERO


def _fee_left(lot: OpenLot, remaining: Decimal) -> Decimal:
    return (lot.fee * remaining / lot.quantity).quantize(UNIT) if remaining else ZERO
