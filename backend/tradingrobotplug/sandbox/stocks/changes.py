"""What becomes of an order: filled, canceled, expired; and what that does to its group."""

import uuid
from datetime import datetime
from decimal import Decimal

from . import answers, groups
from .account import Account
from .matching import Trade
from .orders import Order
from .refusals import text


def fill(account: Account, order: Order, trade: Trade, at: datetime) -> None:
    """Book a trade of this order; the last one wakes its legs or ends its siblings."""
    held = account.books.trade(order.terms.symbol, order.terms.side, trade.qty, trade.price)
    order.filled_qty += trade.qty
    order.filled_value += trade.qty * trade.price
    left = order.remaining(trade.price)
    is_whole = left == 0
    order.status = "filled" if is_whole else "partially_filled"
    order.stamps["filled_at"] = at
    event = "fill" if is_whole else "partial_fill"
    account.fills.append(_activity(order, trade, left, at))
    account.tell(
        event,
        order,
        at,
        price=text(trade.price),
        qty=text(trade.qty),
        position_qty=text(held),
    )
    others = account.siblings(order)
    if order.group_role == "entry":
        if is_whole:
            for leg in groups.wake(order, others):
                account.tell("new", leg, at)
    elif is_whole:
        _end(account, others, "canceled", at)
    else:
        groups.shrink(others, trade.qty)


def trigger(account: Account, order: Order, at: datetime) -> None:
    """Its stop is reached: it goes to the exchange, and the sibling there is taken back."""
    order.is_triggered = True
    if order.status == "held":
        order.status = "new"
        account.tell("new", order, at)
    _end(account, account.siblings(order), "canceled", at)


def cancel(account: Account, order: Order, at: datetime) -> None:
    """Take it back, and with it what is open of its group."""
    others = account.siblings(order)
    _end(account, [order, *others], "canceled", at)


def expire(account: Account, order: Order, at: datetime) -> None:
    """Its time is over; legs of an entry that was not filled whole go with it."""
    others = account.siblings(order)
    _end(account, [order], "expired", at)
    _end(account, [o for o in others if not o.is_working], "canceled", at)


def _end(account: Account, orders: list[Order], status: str, at: datetime) -> None:
    for order in orders:
        order.status = status
        order.stamps[f"{status}_at"] = at
        account.tell(status, order, at)


def _activity(order: Order, trade: Trade, left: Decimal, at: datetime) -> dict[str, object]:
    return {
        "id": f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}::{uuid.uuid4()}",
        "activity_type": "FILL",
        "transaction_time": answers.stamp(at),
        "type": "fill" if left == 0 else "partial_fill",
        "price": text(trade.price),
        "qty": text(trade.qty),
        "side": order.terms.side,
        "symbol": order.terms.symbol,
        "leaves_qty": text(left),
        "order_id": order.id,
        "cum_qty": text(order.filled_qty),
        "order_status": order.status,
    }
