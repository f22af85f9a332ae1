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
_SCHEMA = Path(__file__).parent / "robot.schema.json"  # packaged from shared-schemas/


@cache
def robots() -> dict[str, Robot]:
    """Every robot by id, in the order of their names. A folder that breaks the rules raises."""
    folders = [path.parent for path in _LIBRARY.glob("*/metadata.json")]
    found = sorted((_load(folder) for folder in folders), key=lambda robot: robot.name)
    return {robot.id: robot for robot in found}


def terms() -> dict[str, str]:
    """On which terms each robot is offered, by its id."""
    return {robot.id: robot.access for robot in robots().values()}


def robot(robot_id: str) -> Robot:
    """One robot, or NotFound."""
    found = robots().get(robot_id)
    if found is None:
        raise NotFound("robot_not_found", "There is no such robot.", {"robot": robot_id})
    return found


def _load(folder: Path) -> Robot:
    metadata = json.loads((folder / "metadata.json").read_text())
    jsonschema.validate(metadata, json.loads(_SCHEMA.read_text()))
    if metadata["id"] != folder.name:
        raise ValueError(f"{folder.name}/metadata.json says id {metadata['id']!r}")
    strategy = importlib.import_module(f"{__package__}.library.{folder.name}.strategy")
    parameters = tuple(_parameter(entry) for entry in metadata.pop("parameters"))
    symbols = tuple(metadata.pop("symbols"))
    ordered = tuple((lower, upper) for lower, upper in metadata.pop("ordered", ()))
    return Robot(
        **metadata,
        symbols=symbols,
        parameters=parameters,
        ordered=ordered,
        decide=strategy.decide,
    )


def _parameter(entry: dict[str, Any]) -> Parameter:
    return Parameter(
        name=entry["name"],
        title=entry["title"],
        level=entry["level"],
        whole=entry["whole"],
        default=Decimal(entry["default"]),
        minimum=Decimal(entry["minimum"]),
        maximum=Decimal(entry["maximum"]),
    )
