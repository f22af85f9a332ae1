"""What a bot holds, what it is worth, and how today went."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Integer, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from .. import db, rows
from ..marketdata import calendar
from ..models import Bot, Order, Position, RoundTrip
from ..money import ZERO
from . import capital

Positions = Mapping[str, Position]
Marks = Mapping[str, Decimal]
_POSITIONS = db.as_sql(
    select(*rows.columns(Position)).where(Position.bot_id == bindparam("bot_id"))
)
_ENTRIES_IN_TURN = db.as_sql(
    select(
        func.pg_advisory_xact_lock(func.hashtextextended(bindparam("entries"), literal_column("0")))
    )
)
_BOTS, _HELD, _ORDERS = Bot.__table__.c, Position.__table__.c, Order.__table__.c
_HOLDS = exists().where(
    _HELD.bot_id == _BOTS.id,
    _HELD.symbol == bindparam("symbol"),
    _HELD.quantity * bindparam("sign", type_=Integer) < 0,
)
_ENTERS = exists().where(
    _ORDERS.bot_id == _BOTS.id,
    _ORDERS.symbol == bindparam("symbol"),
    _ORDERS.leg == "entry",
    _ORDERS.side != bindparam("side"),
    _ORDERS.state.in_(("planned", "submitting", "accepted", "partially_filled")),
)
_CROSSED = db.as_sql(
    select(_BOTS.name)
    .where(
        _BOTS.trading_account_id == bindparam("account_id"),
        _BOTS.id != bindparam("bot_id"),
        or_(_HOLDS, _ENTERS),
    )
    .order_by(_BOTS.name)
    .limit(1)
)


def positions_of(session: Session, bot_id: uuid.UUID) -> dict[str, Position]:
    """The bot's open positions by symbol."""
    found = rows.load(session, Position, _POSITIONS, bot_id=bot_id)
    return {position.symbol: position for position in found}


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
    db.rows(session, _ENTRIES_IN_TURN, entries=f"entry:{bot.trading_account_id}:{symbol}")
    against = db.rows(
        session,
        _CROSSED,
        account_id=bot.trading_account_id,
        bot_id=bot.id,
        symbol=symbol,
        side=side,
        sign=1 if side == "buy" else -1,
    )
    if not against:
        return None
    return f"Your bot “{against[0].name}” trades {symbol} the other way at the same account."
