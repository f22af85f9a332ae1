"""The plans on sale, as data. Nothing in code names one.

`plans.json` beside this file is a link to `shared-schemas/plans.json`, so that there is one copy to
edit; building a wheel follows the link and packs the file itself.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema


@dataclass(frozen=True, slots=True)
class Limits:
    """What is enforced; None means no limit."""

    bots: int
    webhooks_per_day: int
    robots: int | None
    history_days: int | None
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """The button under a plan: its text, and whether it starts, upgrades or asks for contact."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the comparison table; a None value means no limit."""

    key: str
    label: str
    value: object


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan, as it is sold."""

    id: str
    title: str
    default: bool
    popular: bool
    price_cents: int
    currency: str
    interval: str
    trial_days: int
    cta: Action
    limits: Limits
    live_trading: bool
    live_safeguards: bool
    api_access: bool
    robot_access: str
    early_access: bool
    customisation: str
    analytics: bool
    has_priority: bool
    features: tuple[Feature, ...]


@cache
def plans() -> tuple[Plan, ...]:
    """Every plan, from the smallest to the largest."""
    content, schema = _read("plans.json"), _read("plans.schema.json")
    jsonschema.validate(content, schema)
    return tuple(_plan(raw, content["features"]) for raw in content["plans"])


def plan_for(plan_id: str | None) -> Plan:
    """The plan with this id; the default one if there is none."""
    default = next(plan for plan in plans() if plan.default)
    return next((plan for plan in plans() if plan.id == plan_id), default)


def next_after(plan: Plan) -> Plan | None:
    """The next larger plan."""
    rank = plans().index(plan) + 1
    return plans()[rank] if rank < len(plans()) else None


def _plan(raw: dict[str, Any], features: list[dict[str, Any]]) -> Plan:
    sold, allowed = dict(raw), raw["entitlements"]
    del sold["entitlements"]
    return Plan(
        **sold
        | {
            "cta": Action(**raw["cta"]),
            "limits": Limits(**raw["limits"] | {"periods": tuple(raw["limits"]["periods"])}),
            "live_trading": allowed["live_trading"],
            "live_safeguards": allowed["live_safeguards"],
            "api_access": allowed["api_access"],
            "robot_access": allowed["robot_access"],
            "early_access": allowed["early_access"],
            "customisation": allowed["customisation"],
            "analytics": allowed["analytics"],
            "has_priority": allowed["execution"] == "priority",
            "features": tuple(
                Feature(row["key"], row["label"], _value(row, raw)) for row in features
            ),
        }
    )


def _value(row: dict[str, Any], plan: dict[str, Any]) -> object:
    if "limit" in row:
        return plan["limits"][row["limit"]]
    value = plan["entitlements"][row["entitlement"]] if "entitlement" in row else row["value"]
    return False if value == "none" else value


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return content
