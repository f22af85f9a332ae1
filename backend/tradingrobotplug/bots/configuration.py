"""A bot's configuration between the wire and its row."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..errors import Invalid
from ..models import Bot
from ..money import as_text
from ..trading.symbols import SymbolRefused, normalise
from .schemas import Execution, PositionSizing, RiskManagement


def checked(asset_type: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its symbols in our form; Invalid names the fields that don't fit
    what the bot trades."""
    wrong: dict[str, Any] = {}
    if asset_type == "crypto" and config.get("execution", {}).get("allow_short"):
        wrong["execution"] = {"allow_short": ["Crypto can't be sold short here."]}
    found = dict(config)
    if "symbols" in config:
        found["symbols"] = _symbols(asset_type, config["symbols"], wrong)
    if wrong:
        sentence = "Some fields are missing or not valid."
        raise Invalid("invalid_input", sentence, {"fields": wrong})
    return found


def stored(config: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the row; amounts inside JSON are text, so that they stay exact."""
    return {
        name: _exact(value) if isinstance(value, dict) else value for name, value in config.items()
    }


def shown(bot: Bot) -> dict[str, Any]:
    """The nested parts of the configuration, every default filled in."""
    return {
        "position_sizing": PositionSizing().load(bot.position_sizing),
        "risk_management": RiskManagement().load(bot.risk_management),
        "execution": Execution().load(bot.execution),
    }


def _symbols(asset_type: str, raw: list[str], wrong: dict[str, Any]) -> list[str]:
    found: dict[str, None] = {}
    refused: dict[str, list[str]] = {}
    for index, text in enumerate(raw):
        try:
            found[normalise(text, asset_type)] = None
        except SymbolRefused as error:
            refused[str(index)] = [error.reason]
    if refused:
        wrong["symbols"] = refused
    return list(found)


def _exact(part: Mapping[str, Any]) -> dict[str, Any]:
    return {k: as_text(v) if isinstance(v, Decimal) else v for k, v in part.items()}
