"""Open positions whose entries asked for protection and that have none.

A fill and what guards it are stored together, and an exit that is refused guards again what it had
freed. What remains is a process that died after it had cancelled the protection for an exit, with
an exit that was given up later: nothing else would look at the position before its next fill.
Where the venue has refused protection again and again, only a person can help.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..models import Bot, Fill, Lot, Order, Position
from ..money import ZERO
from .protection import LIVE, MOST_REJECTIONS

WARNING = "unguarded"  # among a bot's warnings
GRACE = timedelta(seconds=5)  # an exit in progress has cancelled the protection and comes next

_Other = aliased(Order)


def bots(session: Session, now: datetime) -> list[uuid.UUID]:
    """Bots that hold something unguarded."""
    return list(session.scalars(_unguarded(now).with_only_columns(Position.bot_id).distinct()))


def symbols(session: Session, bot_id: uuid.UUID, now: datetime) -> list[str]:
    """What of it this bot holds."""
    mine = _unguarded(now).where(Position.bot_id == bot_id)
    return list(session.scalars(mine.with_only_columns(Position.symbol).distinct()))


def given_up(session: Session, now: datetime) -> list[Position]:
    """Positions that stay unguarded, as the venue has refused what would guard them; of bots whose
    user is not warned yet."""
    unwarned = ~Bot.warnings.has_key(WARNING)
    return list(
        session.scalars(_unprotected(now).where(unwarned, _rejections() >= MOST_REJECTIONS))
    )


def guarded_again(session: Session, now: datetime) -> list[Bot]:
    """Bots whose user is warned of a position that is guarded now, or gone."""
    still = _unprotected(now).with_only_columns(Position.bot_id)
    return list(
        session.scalars(select(Bot).where(Bot.warnings.has_key(WARNING), Bot.id.not_in(still)))
    )


def _unguarded(now: datetime) -> Select[Position]:
    return _unprotected(now).where(_rejections() < MOST_REJECTIONS)


def _unprotected(now: datetime) -> Select[Position]:
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
            Order.protection != {},
            Position.updated_at < now - GRACE,
            ~_guarded_or_just_freed(now),
            func.abs(Position.quantity) > _promised(),
        )
    )


def _guarded_or_just_freed(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        _Other.signal_id == Order.signal_id,  # as its legs have; indexed
        _Other.parent_id == Order.id,
        or_(_Other.state.in_(LIVE), _Other.finished_at >= now - GRACE),
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
