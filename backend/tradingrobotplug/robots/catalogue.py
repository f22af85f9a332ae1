"""The robots there are: every folder of robots/library, checked against its schema."""

import importlib
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from ..errors import NotFound
from .robot import Parameter, Robot

_LIBRARY = Path(__file__).parent / "library"
_AMOUNT = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}

METADATA_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Robot metadata",
    "type": "object",
    "additionalProperties": False,
    "required": [
        "id",
        "name",
        "description",
        "strategy_type",
        "asset_type",
        "symbols",
        "timeframe_minutes",
        "warm_up_bars",
        "version",
        "author",
        "access",
        "position_sizing",
        "parameters",
    ],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]{2,63}$"},
        "name": {"type": "string", "minLength": 1, "maxLength": 80},
        "description": {"type": "string", "minLength": 1, "maxLength": 1000},
        "strategy_type": {"type": "string", "pattern": "^[a-z_]+$"},
        "asset_type": {"enum": ["stocks", "crypto"]},
        "symbols": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "timeframe_minutes": {"type": "integer", "minimum": 1, "maximum": 1440},
        "warm_up_bars": {"type": "integer", "minimum": 2, "maximum": 1000},
        "version": {"type": "string"},
        "author": {"type": "string"},
        "access": {"enum": ["free", "plan"]},
        "position_sizing": {"type": "object", "required": ["type", "value"]},
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "title", "default", "minimum", "maximum"],
                "properties": {
                    "name": {"type": "string"},
                    "title": {"type": "string"},
                    "default": _AMOUNT,
                    "minimum": _AMOUNT,
                    "maximum": _AMOUNT,
                },
            },
        },
    },
}


@cache
def robots() -> dict[str, Robot]:
    """Every robot by id, in the order of their names. A folder that breaks the rules raises."""
    folders = [path.parent for path in _LIBRARY.glob("*/metadata.json")]
    found = sorted((_load(folder) for folder in folders), key=lambda robot: robot.name)
    return {robot.id: robot for robot in found}


def robot(robot_id: str) -> Robot:
    """One robot, or NotFound."""
    found = robots().get(robot_id)
    if found is None:
        raise NotFound("robot_not_found", "There is no such robot.", {"robot": robot_id})
    return found


def _load(folder: Path) -> Robot:
    metadata = json.loads((folder / "metadata.json").read_text())
    jsonschema.validate(metadata, METADATA_SCHEMA)
    if metadata["id"] != folder.name:
        raise ValueError(f"{folder.name}/metadata.json says id {metadata['id']!r}")
    strategy = importlib.import_module(f"{__package__}.library.{folder.name}.strategy")
    parameters = tuple(_parameter(entry) for entry in metadata.pop("parameters"))
    symbols = tuple(metadata.pop("symbols"))
    return Robot(**metadata, symbols=symbols, parameters=parameters, decide=strategy.decide)


def _parameter(entry: dict[str, str]) -> Parameter:
    return Parameter(
        name=entry["name"],
        title=entry["title"],
        default=Decimal(entry["default"]),
        minimum=Decimal(entry["minimum"]),
        maximum=Decimal(entry["maximum"]),
    )
