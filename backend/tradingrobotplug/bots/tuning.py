"""A robot's settings on one bot: what fits the robot, and what the user's plan lets them change.

A bot keeps what differs from the robot's defaults. What a plan no longer allows is kept as well,
and not used, until a plan allows it again.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from ..money import as_text
from ..plans.entitlements import Entitlements, refuse_unless

Values = Mapping[str, Decimal]
Messages = dict[str, list[str]]


class Parameter(Protocol):
    """What must be known of a robot's setting; the catalogue's parameters have it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def default(self) -> Decimal: ...
    @property
    def minimum(self) -> Decimal: ...
    @property
    def maximum(self) -> Decimal: ...


class Tunable(Protocol):
    """A robot with its settings, and which of them must lie below which: (lower, upper)."""

    @property
    def parameters(self) -> Sequence[Parameter]: ...
    @property
    def ordered(self) -> Collection[tuple[str, str]]: ...


def misfits(robot: Tunable, given: Values) -> Messages:
    """What is wrong with these values of the robot's settings, by their names."""
    known = {parameter.name: parameter for parameter in robot.parameters}
    wrong: Messages = {name: ["The robot has no such setting."] for name in given.keys() - known}
    for name in given.keys() & known.keys():
        if problem := _problem(known[name], given[name]):
            wrong[name] = [problem]
    return wrong or _disorder(robot, given)


def changed(robot: Tunable, given: Values) -> dict[str, str]:
    """What differs from the robot's defaults, as it is stored."""
    return {
        parameter.name: as_text(given[parameter.name])
        for parameter in robot.parameters
        if parameter.name in given and given[parameter.name] != parameter.default
    }


def refuse_beyond_plan(
    allowed: Entitlements, robot: Tunable, wanted: Mapping[str, str], kept: Mapping[str, str]
) -> None:
    """PlanLimitReached for a setting that the plan does not let its user change. `wanted` and
    `kept`: what is to be stored, and what was; a value that stays is not a change."""
    for parameter in robot.parameters:
        name = parameter.name
        if wanted.get(name) in (None, kept.get(name)):
            continue
        level = parameter.level
        refuse_unless(
            lambda plan, level=level: plan.tunes(level),  # type: ignore[misc]
            allowed,
            "customisation",
            allowed.customisation,
            f"The {allowed.plan_title} plan keeps this setting of the robot as it is: "
            f"{parameter.title}.",
        )


def in_force(
    robot: Tunable, stored: Mapping[str, str], allowed: Entitlements
) -> tuple[tuple[str, Decimal], ...]:
    """Of a bot's stored settings those that count: the robot has them, and the plan allows them;
    all or nothing where the plan leaves values that do not fit each other."""
    values = {
        parameter.name: Decimal(stored[parameter.name])
        for parameter in robot.parameters
        if parameter.name in stored and allowed.tunes(parameter.level)
    }
    return () if misfits(robot, values) else tuple(sorted(values.items()))


def _problem(parameter: Parameter, value: Decimal) -> str | None:
    if not parameter.minimum <= value <= parameter.maximum:
        return f"Must be from {as_text(parameter.minimum)} to {as_text(parameter.maximum)}."
    if parameter.whole and value != value.to_integral_value():
        return "Must be a whole number."
    return None


def _disorder(robot: Tunable, given: Values) -> Messages:
    """Named at the one that was given; at the upper one of two."""
    titles = {parameter.name: parameter.title for parameter in robot.parameters}
    values = {parameter.name: parameter.default for parameter in robot.parameters} | dict(given)
    wrong: Messages = {}
    for lower, upper in robot.ordered:
        if values[lower] < values[upper]:
            continue
        if upper in given:
            wrong[upper] = [f"Must be above “{titles[lower]}” ({as_text(values[lower])})."]
        else:
            wrong[lower] = [f"Must be below “{titles[upper]}” ({as_text(values[upper])})."]
    return wrong
