"""Our side of a trading account: what its bots hold and have ordered, and what is on its way."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import AccountState, Bot, Order, Position
from ..models.trading import LIVE_STATES
from ..money import decimal_from
from .reconciliation import Book, LiveOrder

SETTLING = timedelta(seconds=10)  # until what happened at a broker shows in all of its answers


def book_of(session: Session, account_id: uuid.UUID, asked_at: datetime | None = None) -> Book:
    """The book as it is now, to be laid beside what the broker said at `asked_at`."""
    positions = session.scalars(
        select(Position)
        .join(Bot, Bot.id == Position.bot_id)
        .where(Bot.trading_account_id == account_id)
    ).all()
    orders = session.scalars(
        select(Order)
        .where(Order.account_id == account_id, Order.state.in_(LIVE_STATES))
        .order_by(Order.id)
    ).all()
    state = session.get(AccountState, account_id)
    return Book(
        holdings=_by_symbol(positions),
        outside=amounts(state.outside) if state else {},
        orders=[_as_value(order) for order in orders],
        moving=frozenset() if asked_at is None else _moving(positions, orders, asked_at),
    )


def amounts(stored: Mapping[str, str]) -> dict[str, Decimal]:
    """Symbol → units, from their stored text."""
    return {symbol: decimal_from(text) for symbol, text in stored.items()}


def _by_symbol(positions: Sequence[Position]) -> dict[str, dict[uuid.UUID, Decimal]]:
    found: dict[str, dict[uuid.UUID, Decimal]] = {}
    for position in positions:
        found.setdefault(position.symbol, {})[position.bot_id] = position.quantity
    return found


def _as_value(order: Order) -> LiveOrder:
    return LiveOrder(
        id=order.id,
        bot_id=order.bot_id,
        client_order_id=order.client_order_id,
        broker_order_id=order.broker_order_id,
        symbol=order.symbol,
        state=order.state,
        left=order.quantity - order.filled_quantity,
    )


def _moving(
    positions: Sequence[Position], orders: Sequence[Order], asked_at: datetime
) -> frozenset[str]:
    since = asked_at - SETTLING
    traded = {position.symbol for position in positions if position.updated_at > since}
    return frozenset(traded.union(one.symbol for one in orders if _is_moving(one, since)))


def _is_moving(order: Order, since: datetime) -> bool:
    """Sent without an answer yet, or changed a moment ago. `held` ones the broker has not got."""
    moments = (order.created_at, order.submitted_at, order.accepted_at)
    changed = max(moment for moment in moments if moment is not None)
    return order.state == "submitting" or changed > since
