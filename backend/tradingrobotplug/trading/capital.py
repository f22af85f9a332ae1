"""The capital that a bot trades with: what it is given and what is taken from it, as flows."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ..models import Bot, CapitalFlow, Fill, PerformanceCursor
from ..money import ZERO
from .lots import UNIT


def allocate(session: Session, bot: Bot, capital: Decimal, now: datetime) -> None:
    """Let a bot that holds nothing have this capital in the mode that it trades in: what is missing
    comes in, what is left over goes out. Neither is a gain or a loss."""
    mode = bot.trading_mode
    session.add(
        CapitalFlow(
            bot_id=bot.id,
            mode=mode,
            amount=capital - _left(session, bot.id, mode),
            at=now,
            after_fill=session.scalar(_last_fill(bot.id, mode)) or 0,
        )
    )
    session.flush()


def _left(session: Session, bot_id: uuid.UUID, mode: str) -> Decimal:
    """What earlier flows and fills left: as figures know it, and what came after that."""
    cursor = session.get(PerformanceCursor, (bot_id, mode))
    fill_seq, flow_seq, cash = (
        (cursor.fill_seq, cursor.flow_seq, cursor.cash) if cursor else (0, 0, ZERO)
    )
    flows = session.scalar(
        select(func.sum(CapitalFlow.amount)).where(
            CapitalFlow.bot_id == bot_id, CapitalFlow.mode == mode, CapitalFlow.seq > flow_seq
        )
    )
    fills = session.scalars(
        select(Fill).where(Fill.bot_id == bot_id, Fill.mode == mode, Fill.seq > fill_seq)
    )
    return cash + (flows or ZERO) - sum((_cost(fill) for fill in fills), ZERO)


def _cost(fill: Fill) -> Decimal:
    signed = fill.quantity if fill.side == "buy" else -fill.quantity
    return (signed * fill.price + fill.fee).quantize(UNIT)


def _last_fill(bot_id: uuid.UUID, mode: str) -> Select[int]:
    return select(func.max(Fill.seq)).where(Fill.bot_id == bot_id, Fill.mode == mode)
