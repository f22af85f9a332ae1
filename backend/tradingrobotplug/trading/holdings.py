"""What a bot holds, what it is worth, and how today went."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..marketdata import calendar
from ..models import Bot, PaperAccount, Position, RoundTrip
from ..money import ZERO

Positions = Mapping[str, Position]
Marks = Mapping[str, Decimal]


def positions_of(session: Session, bot_id: uuid.UUID) -> dict[str, Position]:
    """The bot's open positions by symbol."""
    rows = session.scalars(select(Position).where(Position.bot_id == bot_id))
    return {row.symbol: row for row in rows}


def equity(session: Session, bot: Bot, positions: Positions, marks: Marks) -> Decimal:
    """Cash plus what is held at the given prices (a position without one: at its cost)."""
    cash = session.scalar(select(PaperAccount.cash).where(PaperAccount.bot_id == bot.id))
    held = sum(
        (p.quantity * marks.get(p.symbol, p.average_price) for p in positions.values()), ZERO
    )
    return (bot.starting_cash if cash is None else cash) + held


def day_result(
    session: Session, bot: Bot, positions: Positions, marks: Marks, now: datetime
) -> Decimal:
    """Realised since the trading day began, plus unrealised, in dollars."""
    start, _ = calendar.day_bounds(bot.asset_type, calendar.trading_day(bot.asset_type, now))
    realised = session.scalar(
        select(func.coalesce(func.sum(RoundTrip.pnl), ZERO)).where(
            RoundTrip.bot_id == bot.id, RoundTrip.exited_at >= start
        )
    )
    return (realised or ZERO) + sum((unrealised(p, marks) for p in positions.values()), ZERO)


def unrealised(position: Position, marks: Marks) -> Decimal:
    """(price − average) × signed quantity; zero where no price is known."""
    price = marks.get(position.symbol, position.average_price)
    return (price - position.average_price) * position.quantity
