"""The capital that a bot trades with: what it is given and what is taken from it, as flows; and the
cash that they and its fills left."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

from ..brokers.paper import lock_account
from ..errors import Conflict
from ..models import Bot, CapitalFlow, Fill, Order, PaperAccount, PerformanceCursor, Position
from ..models.trading import LIVE_STATES
from ..money import ZERO, as_text
from .lots import UNIT
from .venue import trades_on_paper


def allocate(session: Session, bot: Bot, capital: Decimal, now: datetime) -> None:
    """Let a bot that holds nothing have this capital in the mode that it trades in: what is missing
    comes in, what is left over goes out. Neither is a gain or a loss."""
    _book(session, bot, capital - _left(session, bot, ZERO), now)


def change(session: Session, bot: Bot, amount: Decimal, now: datetime) -> None:
    """Give a bot that nobody works on capital (> 0), or take some back (< 0), whatever it holds;
    neither is a gain or a loss. Conflict `capital_not_free`."""
    if amount < 0:
        _refuse_tied(session, bot, -amount)
    if trades_on_paper(bot):
        account = lock_account(session, bot.id)
        assert account is not None
        account.cash += amount
    if not _has_begun(session, bot):
        bot.starting_cash += amount
        return
    if not _is_counted(session, bot):  # its figures shall begin with what it traded with so far
        _book(session, bot, bot.starting_cash, bot.created_at, after_fill=0)
    _book(session, bot, amount, now)


def cash(session: Session, bot: Bot) -> Decimal:
    """At the paper broker what its books say. At an account, which is not the bot's alone, its
    capital and what its fills made of it: with real money those since it went live, on paper as its
    figures know it, and what came since."""
    if trades_on_paper(bot):
        kept = session.scalar(select(PaperAccount.cash).where(PaperAccount.bot_id == bot.id))
        return bot.starting_cash if kept is None else kept
    if bot.trading_mode == "live" and bot.went_live_at is not None:
        # A bot that goes live again begins with the capital that was agreed to this time.
        given = _given(session, bot, CapitalFlow.at > bot.went_live_at)
        return bot.starting_cash + given - _spent(session, bot, Fill.filled_at >= bot.went_live_at)
    return _left(session, bot, bot.starting_cash)


def _left(session: Session, bot: Bot, unless_given: Decimal) -> Decimal:
    """What earlier flows and fills left: as figures know it, and what came after that. Without
    figures and flows it is fills against `unless_given`."""
    cursor = session.get(PerformanceCursor, (bot.id, bot.trading_mode))
    if cursor is not None:
        fill_seq, flow_seq, before = cursor.fill_seq, cursor.flow_seq, cursor.cash
    else:
        fill_seq, flow_seq = 0, 0
        before = ZERO if _has_flows(session, bot) else unless_given
    given = _given(session, bot, CapitalFlow.seq > flow_seq)
    fills = session.scalars(
        select(Fill).where(
            Fill.bot_id == bot.id, Fill.mode == bot.trading_mode, Fill.seq > fill_seq
        )
    )
    return before + given - sum((_cost(fill) for fill in fills), ZERO)


def _refuse_tied(session: Session, bot: Bot, amount: Decimal) -> None:
    """Conflict `capital_not_free`: of the cash some may be needed for what is short (twice: to buy
    it back, and as much again as security) and for entries that may still trade."""
    open_value = (Order.quantity - Order.filled_quantity) * func.coalesce(
        Order.limit_price, Order.stop_price, Order.reference_price, ZERO
    )
    entries = select(func.sum(open_value)).where(
        Order.bot_id == bot.id, Order.leg == "entry", Order.state.in_(LIVE_STATES)
    )
    shorts = select(func.sum(-2 * Position.quantity * Position.average_price)).where(
        Position.bot_id == bot.id, Position.quantity < 0
    )
    tied = (session.scalar(entries) or ZERO) + (session.scalar(shorts) or ZERO)
    free = max(cash(session, bot) - tied, ZERO).quantize(UNIT)
    if amount > free:
        raise Conflict(
            "capital_not_free",
            f"Of this bot's capital ${as_text(free)} is free. The rest is in what it holds and in "
            "its open orders.",
            {"free": as_text(free)},
        )


def _has_begun(session: Session, bot: Bot) -> bool:
    traded = exists().where(Fill.bot_id == bot.id, Fill.mode == bot.trading_mode)
    return bool(session.scalar(select(traded))) or _is_counted(session, bot)


def _is_counted(session: Session, bot: Bot) -> bool:
    known = session.get(PerformanceCursor, (bot.id, bot.trading_mode)) is not None
    return known or _has_flows(session, bot)


def _has_flows(session: Session, bot: Bot) -> bool:
    flows = exists().where(CapitalFlow.bot_id == bot.id, CapitalFlow.mode == bot.trading_mode)
    return bool(session.scalar(select(flows)))


def _book(
    session: Session, bot: Bot, amount: Decimal, at: datetime, after_fill: int | None = None
) -> None:
    """Store a flow, after the fills that there are by now."""
    if after_fill is None:
        after_fill = session.scalar(_last_fill(bot.id, bot.trading_mode)) or 0
    session.add(
        CapitalFlow(
            bot_id=bot.id, mode=bot.trading_mode, amount=amount, at=at, after_fill=after_fill
        )
    )
    session.flush()


def _given(session: Session, bot: Bot, *which: ColumnElement[bool]) -> Decimal:
    given = select(func.sum(CapitalFlow.amount)).where(
        CapitalFlow.bot_id == bot.id, CapitalFlow.mode == bot.trading_mode, *which
    )
    return session.scalar(given) or ZERO


def _spent(session: Session, bot: Bot, which: ColumnElement[bool]) -> Decimal:
    signed = case((Fill.side == "buy", Fill.quantity), else_=-Fill.quantity)
    spent = select(func.sum(signed * Fill.price + Fill.fee)).where(
        Fill.bot_id == bot.id, Fill.mode == bot.trading_mode, which
    )
    return session.scalar(spent) or ZERO


def _cost(fill: Fill) -> Decimal:
    """As figures count it."""
    signed = fill.quantity if fill.side == "buy" else -fill.quantity
    return (signed * fill.price + fill.fee).quantize(UNIT)


def _last_fill(bot_id: uuid.UUID, mode: str) -> Select[int]:
    return select(func.max(Fill.seq)).where(Fill.bot_id == bot_id, Fill.mode == mode)
