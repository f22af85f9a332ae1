"""What other domains ask of trading: plan a signal's order, record what a venue says of one."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..brokers.broker import Outcome
from ..models import Fill, Order
from . import books, protection
from .identity import client_order_id
from .planning import Plan, awaits_exit, left_to_open, plan

__all__ = ["Plan", "awaits_exit", "client_order_id", "left_to_open", "plan", "record"]


def record(session: Session, order: Order, outcome: Outcome, now: datetime) -> list[Fill]:
    """Take in what a venue says of an order; saying it twice changes nothing. New fills.

    One transaction holds the order's state, fills, lots, round trips, the position, and the
    protection that the fills call for.
    """
    fills = books.take_in(session, order, outcome, now)
    if fills or outcome.state in books.FINAL or order.leg.startswith("exit") or order.account_id:
        protection.plan_missing(session, order.bot_id, order.symbol, now)
    return fills
