"""Orders and fills as Coinbase keeps them. Nothing here is stored twice: sums come from fills."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_DOWN, Context, Decimal
from enum import StrEnum

from .coinbase_ticket import Ticket

EXACT = Context(prec=60)
ZERO = Decimal(0)


class Status(StrEnum):
    """Coinbase's states of an order."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    OPEN = "OPEN"
    CANCEL_QUEUED = "CANCEL_QUEUED"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self in (Status.FILLED, Status.CANCELLED, Status.EXPIRED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade: `base` units for `value` of the quote currency, and `fee` on top of that."""

    id: str
    at: datetime
    price: Decimal
    base: Decimal
    value: Decimal
    fee: Decimal
    is_maker: bool


@dataclass(slots=True)
class Order:
    """An order. `seen`: the second up to which it has been matched; `filled`: its last fill's.

    `limit` is the price it may trade at now: a stop has none before it is triggered."""

    ticket: Ticket
    placed_at: datetime
    status: Status
    seen: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    fills: list[Fill] = field(default_factory=list)
    limit: Decimal | None = None
    filled: int = 0
    is_triggered: bool = False
    waits_until: datetime | None = None
    visible_at: datetime | None = None
    fills_visible_at: datetime | None = None
    cancelled_at: datetime | None = None
    cut: Decimal | None = None
    dies_at_cut: bool = False
    parent: str = ""
    child: str = ""
    reject_reason: str = "REJECT_REASON_UNSPECIFIED"
    cancel_message: str = ""

    @property
    def filled_base(self) -> Decimal:
        """Units traded."""
        return sum((fill.base for fill in self.fills), ZERO)

    @property
    def filled_value(self) -> Decimal:
        """What they cost or brought, without fees."""
        return sum((fill.value for fill in self.fills), ZERO)

    @property
    def fees(self) -> Decimal:
        """All fees so far."""
        return sum((fill.fee for fill in self.fills), ZERO)

    @property
    def left(self) -> Decimal:
        """What is still to trade, in units, or in the quote currency with its fees."""
        if self.ticket.quote is not None:
            return self.ticket.quote - self.filled_value - self.fees
        assert self.ticket.base is not None
        return self.ticket.base - self.filled_base

    @property
    def average_price(self) -> Decimal:
        """Value by units, to 16 places."""
        if not self.fills:
            return ZERO
        exact = EXACT.divide(self.filled_value, self.filled_base)
        return exact.quantize(Decimal("1e-16"), ROUND_DOWN, EXACT).normalize(EXACT)

    @property
    def done_percent(self) -> Decimal:
        """How much of it has traded, from 0 to 100."""
        whole = self.ticket.quote or self.ticket.base or Decimal(1)
        return ((whole - self.left) * 100 / whole).quantize(Decimal("0.01"), ROUND_DOWN)

    def hold(self, taker_rate: Decimal) -> tuple[str, Decimal]:
        """Currency and amount that it keeps from being spent elsewhere."""
        currency = self.ticket.currencies[self.ticket.is_buy]
        is_waiting = self.parent and self.status is Status.PENDING
        if self.status.is_final or is_waiting:
            return currency, ZERO
        return currency, hold_of(self.ticket, self.left, taker_rate)


def hold_of(ticket: Ticket, left: Decimal, taker_rate: Decimal) -> Decimal:
    """What `left` of an order keeps: units of a sell; of a buy its quote size, or its worst price
    with the higher of the two fees on top."""
    if not ticket.is_buy or ticket.quote is not None:
        return left
    price = worst_stop(ticket) if ticket.kind.order_type == "BRACKET" else ticket.limit
    return left * (price or ZERO) * (1 + taker_rate)


def worst_stop(ticket: Ticket) -> Decimal:
    """Coinbase sends a triggered bracket stop as a limit 5 % beyond its trigger."""
    assert ticket.stop is not None
    tick = Decimal(ticket.listing.tick)
    beyond = ticket.stop * (Decimal("1.05") if ticket.is_buy else Decimal("0.95"))
    return (beyond / tick).to_integral_value(ROUND_DOWN) * tick


def cover(child: Order, entry: Order) -> None:
    """Size a bracket by what its entry bought, in whole steps: dust stays outside of it."""
    step = Decimal(child.ticket.listing.increment)
    base = (entry.filled_base / step).to_integral_value(ROUND_DOWN) * step
    fields = child.ticket.configuration[child.ticket.name] | {"base_size": f"{base:f}"}
    child.ticket = replace(child.ticket, base=base, configuration={child.ticket.name: fields})
