"""The account at which an order trades, and the order as its venue finds it."""

from ..brokers import venues
from ..brokers.broker import Broker, Reference
from ..models import Order


def broker_for(order: Order) -> Broker:
    """The broker that has, or is to get, this order. ValueError for a venue we don't have."""
    if order.venue != "paper":
        raise ValueError(f"{order.venue!r} is no venue")
    return venues.paper(order.bot_id)


def reference(order: Order) -> Reference:
    """How the order's venue finds it again."""
    return Reference(
        client_order_id=order.client_order_id,
        broker_order_id=order.broker_order_id,
        symbol=order.symbol,
        placed_at=order.submitted_at or order.created_at,
        attached_to=order.attached_to,
        is_exit=order.parent_id is not None or order.leg.startswith("exit"),
    )
