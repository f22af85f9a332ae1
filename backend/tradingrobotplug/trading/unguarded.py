"""Open positions whose entries asked for protection and that have none.

A fill and what guards it are stored together, and an exit that is refused guards again what it had
freed. What remains is a process that died after it had cancelled the protection for an exit, with
an exit that was given up later: nothing else would look at the position before its next fill.
Where the venue has refused protection again and again, only a person can help.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from .. import db
from ..db import Moment
from ..models import Bot, Fill, Lot, Order, Position
from ..models.trading import WANTS_PROTECTION
from ..money import ZERO
from .protection import LIVE, MOST_REJECTIONS

WARNING = "unguarded"  # among a bot's warnings
GRACE = timedelta(seconds=5)  # an exit in progress has cancelled the protection and comes next

_Other = aliased(Order)
_BEFORE = bindparam("before", type_=Moment)


def bots(session: Session, now: datetime) -> list[uuid.UUID]:
    """Bots that hold something unguarded."""
    return [row.bot_id for row in db.rows(session, _BOTS, before=now - GRACE)]


def symbols(session: Session, bot_id: uuid.UUID, now: datetime) -> list[str]:
    """What of it this bot holds."""
    found = db.rows(session, _SYMBOLS, bot_id=bot_id, before=now - GRACE)
    return [row.symbol for row in found]


def given_up(session: Session, now: datetime) -> list[Position]:
    """Positions that stay unguarded, as the venue has refused what would guard them; of bots whose
    user is not warned yet."""
    return list(session.scalars(_GIVEN_UP, {"before": now - GRACE}))


def guarded_again(session: Session, now: datetime) -> list[Bot]:
    """Bots whose user is warned of a position that is guarded now, or gone."""
    return list(session.scalars(_GUARDED_AGAIN, {"before": now - GRACE}))


def _unprotected() -> Select[Position]:
    return (
        select(Position)
        .join(Bot, Bot.id == Position.bot_id)
        .join(
            Lot,
            and_(Lot.bot_id == Position.bot_id, Lot.symbol == Position.symbol, Lot.remaining > 0),
        )
        .join(Fill, Fill.seq == Lot.fill_seq)
        .join(Order, Order.id == Fill.trade_id)
        .where(
            Bot.deleted_at.is_(None),
            WANTS_PROTECTION,
            Position.updated_at < _BEFORE,
            ~_guarded_or_just_freed(),
            func.abs(Position.quantity) > _promised(),
        )
    )


def _guarded_or_just_freed() -> ColumnElement[bool]:
    return exists().where(
        _Other.signal_id == Order.signal_id,  # as its legs have; indexed
        _Other.parent_id == Order.id,
        or_(_Other.state.in_(LIVE), _Other.finished_at >= _BEFORE),
    )


def _rejections() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(
            _Other.signal_id == Order.signal_id,
            _Other.parent_id == Order.id,
            _Other.state == "rejected",
        )
        .correlate(Order)
        .scalar_subquery()
    )


def _promised() -> ColumnElement[Decimal]:
    """What resting exits hold already."""
    left = func.sum(_Other.quantity - _Other.filled_quantity)
    return (
        select(func.coalesce(left, ZERO))
        .where(
            _Other.bot_id == Position.bot_id,
            _Other.symbol == Position.symbol,
            _Other.leg.startswith("exit"),
            _Other.state.in_(LIVE),
        )
        .correlate(Position)
        .scalar_subquery()
    )


# Made once: they are asked every second.
_UNPROTECTED = _unprotected()
_UNGUARDED = _UNPROTECTED.where(_rejections() < MOST_REJECTIONS)
_BOTS = db.as_sql(_UNGUARDED.with_only_columns(Position.bot_id).distinct())
_SYMBOLS = db.as_sql(
    _UNGUARDED.where(Position.bot_id == bindparam("bot_id"))
    .with_only_columns(Position.symbol)
    .distinct()
)
_GIVEN_UP = _UNPROTECTED.where(~Bot.warnings.has_key(WARNING), _rejections() >= MOST_REJECTIONS)
_GUARDED_AGAIN = select(Bot).where(
    Bot.warnings.has_key(WARNING),
    Bot.id.not_in(_UNPROTECTED.with_only_columns(Position.bot_id)),
)
