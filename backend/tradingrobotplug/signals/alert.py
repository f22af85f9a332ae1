"""Raw body → what the sender asks for. One small function per format; the first that fits reads."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from ..trading.intent import Action, Intent, Level, OrderType, StopLoss, TakeProfit, Target
from ..trading.symbols import SymbolRefused, normalise
from .reading import Refused, amount_field, json_object, moment_field, text_field

_ACTIONS = ("buy", "sell", "close")
_TARGETS = ("long", "short", "flat")
_ORDER_TYPES = ("market", "limit", "stop")

Parser = Callable[[dict[str, Any]], Intent | None]


@dataclass(frozen=True, slots=True)
class Read:
    """An alert as it was read, before the bot is known: its symbol is still the sender's."""

    parser: str
    intent: Intent


def read(body: bytes) -> Read:
    """Read the body by the first format that fits. Refused says why none does."""
    alert = json_object(body)
    for parser in PARSERS:
        intent = parser(alert)
        if intent is not None:
            return Read(parser.__name__, intent)
    raise Refused("The alert has no action and symbol that can be read.")


def parse(body: bytes, asset_type: str) -> Read:
    """Read the body for a bot that trades `asset_type`: the symbol is normalised. Refused."""
    found = read(body)
    try:
        symbol = normalise(found.intent.symbol, asset_type)
    except SymbolRefused as error:
        raise Refused(error.reason) from error
    return replace(found, intent=replace(found.intent, symbol=symbol))


def dedup_key(body: bytes, alert_id: str | None) -> tuple[str, bool]:
    """The key that makes a repeat recognisable, and whether it is the sender's own id."""
    if alert_id is None:
        return "body:" + hashlib.sha256(body).hexdigest(), False
    if len(alert_id) <= 64:
        return f"id:{alert_id}", True
    return "id:" + hashlib.sha256(alert_id.encode()).hexdigest(), True


def is_exit(intent: Intent, allow_short: bool) -> bool:
    """Whether the alert can only reduce what the bot holds; staleness does not stop an exit."""
    return intent.closes or (intent.action == "sell" and not allow_short)


def plain(alert: dict[str, Any]) -> Intent | None:
    """{"action": "buy", "symbol": "BTC-USD", "quantity": 0.001, "stopLoss": 49000, …}"""
    if "symbol" not in alert or "sentiment" in alert or "market_position" in alert:
        return None
    return _intent(alert, text_field(alert, "symbol"))


def strategy(alert: dict[str, Any]) -> Intent | None:
    """{"ticker": "AAPL", "action": "sell", "sentiment": "flat", "quantity": "10", …}"""
    position = text_field(alert, "sentiment", "market_position")
    if position is None:
        return None
    intent = _intent(alert, text_field(alert, "ticker", "symbol"))
    target = cast(Target, _word("sentiment", position, _TARGETS))
    if (intent.action, target) in (("buy", "short"), ("sell", "long")) and intent.quantity is None:
        raise Refused(f"{intent.action} towards {target} needs a quantity.")
    return replace(intent, target=target)


def indicator(alert: dict[str, Any]) -> Intent | None:
    """{"ticker": "AAPL", "action": "buy", "price": "151.2", "time": "2026-01-05T15:00:03Z", …}"""
    if "ticker" not in alert:
        return None
    return _intent(alert, text_field(alert, "ticker"))


PARSERS: tuple[Parser, ...] = (plain, strategy, indicator)


def _intent(alert: dict[str, Any], symbol: str | None) -> Intent:
    action = text_field(alert, "action")
    if action is None:
        raise Refused("The alert has no action: buy, sell or close.")
    if symbol is None:
        raise Refused("The alert names no symbol.")
    return Intent(
        action=cast(Action, _word("action", action, _ACTIONS)),
        symbol=symbol,
        quantity=_quantity(alert, action),
        price=amount_field(alert, "price"),
        stop_loss=_stop_loss(alert),
        take_profits=_take_profits(alert),
        sent_at=_sent_at(alert),
        alert_id=text_field(alert, "order_id", "signal_id", "alert_id", "id"),
        **_order_terms(alert),
    )


def _stop_loss(alert: dict[str, Any]) -> StopLoss | None:
    price = amount_field(alert, "stop_loss")
    return None if price is None else StopLoss(Level(price))


def _take_profits(alert: dict[str, Any]) -> tuple[TakeProfit, ...]:
    price = amount_field(alert, "take_profit")
    return () if price is None else (TakeProfit(Level(price)),)


def _order_terms(alert: dict[str, Any]) -> dict[str, Any]:
    kind = cast(
        OrderType,
        _word("order_type", text_field(alert, "order_type") or "market", _ORDER_TYPES),
    )
    limit, stop = amount_field(alert, "limit_price"), amount_field(alert, "stop_price")
    if kind == "limit" and limit is None:
        raise Refused("A limit order needs limit_price.")
    if kind == "stop" and stop is None:
        raise Refused("A stop order needs stop_price.")
    return {"order_type": kind, "limit_price": limit, "stop_price": stop}


def _quantity(alert: dict[str, Any], action: str) -> Any:
    # A strategy that goes flat may say 0 contracts: what closes needs no quantity.
    position = str(alert.get("sentiment") or alert.get("market_position") or "").strip().lower()
    if action.lower() == "close" or position == "flat":
        return None
    return amount_field(alert, "quantity", "contracts")


def _sent_at(alert: dict[str, Any]) -> datetime | None:
    return moment_field(alert, "timenow", "timestamp", "time")


def _word(field: str, value: str, allowed: tuple[str, ...]) -> str:
    word = value.lower()
    if word not in allowed:
        raise Refused(f"{field} is {value!r}: it must be one of {', '.join(allowed)}.")
    return word
