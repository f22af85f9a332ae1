"""A bot's configuration between the wire and its row."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from ..errors import Invalid
from ..models import Bot
from ..money import as_text
from ..trading.symbols import SymbolRefused, normalise
from . import tuning
from .settings import Execution, PositionSizing, RiskManagement


class Robot(tuning.Tunable, Protocol):
    """What must be known of a robot to have a bot driven by it."""

    asset_type: str
    symbols: tuple[str, ...]


def chosen(robots: Mapping[str, Robot], plugin_id: str | None) -> Robot | None:
    """The robot of this id; None where none is named. Invalid if there is no such robot."""
    if plugin_id is None:
        return None
    if plugin_id not in robots:
        raise _invalid({"plugin_id": ["There is no such robot."]})
    return robots[plugin_id]


def checked(
    asset_type: str, config: Mapping[str, Any], robot: Robot | None = None
) -> dict[str, Any]:
    """The configuration with its symbols in our form; Invalid names the fields that don't fit
    what the bot trades. Without symbols a robot's bot trades all of the robot's."""
    wrong: dict[str, Any] = {}
    if asset_type == "crypto" and config.get("execution", {}).get("allow_short"):
        wrong["execution"] = {"allow_short": ["Crypto can't be sold short here."]}
    found = dict(config)
    if "symbols" in config:
        found["symbols"] = _symbols(asset_type, config["symbols"], wrong)
    if robot is not None:
        _fit(robot, asset_type, found, wrong)
    elif found.get("robot_parameters"):
        wrong["robot_parameters"] = ["Only a bot that a robot drives has these."]
    if wrong:
        raise _invalid(wrong)
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
        "robot_parameters": {name: Decimal(v) for name, v in bot.robot_parameters.items()},
    }


def _fit(robot: Robot, asset_type: str, found: dict[str, Any], wrong: dict[str, Any]) -> None:
    if robot.asset_type != asset_type:
        wrong["plugin_id"] = [f"This robot trades {robot.asset_type}."]
    elif "symbols" in found and "symbols" not in wrong:
        found["symbols"] = found["symbols"] or list(robot.symbols)
        foreign = [symbol for symbol in found["symbols"] if symbol not in robot.symbols]
        if foreign:
            wrong["symbols"] = [f"The robot does not trade {', '.join(foreign)}."]
    if "robot_parameters" in found:
        _tune(robot, found, wrong)


def _tune(robot: Robot, found: dict[str, Any], wrong: dict[str, Any]) -> None:
    given = found["robot_parameters"]
    if messages := tuning.misfits(robot, given):
        wrong["robot_parameters"] = messages
    else:
        found["robot_parameters"] = tuning.changed(robot, given)


def _invalid(wrong: dict[str, Any]) -> Invalid:
    return Invalid("invalid_input", "Some fields are missing or not valid.", {"fields": wrong})


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
