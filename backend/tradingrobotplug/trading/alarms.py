"""A position without a live stop where its bot asks for one: said in the log, on the bot's page,
and to its user."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import logs
from ..models import Bot, Order, Position
from ..notify import events
from . import unguarded, warnings


def raise_and_clear(session: Session, now: datetime) -> None:
    """Warn of positions that nothing guards and nothing will; take back what is no longer so."""
    for position in unguarded.given_up(session, now):
        _warn(session, position, now)
    for bot in unguarded.guarded_again(session, now):
        warnings.clear(session, bot, unguarded.WARNING)


def _warn(session: Session, position: Position, now: datetime) -> None:
    said = session.scalar(
        select(Order.reason)
        .where(
            Order.bot_id == position.bot_id,
            Order.symbol == position.symbol,
            Order.parent_id.is_not(None),
            Order.state == "rejected",
        )
        .order_by(Order.id.desc())
        .limit(1)
    )
    detail = f"The position has no stop: the venue refused it. {said or ''}".strip()
    facts = {"symbol": position.symbol, "reason": detail}
    bot = session.get_one(Bot, position.bot_id)
    warnings.warn(session, bot, unguarded.WARNING, detail, now)
    key = f"{position.bot_id}:{position.symbol}:{position.opened_at.isoformat()}"
    happened = events.Event(events.Kind.UNGUARDED, key, position.user_id, position.bot_id, facts)
    events.emit(session, happened, now)
    logs.event("position.left_unguarded", level=logging.ERROR, bot_id=str(bot.id), **facts)
