"""The JSON that other alert services document, so that their users change the address only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ...trading.intent import Intent
from ..reading import Refused, amount_field, moment_field, size_field, text_field
from .terms import compose, position_of, towards

_TRADERSPOST = ("quantity_type", "signal_price", "extras")
_SIDES = {
    "buy": ("buy", None),
    "sell": ("sell", None),
    "enter_long": ("buy", "long"),
    "exit_long": ("close", None),
    "enter_short": ("sell", "short"),
    "exit_short": ("close", None),
}
_CURRENCIES = {"base": "units", "quote": "dollars"}
_LONGEST_LAG = timedelta(days=1)


def traderspost(alert: dict[str, Any]) -> Intent | None:
    """{"ticker": "AAPL", "action": "buy", "quantityType": "dollar_amount", "quantity": 500,
    "stopLoss": {"type": "trailing_stop", "trailPercent": 2}, "signalPrice": 151.2, …}

    docs.traderspost.io, 'Webhooks'; `extras` is the sender's own and is not read.
    """
    is_theirs = any(name in alert for name in _TRADERSPOST)
    if not (is_theirs or isinstance(alert.get("stop_loss"), dict)):
        return None
    intent = compose(_exit_in_part(alert), text_field(alert, "ticker", "symbol"))
    position = position_of(alert)
    return towards(intent, alert, position) if position else intent


def threecommas(alert: dict[str, Any]) -> Intent | None:
    """{"secret": "…", "max_lag": "300", "timestamp": "…", "tv_exchange": "BINANCE",
    "tv_instrument": "BTCUSDT", "action": "buy", "strategy_info": {"market_position": "long", …},
    "order": {"amount": "0.01", "currency_type": "base"}}

    Their secret is not read: the address holds ours.
    """
    if "tv_instrument" not in alert:
        return None
    word = (text_field(alert, "action") or "").lower()
    if word not in _SIDES:
        raise Refused(f"action is {word!r}: it must be one of {', '.join(_SIDES)}.")
    action, target = _SIDES[word]
    info, order = (_inner(alert, name) for name in ("strategy_info", "order"))
    terms = _amount(order) | {
        "action": action,
        "price": order.get("price") or alert.get("trigger_price"),
        "timestamp": alert.get("timestamp"),
        **{name: info.get(name) for name in info if name.startswith(("market_", "prev_market_"))},
    }
    intent = compose(terms, _their_symbol(alert))
    intent = replace(intent, max_age_seconds=_lag(alert))
    if action == "close":
        return replace(intent, closing="long" if word == "exit_long" else "short")
    position = position_of(info) or target
    return towards(intent, info, position) if position else intent


def _exit_in_part(alert: dict[str, Any]) -> dict[str, Any]:
    """An exit with a quantity closes so many units; without one, everything."""
    is_exit = str(alert.get("action")).lower() == "exit"
    if not is_exit or alert.get("quantity") is None or alert.get("quantity_type"):
        return alert
    return alert | {"quantity_type": "fixed_quantity"}


def _amount(order: dict[str, Any]) -> dict[str, Any]:
    amount = amount_field(order, "amount")
    if amount is None:
        return {}
    written = (text_field(order, "currency_type") or "base").lower()
    if written not in _CURRENCIES:
        raise Refused(f"currency_type is {written!r}: it must be one of {', '.join(_CURRENCIES)}.")
    return {"quantity": amount, "quantity_type": _CURRENCIES[written]}


def _their_symbol(alert: dict[str, Any]) -> str | None:
    exchange, symbol = text_field(alert, "tv_exchange"), text_field(alert, "tv_instrument")
    return f"{exchange}:{symbol}" if exchange and symbol else symbol


def _lag(alert: dict[str, Any]) -> int | None:
    given = size_field(alert, "max_lag")
    if given is None:
        return None
    if moment_field(alert, "timestamp") is None:
        raise Refused("max_lag needs a timestamp.")
    return min(int(given), int(_LONGEST_LAG.total_seconds()))


def _inner(alert: dict[str, Any], name: str) -> dict[str, Any]:
    found = alert.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused(f"{name} is not an object.")
    return found
