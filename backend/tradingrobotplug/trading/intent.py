"""What an alert asks for, whatever format it came in."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ..money import as_text

Action = Literal["buy", "sell", "close"]
Target = Literal["long", "short", "flat"]
OrderType = Literal["market", "limit", "stop"]


@dataclass(frozen=True, slots=True)
class Intent:
    """An alert in our words. `symbol` is normalised; prices are absolute.

    `price` is the sender's reference (for slippage), never the price we trade at. `target` is
    the state the sender's strategy is in after the order: flat closes whatever the quantity.
    """

    action: Action
    symbol: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    order_type: OrderType = "market"
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    target: Target | None = None
    sent_at: datetime | None = None
    alert_id: str | None = None

    @property
    def closes(self) -> bool:
        """Whether the whole position is to go, whatever the quantity says."""
        return self.action == "close" or self.target == "flat"


def as_json(intent: Intent) -> dict[str, object]:
    """The fields that are set, amounts as text, for the signal's row."""
    return {
        field.name: _plain(value)
        for field in fields(intent)
        if (value := getattr(intent, field.name)) is not None
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return as_text(value)
    return value.isoformat() if isinstance(value, datetime) else value
