"""An order of ours in Alpaca's words. Every number is text, so that none passes through a float."""

from decimal import Decimal
from typing import Any

from ..money import as_text, decimal_from
from .broker import OrderRequest

Body = dict[str, Any]


def body_of(order: OrderRequest) -> Body:
    """What is posted to /v2/orders."""
    body: Body = {
        "symbol": order.symbol,
        "side": order.side,
        "qty": as_text(order.quantity),
        "type": order.type,
        "time_in_force": order.time_in_force,
        "client_order_id": order.client_order_id,
    }
    if order.extended_hours:
        body["extended_hours"] = True
    if order.type == "bracket":
        return body | _pair(order)
    body |= _given(
        limit_price=order.limit_price,
        stop_price=order.stop_price,
        trail_percent=order.trail_percent,
        trail_price=order.trail_amount,
    )
    legs = _attached(order)
    return body | (legs or {"order_class": "simple", "position_intent": _intent(order)})


def is_same(order: OrderRequest, known: Body) -> bool:
    """Whether the order that Alpaca has under this id is this one."""
    try:
        quantity = decimal_from(known.get("qty"))
    except ValueError:
        return False
    return (known.get("symbol"), known.get("side"), quantity) == (
        order.symbol,
        order.side,
        order.quantity,
    )


def _pair(order: OrderRequest) -> Body:
    """An exit at a target or a stop: Alpaca's oco, whose parent is the target."""
    return {
        "type": "limit",
        "order_class": "oco",
        "take_profit": _given(limit_price=order.limit_price),
        "stop_loss": _given(stop_price=order.stop_price, limit_price=order.stop_limit_price),
    }


def _attached(order: OrderRequest) -> Body:
    """Protection that comes with an entry: a bracket, or an oto where there is one leg only."""
    legs = order.attached
    if legs is None:
        return {}
    profit = _given(limit_price=legs.take_profit)
    loss = _given(stop_price=legs.stop, limit_price=legs.stop_limit)
    given = {name: leg for name, leg in (("take_profit", profit), ("stop_loss", loss)) if leg}
    return {"order_class": "bracket" if len(given) == 2 else "oto", **given} if given else {}


def _intent(order: OrderRequest) -> str:
    """What the order may do to the account's position. Alpaca refuses it where it would do
    something else: a sale of what is not held opens no short, an entry nets nobody's position.

    Orders with legs need none: Alpaca takes an oco only as an exit, the others only as entries."""
    if order.is_exit or (order.side == "sell" and not order.allow_short):
        return f"{order.side}_to_close"
    return f"{order.side}_to_open"


def _given(**values: Decimal | None) -> Body:
    return {name: as_text(value) for name, value in values.items() if value is not None}
