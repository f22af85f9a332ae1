"""An order as Alpaca keeps it: what was asked, and what has become of it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

OPEN = frozenset({"new", "partially_filled", "accepted", "pending_new", "held"})
SMALLEST = Decimal("0.000000001")  # of a share


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was asked. `take_profit`, `stop_loss`, `stop_loss_limit` are prices of legs."""

    symbol: str
    side: str
    type: str
    time_in_force: str
    client_order_id: str
    order_class: str = "simple"
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    position_intent: str | None = None  # what the sender takes it for, to be refused otherwise
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    stop_loss_limit: Decimal | None = None

    @property
    def is_fractional(self) -> bool:
        """Whether it asks for less than whole shares."""
        return self.notional is not None or (self.qty or Decimal(0)) % 1 != 0

    @property
    def opposite(self) -> str:
        """The side that closes what this one opens."""
        return "sell" if self.side == "buy" else "buy"


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """`is_working` is False for a leg whose entry has not been filled whole: it can't trade."""

    terms: Terms
    qty: Decimal | None
    submitted_at: datetime
    expires_at: datetime
    status: str = "pending_new"
    position_intent: str = "buy_to_open"
    is_working: bool = True
    is_triggered: bool = False
    auction: int | None = None  # the second of the auction that alone may fill it
    mark: Decimal | None = None  # a trailing stop's high (or low) water mark
    filled_qty: Decimal = Decimal(0)
    filled_value: Decimal = Decimal(0)
    group_id: str | None = None
    group_role: str | None = None
    parent_id: str | None = None
    replaced_by: str | None = None
    replaces: str | None = None
    hidden_until: datetime | None = None  # a fault: not found by its client id before
    cut_at: Decimal | None = None  # a fault: canceled by the venue once so much is filled
    stamps: dict[str, datetime] = field(default_factory=dict)  # filled_at, canceled_at, …
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def is_open(self) -> bool:
        """Whether it can still change."""
        return self.status in OPEN

    @property
    def stop_price(self) -> Decimal | None:
        """Where it triggers; a trailing stop's moves with the water mark."""
        if self.terms.type != "trailing_stop" or self.mark is None:
            return self.terms.stop_price
        trail = self.terms.trail_price
        if trail is None:
            assert self.terms.trail_percent is not None
            trail = self.mark * self.terms.trail_percent / 100
        away = self.mark - trail if self.terms.side == "sell" else self.mark + trail
        return away.quantize(Decimal("0.0001"))

    @property
    def waits_for_stop(self) -> bool:
        """Whether it has a stop that was not reached yet."""
        return self.terms.type in ("stop", "stop_limit", "trailing_stop") and not self.is_triggered

    def remaining(self, price: Decimal) -> Decimal:
        """Shares still to trade; of a notional order, what the rest buys at this price."""
        if self.qty is not None:
            return self.qty - self.filled_qty
        assert self.terms.notional is not None
        rest = self.terms.notional - self.filled_value
        return (rest / price).quantize(SMALLEST, rounding=ROUND_DOWN)
