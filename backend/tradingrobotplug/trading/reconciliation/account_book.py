"""Our side of a trading account: what its bots hold and have ordered, and what is on its way."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ... import db
from ...models import AccountState, Bot, Order, Position
from ...models.trading import LIVE_STATES
from ...money import decimal_from
from .comparison import Book, LiveOrder

_MINE = bindparam("account_id", type_=AccountState.account_id.type)
_BOTS, _HELD, _ORDERS = Bot.__table__.c, Position.__table__.c, Order.__table__.c
_STATES = AccountState.__table__.c
_POSITIONS = db.as_sql(
    select(Position.__table__)
    .join(Bot.__table__, _BOTS.id == _HELD.bot_id)
    .where(_BOTS.trading_account_id == _MINE)
)
_LIVE = db.as_sql(
    select(Order.__table__)
    .where(_ORDERS.account_id == _MINE, _ORDERS.state.in_(LIVE_STATES))
    .order_by(_ORDERS.id)
)
_OUTSIDE = db.as_sql(select(_STATES.outside).where(_STATES.account_id == _MINE))
SETTLING = timedelta(seconds=10)  # until what happened at a broker shows in all of its answers


def book_of(session: Session, account_id: uuid.UUID, asked_at: datetime | None = None) -> Book:
    """The book as it is now, to be laid beside what the broker said at `asked_at`."""
    positions = db.rows(session, _POSITIONS, account_id=account_id)
    orders = db.rows(session, _LIVE, account_id=account_id)
    state = db.rows(session, _OUTSIDE, account_id=account_id)
    return Book(
        holdings=_by_symbol(positions),
        outside=amounts(state[0].outside) if state else {},
        orders=[_as_value(order) for order in orders],
        moving=frozenset() if asked_at is None else _moving(positions, orders, asked_at),
    )


def amounts(stored: Mapping[str, str]) -> dict[str, Decimal]:
    """Symbol → units, from their stored text."""
    return {symbol: decimal_from(text) for symbol, text in stored.items()}


def _by_symbol(positions: Sequence[Any]) -> dict[str, dict[uuid.UUID, Decimal]]:
    found: dict[str, dict[uuid.UUID, Decimal]] = {}
    for position in positions:
        found.setdefault(position.symbol, {})[position.bot_id] = position.quantity
    return found


def _as_value(order: Any) -> LiveOrder:
    return LiveOrder(
        id=order.id,
        bot_id=order.bot_id,
        client_order_id=order.client_order_id,
        broker_order_id=order.broker_order_id,
        symbol=order.symbol,
        state=order.state,
        left=order.quantity - order.filled_quantity,
    )


def _moving(positions: Sequence[Any], orders: Sequence[Any], asked_at: datetime) -> frozenset[str]:
    since = asked_at - SETTLING
    traded = {position.symbol for position in positions if position.updated_at > since}
    return frozenset(traded.union(one.symbol for one in orders if _is_moving(one, since)))


def _is_moving(order: Any, since: datetime) -> bool:
    """Sent without an answer yet, or changed a moment ago. `held` ones the broker has not got."""
    moments = (order.created_at, order.submitted_at, order.accepted_at)
    changed = max(moment for moment in moments if moment is not None)
    return bool(order.state == "submitting" or changed > since)
