"""Alerts that are one line of values: NAME=VALUE pairs, and values between commas."""

import re
from dataclasses import replace
from typing import Any, Literal, cast

from ...trading.intent import Intent
from ..reading import Refused, text_field
from .terms import compose

_PAIR = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]{0,39})\s*=\s*(.*?)\s*", re.DOTALL)
# Their names → the shared vocabulary.
_NAMES = {
    "signal": "action",
    "ticker": "symbol",
    "instrument": "symbol",
    "volume": "quantity",
    "stop_loss_price": "stop_loss",
    "take_profit_price": "take_profit",
    **{f"take_profit_price_{n}": f"take_profit_{n}" for n in range(2, 7)},
}
_COMMANDS = {
    "buy": "buy",
    "sell": "sell",
    "closelong": "close",
    "closeshort": "close",
    "closelongshort": "close",
}
_LICENCE = re.compile(r"\d{6,20}")


def pairs(text: str) -> Intent | None:
    """SYMBOL=SOLUSD;SIGNAL=BUY;VOLUME=25;STOP_PRICE=-8%;TAKE_PROFIT_PRICE=5%; also one a line."""
    parts = [part for part in re.split(r"[;\r\n]+", text) if part.strip()]
    found = [_PAIR.fullmatch(part) for part in parts]
    if not parts or not found[0]:
        return None
    alert: dict[str, Any] = {}
    for part, match in zip(parts, found, strict=True):
        if match is None:
            raise Refused(f"{part.strip()[:40]!r} is not a NAME=VALUE pair.")
        name = _named(match[1].lower(), match[2])
        if name in alert:
            raise Refused(f"{match[1]} is given twice.")
        alert[name] = match[2]
    return compose(alert, text_field(alert, "symbol"))


def commas(text: str) -> Intent | None:
    """70000000001,buy,EURUSD,risk=1,sl=20,tp=45: licence, command, symbol, parameters.

    `risk` is the percentage of the equity at risk; `sl` and `tp` are distances in the price's own
    currency. The licence is not read: the address holds the secret.
    """
    parts = [part.strip() for part in text.strip().split(",")]
    if len(parts) < 3 or not _LICENCE.fullmatch(parts[0]):
        return None
    command, symbol = parts[1].lower(), parts[2]
    if command not in _COMMANDS:
        raise Refused(f"The command is {parts[1]!r}: it must be one of {', '.join(_COMMANDS)}.")
    alert: dict[str, Any] = {"action": _COMMANDS[command]}
    for part in parts[3:]:
        name, is_pair, value = part.partition("=")
        alert |= _parameter(name.strip().lower(), value.strip()) if is_pair else {}
    closing = {"closelong": "long", "closeshort": "short"}.get(command)
    intent = compose(alert, symbol or None)
    return replace(intent, closing=cast(Literal["long", "short"] | None, closing))


def _parameter(name: str, value: str) -> dict[str, Any]:
    if name == "risk":
        return {"quantity": value, "quantity_type": "risk_percent"}
    if name in ("vol", "volume"):
        return {"quantity": value}
    levels = {"sl": "stop_loss", "tp": "take_profit"}
    if name in levels:
        unit = "percent" if value.endswith("%") else "amount"
        return {levels[name]: {unit: value.rstrip("%")}}
    raise Refused(f"The parameter {name[:40]!r} is not known: risk, vol, sl, tp.")


def _named(name: str, value: str) -> str:
    """STOP_PRICE is the stop loss where it is a distance, and an order's own price elsewhere."""
    if name == "stop_price" and value.endswith("%"):
        return "stop_loss"
    return _NAMES.get(name, name)
