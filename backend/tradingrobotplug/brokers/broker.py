"""What every venue can do for us, and the words its answers come in."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

State = Literal["accepted", "partially_filled", "filled", "cancelled", "rejected"]


class NoClearAnswer(Exception):
    """The venue may or may not have the order: a time-out, a 5xx, anything after the send."""


class NotReached(Exception):
    """The order was certainly not sent (connection refused, name not resolved, no quote)."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order as we want it; every broker translates it to its own terms."""

    client_order_id: str
    bot_id: uuid.UUID
    asset_type: str  # crypto | stocks
    symbol: str
    side: str  # buy | sell
    type: str  # market | limit | stop | stop_limit | trailing_stop
    time_in_force: str  # day | gtc | ioc
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_percent: Decimal | None = None  # of a trailing stop: what it keeps from the best price
    trail_amount: Decimal | None = None
    extended_hours: bool = False
    oco_group: str | None = None  # what one order of a group fills, the others no longer may
    allow_short: bool = False


@dataclass(frozen=True, slots=True)
class Execution:
    """One part of an order that traded. `fee` is in the quote currency, never negative."""

    id: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the venue says of an order. `reason` is its own sentence, for a person to read."""

    state: State
    client_order_id: str
    broker_order_id: str | None
    executions: tuple[Execution, ...] = ()
    reason: str | None = None

    @property
    def filled_quantity(self) -> Decimal:
        """The sum of what traded so far."""
        return sum((e.quantity for e in self.executions), Decimal(0))


class Broker(Protocol):
    """A venue. Every call is free of database transactions of ours."""

    # For how long the venue refuses or returns a client_order_id that it has seen.
    id_unique: Literal["forever", "open_only", "none"]

    def submit(self, order: OrderRequest) -> Outcome:
        """Place the order. NoClearAnswer or NotReached if there is no outcome."""
        ...

    def look_up(self, client_order_id: str) -> Outcome | None:
        """The order as the venue has it; None if it certainly has none."""
        ...

    def cancel(self, client_order_id: str) -> Outcome | None:
        """Cancel what is still open; the outcome may be `filled`. None if there is no order."""
        ...
