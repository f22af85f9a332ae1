"""Entries that bring their protection along, where their venue can hold it from the start.

Only levels given as prices can be sent before the entry's own price is known.
"""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..brokers.broker import Attached
from ..brokers.capabilities import Capabilities
from ..brokers.venues import capabilities_of
from ..models import Order
from .terms import Terms


def attach(terms: Terms, venue: str, quantity: Decimal, unsupported: Collection[str]) -> Terms:
    """The terms, marked as attached if the venue can hold all of their protection."""
    takes = capabilities_of(venue)
    if not _can_hold(terms, takes, quantity) or "bracket" in unsupported:
        return terms
    return replace(terms, protection=terms.protection | {"attached": True})


def attached(order: Order) -> Attached | None:
    """What the order brings along; None: nothing, its fills are guarded afterwards."""
    if not order.protection.get("attached"):
        return None
    stop, (target,) = order.protection["stop_loss"], order.protection["take_profits"]
    limit = stop.get("limit")
    return Attached(
        take_profit=Decimal(target["value"]),
        stop=Decimal(stop["value"]),
        stop_limit=Decimal(limit["value"]) if limit else None,
    )


def _can_hold(terms: Terms, takes: Capabilities, quantity: Decimal) -> bool:
    guards = terms.protection
    if not takes.attaches or not guards or terms.extended_hours:
        return False
    stop, targets = guards["stop_loss"], guards["take_profits"]
    is_pair = bool(stop) and len(targets) == 1
    return (
        is_pair
        and terms.type in takes.attaching_types
        and terms.time_in_force in takes.attaching_times
        and stop["type"] in takes.pair_stops
        and (takes.fractions_rest or quantity % 1 == 0)
        and all(_is_price(level) for level in (stop, stop.get("limit"), targets[0]) if level)
        and Decimal(targets[0]["share"]) == 100
    )


def _is_price(level: dict[str, Any]) -> bool:
    return str(level["unit"]) == "price"
