"""Orders that belong together: an entry with its legs, or two exits of which one fills."""

import uuid
from dataclasses import replace
from decimal import Decimal

from .orders import Order, Terms


def with_legs(order: Order) -> list[Order]:
    """The order and, if it is not simple, its legs, which do not work yet."""
    terms = order.terms
    if terms.order_class == "simple":
        return [order]
    order.group_id = str(uuid.uuid4())
    is_oco = terms.order_class == "oco"
    order.group_role = "take_profit" if is_oco else "entry"
    side = terms.side if is_oco else terms.opposite
    legs = []
    if terms.take_profit is not None and not is_oco:
        legs.append(_leg(order, "take_profit", side, "limit", terms.take_profit, None))
    if terms.stop_loss is not None:
        limit = terms.stop_loss_limit
        kind = "stop" if limit is None else "stop_limit"
        legs.append(_leg(order, "stop_loss", side, kind, limit, terms.stop_loss))
    for leg in legs:
        leg.is_working = is_oco
    return [order, *legs]


def wake(entry: Order, legs: list[Order]) -> list[Order]:
    """The entry is filled whole: its legs may trade. Returns those at the exchange now.

    A stop beside a take-profit stays `held` there: Alpaca watches it, the exchange has one."""
    routed = []
    for leg in legs:
        leg.is_working = True
        leg.qty = entry.filled_qty
        if leg.group_role == "take_profit" or len(legs) == 1:
            leg.status = "new"
            routed.append(leg)
    return routed


def shrink(others: list[Order], qty: Decimal) -> None:
    """An exit was filled in part: its sibling covers what is left."""
    for other in others:
        assert other.qty is not None
        other.qty = max(other.qty - qty, other.filled_qty)


def _leg(
    order: Order, role: str, side: str, kind: str, limit: Decimal | None, stop: Decimal | None
) -> Order:
    terms: Terms = replace(
        order.terms,
        side=side,
        type=kind,
        limit_price=limit,
        stop_price=stop,
        client_order_id=str(uuid.uuid4()),
        take_profit=None,
        stop_loss=None,
        stop_loss_limit=None,
    )
    return Order(
        terms=terms,
        qty=order.qty,
        submitted_at=order.submitted_at,
        expires_at=order.expires_at,
        status="held",
        position_intent="sell_to_close" if side == "sell" else "buy_to_close",
        group_id=order.group_id,
        group_role=role,
        parent_id=order.id,
    )
