"""Entries of a user's other bots that would have an exit refused.

A venue that minds opposites takes no sale while the same account could buy from it, whichever bot
the purchase is for. An exit matters more than an entry that has not filled.
"""

import uuid
from datetime import datetime

from sqlalchemy import select

from .. import db, logs
from ..brokers.broker import NotReached
from ..brokers.venues import capabilities_of
from ..models import Order
from . import clearing, protection
from .locks import bot_lock, transactions_on
from .planning import RESTING

_WHY = "Cancelled so that another bot at this account could leave its position."


def give_way(order: Order, now: datetime) -> None:
    """Cancel what other bots at the order's account have resting that it would meet, each under
    its bot's lock; what filled of it before is booked and guarded.

    NotReached if one of these bots is busy: then nothing was sent. NoClearAnswer.
    """
    leaves = order.leg.startswith("exit") or clearing.was_held(order)
    if not leaves or not capabilities_of(order.venue).minds_opposites:
        return
    with db.reading() as session:
        others = session.scalars(
            select(Order).where(
                Order.account_id == order.account_id,
                Order.bot_id != order.bot_id,
                Order.symbol == order.symbol,
                Order.side != order.side,
                Order.leg == "entry",
                Order.state.in_(RESTING),
            )
        ).all()
    for other in others:
        if _may_meet(order, other):
            _end(other.bot_id, other.id, now)


def _may_meet(order: Order, other: Order) -> bool:
    if order.type != "limit" or other.type != "limit":
        return True
    assert order.limit_price is not None
    assert other.limit_price is not None
    if order.side == "sell":
        return order.limit_price <= other.limit_price
    return order.limit_price >= other.limit_price


def _end(bot_id: uuid.UUID, order_id: uuid.UUID, now: datetime) -> None:
    with db.engine().connect() as connection, bot_lock(connection, bot_id) as taken:
        if not taken:
            raise NotReached("Another bot's entry is in the way, and that bot is busy.")
        begin = transactions_on(connection)
        clearing.cancel(order_id, now, begin)
        with begin() as session:
            ended = session.get_one(Order, order_id)
            ended.reason = _WHY if ended.state == "cancelled" else ended.reason
            protection.plan_missing(session, bot_id, ended.symbol, now)
    logs.event("order.gave_way", order_id=str(order_id), bot_id=str(bot_id))
