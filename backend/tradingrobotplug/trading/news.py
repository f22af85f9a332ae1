"""What traders are told of their orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from ..models import Fill, Order
from ..money import ZERO, as_text
from ..notify import events
from .identity import REPAIR
from .lots import UNIT


def filled(session: Session, order: Order, fills: Sequence[Fill], now: datetime) -> None:
    """Tell of fills that were booked together, as one; in the transaction that books them.

    What a repair books was not traded, and its user has just asked for it.
    """
    if order.leg == REPAIR:
        return
    quantity = sum((fill.quantity for fill in fills), ZERO)
    value: Decimal = sum((fill.quantity * fill.price for fill in fills), ZERO)
    facts = {
        "symbol": order.symbol,
        "side": order.side,
        "quantity": as_text(quantity),
        "price": as_text((value / quantity).quantize(UNIT)),
        "mode": order.mode,
    }
    key = f"fill:{fills[-1].seq}"
    event = events.Event(events.Kind.FILL, key, order.user_id, order.bot_id, facts)
    events.emit(session, event, now)
