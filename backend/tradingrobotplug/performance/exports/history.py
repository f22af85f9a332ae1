"""Trade history for files: a user's or a bot's orders, oldest first, a thousand at a time.

Each thousand is a transaction of its own that goes on behind the last id, so that neither memory
nor a connection is held while a slow client reads.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session

from ...models import Bot, Fill, Order, RoundTrip

ROWS_AT_ONCE = 1_000
Transactions = Callable[[], AbstractContextManager[Session]]
Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose orders (bot_id None: all bots'), of which mode (None: both), of [since, until)."""

    user_id: uuid.UUID
    bot_id: uuid.UUID | None = None
    mode: str | None = None
    since: datetime | None = None
    until: datetime | None = None


# `pnl`: of the round trips that the order closed. A subquery per row: joined, a plan that reads
# every round trip can look cheaper.
_PNL = (
    select(func.sum(RoundTrip.pnl))
    .join(Fill, RoundTrip.exit_fill_seq == Fill.seq)
    .where(Fill.trade_id == Order.id)
    .scalar_subquery()
    .label("pnl")
)
_COLUMNS: tuple[Any, ...] = (
    Order.id, Order.bot_id, Bot.name.label("bot_name"), Order.mode, Order.venue, Order.symbol,
    Order.side, Order.type, Order.leg, Order.state, Order.quantity, Order.filled_quantity,
    Order.limit_price, Order.stop_price, Order.reference_price, Order.average_price, Order.fees,
    _PNL, Order.reason, Order.created_at, Order.submitted_at, Order.finished_at,
)  # fmt: skip
COLUMNS: tuple[str, ...] = tuple(column.key for column in _COLUMNS)


def extent(session: Session, wanted: Wanted) -> tuple[int, uuid.UUID | None]:
    """How many orders there are now, and the last one's id: later ones are left out."""
    last = select(Order.id).where(_chosen(wanted)).order_by(Order.id.desc()).limit(1)
    counted = select(func.count()).select_from(Order).where(_chosen(wanted))
    return session.scalar(counted) or 0, session.scalar(last)


def chunks(wanted: Wanted, last: uuid.UUID | None, transactions: Transactions) -> Iterator[Rows]:
    """The orders up to the one with id `last`; none for None."""
    after: uuid.UUID | None = None
    while last is not None and after != last:
        with transactions() as session:
            rows = session.execute(_query(wanted, after, last)).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _query(wanted: Wanted, after: uuid.UUID | None, last: uuid.UUID) -> Select[Any]:
    query = (
        select(*_COLUMNS)
        .join(Bot, Bot.id == Order.bot_id)
        .where(_chosen(wanted), Order.id <= last)
        .order_by(Order.id)
        .limit(ROWS_AT_ONCE)
    )
    return query if after is None else query.where(Order.id > after)


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    conditions = [Order.user_id == wanted.user_id]
    if wanted.bot_id is not None:
        conditions.append(Order.bot_id == wanted.bot_id)
    if wanted.mode is not None:
        conditions.append(Order.mode == wanted.mode)
    if wanted.since is not None:
        conditions.append(Order.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Order.created_at < wanted.until)
    return and_(*conditions)
