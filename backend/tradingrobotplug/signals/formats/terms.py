"""The terms that alerts share, whatever their format: one vocabulary, read into an Intent."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast, get_args

from ...trading.intent import (
    Action,
    Intent,
    Level,
    OrderType,
    QuantityKind,
    Reported,
    Target,
    TimeInForce,
)
from ..reading import Refused, amount_field, flag_field, moment_field, size_field, text_field
from .protection import stop_loss, take_profits

ACTIONS: dict[str, Action] = {
    "buy": "buy",
    "sell": "sell",
    "close": "close",
    "exit": "close",
    "cancel": "cancel",
    "add": "buy",
}
KINDS: dict[str, QuantityKind] = {
    "units": "units",
    "fixed_quantity": "units",
    "dollars": "dollars",
    "dollar_amount": "dollars",
    "percent_of_equity": "percent_of_equity",
    "percent_of_position": "percent_of_position",
    "risk_dollars": "risk_dollars",
    "risk_dollar_amount": "risk_dollars",
    "risk_percent": "risk_percent",
}
TARGETS = get_args(Target)
ORDER_TYPES = get_args(OrderType)
TIMES_IN_FORCE = get_args(TimeInForce)
QUANTITY = ("quantity", "contracts", "qty", "order_contracts", "size", "volume")
_IDS = ("order_id", "signal_id", "alert_id", "id")
_LONGEST_DELAY = 300


def compose(alert: dict[str, Any], symbol: str | None) -> Intent:
    """The intent of an alert in the shared vocabulary. Refused says what is wrong with it."""
    action = text_field(alert, "action")
    if action is None:
        raise Refused("The alert has no action: buy, sell or close.")
    if symbol is None:
        raise Refused("The alert names no symbol.")
    quantity, kind = _quantity(alert, action.lower())
    return Intent(
        action=ACTIONS[one_of("action", action, tuple(ACTIONS))],
        symbol=symbol,
        quantity=quantity,
        quantity_kind=kind,
        price=amount_field(alert, "price", "signal_price"),
        stop_loss=stop_loss(alert),
        take_profits=take_profits(alert),
        adds=action.lower() == "add",
        cancels=flag_field(alert, "cancel") or False,
        delay_seconds=_delay(alert),
        sent_at=sent_at(alert),
        alert_id=text_field(alert, *_IDS),
        note=_note(alert),
        previous=_previous(alert),
        **_order_terms(alert),
    )


def towards(intent: Intent, alert: dict[str, Any], position: str) -> Intent:
    """The intent of a strategy that says where it stands after the order."""
    target = cast(Target, one_of("sentiment", position, TARGETS))
    size = size_field(alert, "position_size", "market_position_size")
    if (intent.action, target) in (("buy", "short"), ("sell", "long")) and not (
        intent.quantity or size
    ):
        raise Refused(f"{intent.action} towards {target} needs a quantity.")
    if target == "flat":
        return replace(intent, target=target, quantity=None)
    return replace(intent, target=target, target_size=size or None)


def one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    """The word in lower case. Refused lists what it may be."""
    word = value.lower()
    if word not in allowed:
        raise Refused(f"{field} is {value!r}: it must be one of {', '.join(allowed)}.")
    return word


def sent_at(alert: dict[str, Any]) -> datetime | None:
    """When the sender says that it wrote the alert."""
    return moment_field(alert, "timenow", "timestamp", "time")


def position_of(alert: dict[str, Any]) -> str | None:
    """Where the strategy says it stands."""
    return text_field(alert, "sentiment", "market_position")


def _quantity(alert: dict[str, Any], action: str) -> tuple[Any, QuantityKind]:
    # A strategy that goes flat may say 0 contracts: what closes needs no quantity.
    if str(position_of(alert) or "").lower() == "flat":
        return None, "units"
    given = text_field(alert, "quantity_type")
    if given is not None:
        kind = KINDS[one_of("quantity_type", given, tuple(KINDS))]
        return amount_field(alert, *QUANTITY), kind
    written = text_field(alert, *QUANTITY)
    if written is not None and written.endswith("%"):
        share = amount_field({"quantity": written[:-1]}, "quantity")
        return share, "percent_of_equity" if action in ("buy", "add") else "percent_of_position"
    # Ours closes all it holds; the contracts that a sender adds are those of its own book.
    return (None if action == "close" else amount_field(alert, *QUANTITY)), "units"


def _order_terms(alert: dict[str, Any]) -> dict[str, Any]:
    written = (text_field(alert, "order_type") or "market").lower().replace(" ", "_")
    kind = cast(OrderType, one_of("order_type", written, ORDER_TYPES))
    limit = _price(alert, "limit_price", kind) if kind in ("limit", "stop_limit") else None
    stop = _price(alert, "stop_price", kind) if kind in ("stop", "stop_limit") else None
    force = text_field(alert, "time_in_force")
    return {
        "order_type": kind,
        "limit_price": limit,
        "stop_price": stop,
        "trail": _trail(alert, kind),
        "time_in_force": one_of("time_in_force", force, TIMES_IN_FORCE) if force else None,
        "extended_hours": flag_field(alert, "extended_hours"),
    }


def _price(alert: dict[str, Any], name: str, kind: OrderType) -> Decimal:
    price = amount_field(alert, name)
    if price is None:
        raise Refused(f"A {kind.replace('_', '-')} order needs {name}.")
    return price


def _trail(alert: dict[str, Any], kind: OrderType) -> Level | None:
    if kind != "trailing_stop":
        return None
    percent = amount_field(alert, "trail_percent")
    amount = amount_field(alert, "trail_amount", "trail_price")
    if percent is not None:
        return Level(percent, "percent")
    if amount is not None:
        return Level(amount, "amount")
    raise Refused("A trailing stop order needs trail_percent or trail_amount.")


def _previous(alert: dict[str, Any]) -> Reported | None:
    position = text_field(alert, "prev_market_position")
    size = size_field(alert, "prev_market_position_size")
    if position is None and size is None:
        return None
    word = one_of("prev_market_position", position, TARGETS) if position else None
    return Reported(cast(Target | None, word), size)


def _delay(alert: dict[str, Any]) -> int:
    given = size_field(alert, "delay")
    if given is None:
        return 0
    if given > _LONGEST_DELAY:
        raise Refused(f"delay is {given} s: at most {_LONGEST_DELAY} s.")
    return int(given)


def _note(alert: dict[str, Any]) -> str | None:
    exchange = text_field(alert, "exchange") or ""
    if exchange.upper().endswith(("_DL", "_DLY")):
        return f"The sender's data is delayed ({exchange})."
    return None
