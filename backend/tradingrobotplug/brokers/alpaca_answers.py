"""Alpaca's orders, fills and positions in our words."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from .. import logs
from ..money import ZERO, decimal_from
from .broker import Execution, OpenOrder, Outcome, State

Raw = dict[str, Any]

_FILLED, _REJECTED = "filled", "rejected"
# An order that somebody replaced at Alpaca is over; the new one has an id that is not ours.
_ENDED = frozenset({_FILLED, _REJECTED, "canceled", "expired", "replaced"})
_OPEN = frozenset(
    {
        "new",
        "partially_filled",
        "done_for_day",
        "pending_cancel",
        "pending_replace",
        "pending_review",
        "accepted",
        "pending_new",
        "accepted_for_bidding",
        "stopped",
        "suspended",
        "calculated",
        "held",
    }
)


def is_open(order: Raw) -> bool:
    """Whether it may still trade. A status that nobody knows says nothing else."""
    status = str(order.get("status"))
    if status not in _ENDED | _OPEN:
        facts = {"status": status[:40], "broker_order_id": order.get("id")}
        logs.event("alpaca.status_unknown", level=logging.WARNING, **facts)
    return status not in _ENDED


def legs_of(order: Raw) -> list[Raw]:
    """Those that came with it."""
    return [leg for leg in order.get("legs") or () if isinstance(leg, dict) and leg.get("id")]


def members_of(order: Raw) -> list[Raw]:
    """The orders at Alpaca that are one of ours: an oco is a target and a stop."""
    return [order, *legs_of(order)] if order.get("order_class") == "oco" else [order]


def has_traded(order: Raw) -> bool:
    """Whether it has fills, or does not say."""
    return _filled_quantity(order) != 0


def outcome(
    client_order_id: str, members: Sequence[Raw], executions: tuple[Execution, ...]
) -> Outcome:
    """What became of an order. It has ended only once its executions add up to what it filled."""
    statuses = {str(member.get("status")) for member in members}
    state: State = "partially_filled" if executions else "accepted"
    if sum((e.quantity for e in executions), ZERO) == _sum(members):
        if _FILLED in statuses:
            state = "filled"
        elif not any(is_open(member) for member in members):
            state = "rejected" if _REJECTED in statuses and not executions else "cancelled"
    told = {"cancelled", "rejected"} & {state}
    reason = f"Alpaca shows the order as {' and '.join(sorted(statuses))}." if told else None
    return Outcome(state, client_order_id, str(members[0]["id"]), executions, reason)


def execution(activity: Raw) -> Execution:
    """A fill. Alpaca takes no commission for stocks. ValueError, KeyError if it can't be read."""
    return Execution(
        id=str(activity["id"]),
        quantity=decimal_from(activity["qty"]),
        price=decimal_from(activity["price"]),
        fee=ZERO,
        at=datetime.fromisoformat(activity["transaction_time"]),
    )


def open_orders(orders: Iterable[Raw]) -> Iterator[OpenOrder]:
    """Those that rest, with the legs that came with them."""
    for order in orders:
        for one, parent in ((order, None), *((leg, order["id"]) for leg in legs_of(order))):
            if is_open(one):
                yield OpenOrder(
                    client_order_id=one.get("client_order_id"),
                    broker_order_id=str(one["id"]),
                    symbol=symbol_of(one),
                    side=str(one["side"]),
                    quantity=_number(one.get("qty")),
                    filled_quantity=_number(one.get("filled_qty")),
                    came_with=parent,
                )


def is_stock(raw: Raw) -> bool:
    """Whether a position is one in a stock."""
    return raw.get("asset_class") == "us_equity"


def position(raw: Raw) -> tuple[str, Decimal]:
    """A symbol and its units, negative when short."""
    units = abs(decimal_from(raw["qty"]))
    return symbol_of(raw), -units if raw.get("side") == "short" else units


def symbol_of(raw: Raw) -> str:
    """In our spelling: BRK.B."""
    return str(raw["symbol"]).upper().replace("/", ".")


def _number(value: object) -> Decimal:
    """0 for what is not said: an order placed in dollars has no quantity of shares."""
    return ZERO if value is None else decimal_from(value)


def _sum(members: Sequence[Raw]) -> Decimal | None:
    """What they filled together; None if one of them does not say."""
    filled = [_filled_quantity(member) for member in members]
    known = [quantity for quantity in filled if quantity is not None]
    return sum(known, ZERO) if len(known) == len(filled) else None


def _filled_quantity(order: Raw) -> Decimal | None:
    try:
        return decimal_from(order.get("filled_qty"))
    except ValueError:
        return None
