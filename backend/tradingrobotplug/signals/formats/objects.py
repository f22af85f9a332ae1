"""Our own JSON formats and those of TradingView's users."""

from dataclasses import replace
from typing import Any, Literal, cast

from ...trading.intent import Intent
from ..reading import Refused, text_field
from .terms import compose, one_of, position_of, towards

_DIRECTIONS = {"long": "buy", "short": "sell", "buy": "buy", "sell": "sell", "close": "close"}


def plain(alert: dict[str, Any]) -> Intent | None:
    """{"action": "buy", "symbol": "BTC-USD", "quantity": 0.001, "stopLoss": 49000, …}"""
    if "symbol" not in alert:
        return None
    return compose(alert, text_field(alert, "symbol"))


def strategy(alert: dict[str, Any]) -> Intent | None:
    """{"ticker": "AAPL", "action": "sell", "sentiment": "flat", "quantity": "10", …}, also
    {"symbol": "AAPL", "action": "buy", "quantity": "100", "position_size": "200"}"""
    position = position_of(alert)
    sized = alert.get("position_size")
    if position is None and sized in (None, ""):
        return None
    intent = compose(alert, text_field(alert, "ticker", "symbol"))
    if position is None:
        position = _side_after(intent, str(sized))
    return towards(intent, alert, position)


def indicator(alert: dict[str, Any]) -> Intent | None:
    """{"ticker": "AAPL", "action": "buy", "price": "151.2", "time": "2026-01-05T15:00:03Z", …}"""
    if "ticker" not in alert:
        return None
    return compose(alert, text_field(alert, "ticker"))


def direction(alert: dict[str, Any]) -> Intent | None:
    """{"direction": "close", "symbol": "ETH-USD", "size": "50%"}"""
    word = text_field(alert, "direction")
    if word is None or "action" in alert:
        return None
    terms = alert | {"action": _DIRECTIONS[one_of("direction", word, tuple(_DIRECTIONS))]}
    size = text_field(alert, "size") or ""
    if size and not size.endswith("%"):
        terms |= {"quantity_type": "units"}
    return compose(terms, text_field(alert, "symbol", "ticker"))


def flat_side(alert: dict[str, Any]) -> Intent | None:
    """{"order_action": "flat", "ticker": "BTCUSD", "order_contracts": "0.10",
    "close_side": "long"}"""
    word = text_field(alert, "order_action")
    if word is None or "action" in alert:
        return None
    is_flat = word.lower() == "flat"
    intent = compose(
        alert | {"action": "close" if is_flat else word}, text_field(alert, "ticker", "symbol")
    )
    side = text_field(alert, "close_side")
    if side is None:
        return intent
    if not is_flat:
        raise Refused("close_side goes with the order_action flat.")
    closing = cast(Literal["long", "short"], one_of("close_side", side, ("long", "short")))
    return replace(intent, closing=closing)


def _side_after(intent: Intent, size: str) -> str:
    """A size without a side: negative is short, zero is flat."""
    if size.strip().lstrip("+-").strip("0.") == "":
        return "flat"
    return "short" if size.strip().startswith("-") or intent.action == "sell" else "long"
