"""Alerts in words, as people type them into a message box."""

import re
from typing import Any

from ...trading.intent import EVERY_SYMBOL, Intent
from ..reading import Refused
from .terms import compose

_SYMBOL = r"(?P<symbol>[A-Z][A-Z0-9]*(?:[:./_-][A-Z0-9]+)*!?)"
_AMOUNT = r"(?P<dollar>\$)?(?P<amount>\d[\d,]*(?:\.\d+)?|\.\d+)(?P<percent>\s*%)?"
_ORDER = re.compile(
    rf"(?P<action>BUY|SELL)(?:\s+{_AMOUNT}(?:\s+(?:SHARES?|UNITS?|COINS?|CONTRACTS?))?(?:\s+OF)?)?"
    rf"\s+{_SYMBOL}(?:\s+(?:AT|@)\s+(?P<price>\d[\d,]*(?:\.\d+)?)(?:\s+(?P<type>LIMIT|STOP))?)?",
)
_END = re.compile(
    rf"(?P<action>CLOSE|EXIT|FLATTEN|CANCEL)(?:\s+(?P<amount>\d+(?:\.\d+)?)\s*%(?:\s+OF)?)?"
    rf"(?:\s+(?:ALL|EVERYTHING)|\s+{_SYMBOL})?"
)


def words(text: str) -> Intent | None:
    """buy 10 shares of AAPL · close NVDA · FLATTEN · buy 0.5 BTCUSD at 64250 limit"""
    line = " ".join(text.upper().split()).rstrip(".")
    found = _END.fullmatch(line)
    if found:
        return _ending(found)
    found = _ORDER.fullmatch(line)
    return _order(found) if found else None


def _order(found: re.Match[str]) -> Intent:
    alert: dict[str, Any] = {"action": found["action"].lower()}
    if found["amount"]:
        alert["quantity"] = found["amount"].replace(",", "")
        alert |= _kind(found)
    if found["price"]:
        price, kind = found["price"].replace(",", ""), (found["type"] or "").lower()
        alert |= {"order_type": kind, f"{kind}_price": price} if kind else {"price": price}
    return compose(alert, found["symbol"])


def _kind(found: re.Match[str]) -> dict[str, str]:
    if found["dollar"] and found["percent"]:
        raise Refused("An amount is in dollars or in percent, not both.")
    if found["dollar"]:
        return {"quantity_type": "dollars"}
    if not found["percent"]:
        return {}
    is_entry = found["action"] == "BUY"
    return {"quantity_type": "percent_of_equity" if is_entry else "percent_of_position"}


def _ending(found: re.Match[str]) -> Intent:
    action = "cancel" if found["action"] == "CANCEL" else "close"
    alert: dict[str, Any] = {"action": action}
    if found["amount"]:
        alert |= {"quantity": found["amount"], "quantity_type": "percent_of_position"}
    return compose(alert, found["symbol"] or EVERY_SYMBOL)
