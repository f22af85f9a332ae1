"""What an alert asks for, whatever format it came in."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ..money import as_text

Action = Literal["buy", "sell", "close", "cancel"]
Target = Literal["long", "short", "flat"]
OrderType = Literal["market", "limit", "stop", "stop_limit", "trailing_stop"]
TimeInForce = Literal["day", "gtc", "ioc", "fok", "opg", "cls"]
QuantityKind = Literal[
    "units", "dollars", "percent_of_equity", "percent_of_position", "risk_dollars", "risk_percent"
]
EVERY_SYMBOL = "*"  # of a close or a cancel that names none: everything the bot holds


@dataclass(frozen=True, slots=True)
class Level:
    """Where protection stands: a price, or a distance from the entry's average price, in percent
    of it or in the price's own currency; never negative."""

    value: Decimal
    unit: Literal["price", "percent", "amount"] = "price"


@dataclass(frozen=True, slots=True)
class StopLoss:
    """Where a losing trade ends. Of a trailing stop the level is the distance that it keeps."""

    at: Level
    type: Literal["stop", "stop_limit", "trailing_stop"] = "stop"
    limit: Level | None = None  # of a stop-limit order


@dataclass(frozen=True, slots=True)
class TakeProfit:
    """Where a winning trade ends, for this share of the position in percent."""

    at: Level
    share: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Reported:
    """A strategy's position as it reports it; a size is never negative."""

    position: Target | None = None
    size: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """An alert in our words. `symbol` is normalised, or EVERY_SYMBOL.

    `price` is the sender's reference (for slippage), never the price we trade at. `target` is
    the state the sender's strategy is in after the order: flat closes whatever the quantity;
    `target_size` how many units it then holds. `previous` is what it held before.
    """

    action: Action
    symbol: str
    quantity: Decimal | None = None
    quantity_kind: QuantityKind = "units"
    price: Decimal | None = None
    stop_loss: StopLoss | None = None
    take_profits: tuple[TakeProfit, ...] = ()
    order_type: OrderType = "market"
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Level | None = None  # of a trailing stop order: percent or amount
    time_in_force: TimeInForce | None = None  # None: what the bot and the venue use
    extended_hours: bool | None = None
    target: Target | None = None
    target_size: Decimal | None = None
    previous: Reported | None = None
    closing: Literal["long", "short"] | None = None  # which side a close means; None: whatever is
    adds: bool = False  # only to a position that is there already
    cancels: bool = False  # open orders of the symbol go first
    delay_seconds: int = 0
    sent_at: datetime | None = None
    max_age_seconds: int | None = None  # the sender's own limit
    alert_id: str | None = None
    note: str | None = None  # what the reader should know, for the signal's log

    @property
    def closes(self) -> bool:
        """Whether the whole position is to go, whatever the quantity says."""
        if self.target == "flat":
            return True
        return self.action == "close" and self.quantity is None


_IN_WORDS: dict[str, str] = {
    "units": "{}",
    "dollars": "${}",
    "percent_of_equity": "{} % of the equity of",
    "percent_of_position": "{} % of",
    "risk_dollars": "${} at risk of",
    "risk_percent": "{} % of the equity at risk of",
}


def quantity_in_words(quantity: str, kind: str) -> str:
    """What a quantity counts, as it stands before a symbol: 0.01, $500, 50 % of."""
    return _IN_WORDS[kind].format(quantity)


def summary(intent: Intent) -> str:
    """What is asked for, in a few words: buy 0.001 BTC-USD towards long."""
    target = f" towards {intent.target}" if intent.target else ""
    quantity = ""
    if intent.quantity:
        quantity = f" {quantity_in_words(as_text(intent.quantity), intent.quantity_kind)}"
    symbol = "everything" if intent.symbol == EVERY_SYMBOL else intent.symbol
    return f"{intent.action}{quantity} {symbol}{target}"


def as_json(intent: Intent) -> dict[str, object]:
    """The fields that say something, amounts as text, for the signal's row."""
    found = _fields(intent)
    assert isinstance(found, dict)
    return found


def _fields(value: object) -> object:
    if isinstance(value, Decimal):
        return as_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_fields(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return {n: _fields(v) for n, v in given.items() if v not in (None, (), False, 0)}
    return value
