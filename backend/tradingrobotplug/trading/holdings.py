"""What a bot holds, what it is worth, and how today went."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from ..marketdata import calendar
from ..models import Bot, Order, Position, RoundTrip
from ..money import ZERO
from . import capital

Positions = Mapping[str, Position]
Marks = Mapping[str, Decimal]
_UNFINISHED = ("planned", "submitting", "accepted", "partially_filled")


def positions_of(session: Session, bot_id: uuid.UUID) -> dict[str, Position]:
    """The bot's open positions by symbol."""
    rows = session.scalars(select(Position).where(Position.bot_id == bot_id))
    return {row.symbol: row for row in rows}


def equity(session: Session, bot: Bot, positions: Positions, marks: Marks) -> Decimal:
    """Cash plus what is held at the given prices (a position without one: at its cost)."""
    held = sum(
        (p.quantity * marks.get(p.symbol, p.average_price) for p in positions.values()), ZERO
    )
    return capital.cash(session, bot) + held


def day_result(
    session: Session, bot: Bot, positions: Positions, marks: Marks, now: datetime
) -> Decimal:
    """Realised since the trading day began, plus unrealised, in dollars."""
    start, _ = calendar.day_bounds(bot.asset_type, calendar.trading_day(bot.asset_type, now))
    realised = session.scalar(
        select(func.coalesce(func.sum(RoundTrip.pnl), ZERO)).where(
            RoundTrip.bot_id == bot.id,
            RoundTrip.mode == bot.trading_mode,
            RoundTrip.exited_at >= start,
        )
    )
    return (realised or ZERO) + sum((unrealised(p, marks) for p in positions.values()), ZERO)


def unrealised(position: Position, marks: Marks) -> Decimal:
    """(price − average) × signed quantity; zero where no price is known."""
    price = marks.get(position.symbol, position.average_price)
    return (price - position.average_price) * position.quantity


def crossed(session: Session, bot: Bot, symbol: str, side: str) -> str | None:
    """What another bot on the same account holds, or is about to enter, against an entry on this
    side; None if nothing does.

    Until the transaction ends nobody else plans an entry of this symbol at the account, so that of
    two opposite ones the second sees the first.
    """
    if bot.trading_account_id is None:
        return None
    key = func.hashtextextended(f"entry:{bot.trading_account_id}:{symbol}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    against = Position.quantity < 0 if side == "buy" else Position.quantity > 0
    holds = exists().where(Position.bot_id == Bot.id, Position.symbol == symbol, against)
    enters = exists().where(
        Order.bot_id == Bot.id,
        Order.symbol == symbol,
        Order.leg == "entry",
        Order.side != side,
        Order.state.in_(_UNFINISHED),
    )
    others = select(Bot.name).where(
        Bot.trading_account_id == bot.trading_account_id, Bot.id != bot.id, or_(holds, enters)
    )
    name = session.scalars(others.order_by(Bot.name).limit(1)).one_or_none()
    if name is None:
        return None
    return f"Your bot “{name}” trades {symbol} the other way at the same account."
