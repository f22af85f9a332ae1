"""A bot that holds nothing and has nothing under way: only then may it trade somewhere else."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..errors import Conflict
from ..models import Bot, Order, Position, Signal
from ..models.signals import OPEN_STATES
from ..money import as_text
from ..trading.locks import keep_still
from . import service

_OPEN_ORDERS = ("held", "planned", "submitting", "accepted", "partially_filled")


def brought(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID) -> Bot:
    """The user's bot, which nobody works on or changes before the transaction ends.

    NotFound; Conflict `bot_busy`.
    """
    service.bot_for(session, user_id, bot_id)
    keep_still(session, bot_id)
    return service.bot_for(session, user_id, bot_id, is_locked=True)


def refuse_unless_flat(session: Session, bot: Bot) -> None:
    """Conflict `bot_not_flat` names the positions, orders and alerts that are open.

    An alert that waits was sent for where the bot trades now.
    """
    found = {
        "positions": _positions(session, bot),
        "orders": _orders(session, bot),
        "alerts": _alerts(session, bot),
    }
    if any(found.values()):
        raise _not_flat(found)


def refuse_live_holder(session: Session, bot: Bot) -> None:
    """Conflict `bot_not_flat` for a bot that holds something with real money."""
    if bot.trading_mode == "live":
        held = _positions(session, bot)
        if held:
            raise _not_flat({"positions": held, "orders": [], "alerts": 0})


def _positions(session: Session, bot: Bot) -> list[str]:
    rows = session.scalars(
        select(Position).where(Position.bot_id == bot.id).order_by(Position.symbol)
    )
    return [f"{as_text(row.quantity)} {row.symbol}" for row in rows]


def _orders(session: Session, bot: Bot) -> list[str]:
    rows = session.scalars(
        select(Order)
        .where(Order.bot_id == bot.id, Order.state.in_(_OPEN_ORDERS))
        .order_by(Order.created_at, Order.leg)
    )
    return [f"{row.side} {as_text(row.quantity)} {row.symbol} ({row.state})" for row in rows]


def _alerts(session: Session, bot: Bot) -> int:
    waiting = select(func.count()).where(Signal.bot_id == bot.id, Signal.status.in_(OPEN_STATES))
    return session.scalar(waiting) or 0


def _not_flat(found: dict[str, Any]) -> Conflict:
    parts = [f"holds {held}" for held in found["positions"]]
    parts += [f"has an order to {order}" for order in found["orders"]]
    if found["alerts"]:
        parts.append(f"has alerts that wait: {found['alerts']}")
    return Conflict(
        "bot_not_flat",
        f"The bot must hold nothing and have nothing open. It {'; it '.join(parts)}.",
        found,
    )
