"""Who holds an order that guards: the venue, or we until its price is reached.

A venue lets a unit be sold by one order only. So a target and a stop rest there as one order, or
the stop rests and we watch for the target.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..brokers.capabilities import Capabilities
from ..brokers.venues import capabilities_of
from .levels import Leg, slices


@dataclass(frozen=True, slots=True)
class Place:
    """A venue as it is to one entry. `refuses`: an order that guards it was refused, or its entry
    still works there, so that what would guard it is refused."""

    venue: str
    unsupported: Collection[str] = ()
    refuses: bool = False

    @property
    def takes(self) -> Capabilities:
        """What the venue takes of anybody."""
        return capabilities_of(self.venue)

    def holds(self, order_type: str) -> bool:
        """Whether orders of this type may rest there."""
        return order_type in self.takes.types and order_type not in self.unsupported


@dataclass(frozen=True, slots=True)
class Guard:
    """One order that guards, and whether we hold it."""

    leg: Leg
    held: bool


def guarded(
    protection: Mapping[str, Any], price: Decimal, is_long: bool, quantity: Decimal, place: Place
) -> list[tuple[Decimal, list[Guard]]]:
    """How a quantity of an entry at this average price is guarded, part by part."""
    if not place.takes.fractions_rest and quantity % 1 == 0:
        protection = dict(protection) | {"quantity_step": "1"}  # what the venue can guard
    parts = slices(protection, price, is_long, quantity)
    return [(part.quantity, arrange(part.legs, part.quantity, place)) for part in parts]


def arrange(legs: Sequence[Leg], quantity: Decimal, place: Place) -> list[Guard]:
    """The orders that guard a quantity by these legs, at most one stop and one target."""
    if place.takes.pairs == "group":
        return [Guard(leg, held=False) for leg in legs]
    if place.refuses or (quantity % 1 and not place.takes.fractions_rest):
        return [Guard(leg, held=True) for leg in legs]
    stop = next((leg for leg in legs if leg.name == "stop_loss"), None)
    target = next((leg for leg in legs if leg.name == "take_profit"), None)
    if stop and target and stop.type in place.takes.pair_stops and place.holds("bracket"):
        return [Guard(_pair(stop, target), held=False)]
    found = []
    if stop:
        found.append(Guard(stop, held=not place.holds(stop.type)))
    if target:
        found.append(Guard(target, held=stop is not None))
    return found


def _pair(stop: Leg, target: Leg) -> Leg:
    return Leg(
        "bracket",
        "bracket",
        stop_price=stop.stop_price,
        limit_price=target.limit_price,
        stop_limit_price=stop.limit_price,
    )
