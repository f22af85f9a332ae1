"""What every venue can do for us, and the words its answers come in."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from .keys import Rights
from .stream import OrderStream

State = Literal["accepted", "partially_filled", "filled", "cancelled", "rejected"]


class NoClearAnswer(Exception):
    """The venue may or may not have the order: a time-out, a 5xx, anything after the send."""


class NotReached(Exception):
    """The order was certainly not sent (connection refused, name not resolved, no quote), or the
    venue certainly did not take it (429). `seconds`: when to come back, where the venue said so."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Attached:
    """Protection that an entry brings along: live at the venue once the entry is filled whole."""

    take_profit: Decimal | None = None
    stop: Decimal | None = None
    stop_limit: Decimal | None = None  # the limit of the stop; None: at the market


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order as we want it; every broker translates it to its own terms.

    Of a `bracket` (an exit at a target or at a stop, whichever comes first) `limit_price` is the
    target, `stop_price` the stop, and `stop_limit_price` the stop's limit if it has one.
    """

    client_order_id: str
    bot_id: uuid.UUID
    asset_type: str  # crypto | stocks
    symbol: str
    side: str  # buy | sell
    type: str  # market | limit | stop | stop_limit | trailing_stop | bracket
    time_in_force: str  # day | gtc | ioc | fok | opg | cls
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_limit_price: Decimal | None = None
    trail_percent: Decimal | None = None  # of a trailing stop: what it keeps from the best price
    trail_amount: Decimal | None = None
    extended_hours: bool = False
    attached: Attached | None = None
    is_exit: bool = False  # may use the requests that are kept in reserve
    oco_group: str | None = None  # what one order of a group fills, the others no longer may
    allow_short: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """An order that was sent, as it can be found again.

    `attached_to`: the venue's id of the entry that brought the order along; it then has no
    client_order_id of ours at the venue. `quantity`: what was ordered, where it is known.
    `has_traded`: the venue's stream spoke of a trade, so that to ask for executions first is likely
    to answer everything.
    """

    client_order_id: str
    broker_order_id: str | None
    symbol: str
    placed_at: datetime  # never later than the venue's own time of it
    attached_to: str | None = None
    is_exit: bool = False
    quantity: Decimal | None = None
    has_traded: bool = False


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
    """What the venue says of an order. `reason` is its own sentence, for a person to read.

    An order is `filled` or `cancelled` only with all of its executions: while the venue does not
    show them all, it is `accepted` or `partially_filled`.
    """

    state: State
    client_order_id: str
    broker_order_id: str | None
    executions: tuple[Execution, ...] = ()
    reason: str | None = None

    @property
    def filled_quantity(self) -> Decimal:
        """The sum of what traded so far."""
        return sum((e.quantity for e in self.executions), Decimal(0))


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that rests at the venue, whoever placed it. `came_with`: the venue's id of the order
    that brought it along as a leg; its client_order_id is then none of ours."""

    client_order_id: str | None
    broker_order_id: str
    symbol: str
    side: str
    quantity: Decimal
    filled_quantity: Decimal
    came_with: str | None = None


@dataclass(frozen=True, slots=True)
class Balances:
    """An account in dollars. `fee_rate`: what a market order costs, as a share of its value."""

    cash: Decimal
    buying_power: Decimal
    equity: Decimal
    fee_rate: Decimal


class Broker(Protocol):
    """A user's account at a venue. Every call is free of database transactions of ours.

    Each raises NotReached or NoClearAnswer where the venue gives no answer that can be used.
    """

    # For how long the venue refuses or returns a client_order_id that it has seen.
    id_unique: Literal["forever", "open_only", "none"]

    def submit(self, order: OrderRequest) -> Outcome:
        """Place the order; the same one again never places a second one."""
        ...

    def look_up(self, order: Reference) -> Outcome | None:
        """The order as the venue has it; None if it certainly has none."""
        ...

    def cancel(self, order: Reference) -> Outcome | None:
        """Cancel what is still open and wait for its end; the outcome may be `filled`. None if
        there is no order. NoClearAnswer if the venue has not ended it yet."""
        ...

    def open_orders(self) -> Sequence[OpenOrder]:
        """Every order that rests at the venue."""
        ...

    def positions(self) -> Mapping[str, Decimal]:
        """Signed units by symbol, in our spelling; nothing of what is zero."""
        ...

    def balances(self) -> Balances:
        """What the account holds and may spend."""
        ...

    def unsupported(self) -> frozenset[str]:
        """Order types of `capabilities` that this very account can't use after all."""
        ...

    def stream(self) -> OrderStream | None:
        """What tells of changed orders, for one connection; None if the venue has no such thing."""
        ...

    def permissions(self) -> Rights:
        """What the keys may do."""
        ...

    def clock(self) -> datetime:
        """The venue's own time."""
        ...
