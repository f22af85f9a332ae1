"""What a robot is: a folder in robots/library with `metadata.json` and `strategy.py`.

`strategy.py` has one function, `decide(view) -> Decision`. It is pure: the same view gives the
same decision, so that one code path serves every mode.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..marketdata.bars import Bar


class Target(StrEnum):
    """What the robot wants to hold after this bar."""

    LONG = "long"
    FLAT = "flat"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class View:
    """All a strategy may look at: completed bars (oldest first), its parameters, its position."""

    bars: Sequence[Bar]
    parameters: Mapping[str, Decimal]
    is_long: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The target, protection prices for an entry, and the reason in words a user may read."""

    target: Target
    reason: str
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a user may set, with its bounds. `level`: basic (few plans leave it out), or
    advanced; `whole`: takes whole numbers only."""

    name: str
    title: str
    level: str
    whole: bool
    default: Decimal
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of the catalogue: its metadata and its strategy."""

    id: str
    name: str
    description: str
    strategy_type: str
    asset_type: str
    symbols: tuple[str, ...]
    timeframe_minutes: int
    warm_up_bars: int
    version: str
    author: str
    access: str
    parameters: tuple[Parameter, ...]
    ordered: tuple[tuple[str, str], ...]  # parameters of which one must be below the other
    position_sizing: dict[str, Any]
    decide: Callable[[View], Decision]
    price_cents: int | None = None  # once, in US dollars; None: not sold by itself

    @property
    def defaults(self) -> dict[str, Decimal]:
        """The parameters' default values by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}
