"""First in, first out: a fill against the open lots. Pure; the database is elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..money import ZERO

UNIT = Decimal("1e-12")  # the finest amount that is stored


@dataclass(frozen=True, slots=True)
class OpenLot:
    """An entry fill's part that is still open. `fee` belongs to the whole `quantity`."""

    side: str  # long | short
    quantity: Decimal
    remaining: Decimal
    price: Decimal
    fee: Decimal
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Traded:
    """One execution."""

    side: str  # buy | sell
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Trip:
    """What a reducing fill closed. `pnl` is net of the fees of both ways."""

    side: str
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    entry_value: Decimal
    fees: Decimal
    pnl: Decimal
    entered_at: datetime
    exited_at: datetime


@dataclass(frozen=True, slots=True)
class Matching:
    """What is left of each lot, in the order given; what was closed; what was opened."""

    remaining: tuple[Decimal, ...]
    trip: Trip | None
    opened: OpenLot | None


def match(lots: Sequence[OpenLot], fill: Traded) -> Matching:
    """Match a fill against the open lots, oldest first. They all have the same side.

    A fill that crosses zero closes every lot and opens one the other way; its fee is split by
    quantity.
    """
    side = "long" if fill.side == "buy" else "short"
    if not lots or lots[0].side == side:
        return Matching(tuple(lot.remaining for lot in lots), None, _opened(fill, side))
    left = fill.quantity
    remaining = []
    for lot in lots:
        taken = min(lot.remaining, left)
        remaining.append(lot.remaining - taken)
        left -= taken
    trip = _trip(lots, remaining, fill, fill.quantity - left)
    rest = Traded(fill.side, left, fill.price, fill.fee - _exit_fee(fill, left), fill.at)
    return Matching(tuple(remaining), trip, _opened(rest, side) if left else None)


def _opened(fill: Traded, side: str) -> OpenLot:
    return OpenLot(side, fill.quantity, fill.quantity, fill.price, fill.fee, fill.at)


def _trip(
    lots: Sequence[OpenLot], remaining: Sequence[Decimal], fill: Traded, closed: Decimal
) -> Trip:
    taken = [
        (lot, lot.remaining - after, _fee_left(lot, lot.remaining) - _fee_left(lot, after))
        for lot, after in zip(lots, remaining, strict=True)
        if after != lot.remaining
    ]
    cost = sum((lot.price * quantity for lot, quantity, _ in taken), ZERO).quantize(UNIT)
    proceeds = (fill.price * closed).quantize(UNIT)
    fees = sum((fee for _, _, fee in taken), ZERO) + _exit_fee(fill, fill.quantity - closed)
    gross = proceeds - cost if lots[0].side == "long" else cost - proceeds
    return Trip(
        side=lots[0].side,
        quantity=closed,
        entry_price=(cost / closed).quantize(UNIT),
        exit_price=fill.price,
        entry_value=cost,
        fees=fees,
        pnl=gross - fees,
        entered_at=taken[0][0].opened_at,
        exited_at=fill.at,
    )


def _fee_left(lot: OpenLot, remaining: Decimal) -> Decimal:
    """The fee's part that the open quantity still carries; differences of it add up exactly."""
    return (lot.fee * remaining / lot.quantity).quantize(UNIT)


def _exit_fee(fill: Traded, left: Decimal) -> Decimal:
    return (fill.fee * (fill.quantity - left) / fill.quantity).quantize(UNIT)
