"""Fills and round trips as trading stores them, from a short list of what was traded."""

import itertools
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tradingrobotplug import db
from tradingrobotplug.models import (
    Bot,
    BotPerformance,
    CapitalFlow,
    EquitySample,
    Fill,
    Order,
    PerformanceCursor,
    RoundTrip,
    Signal,
    TripSum,
    UserPerformance,
)
from tradingrobotplug.performance import jobs, service

START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
_number = itertools.count(1_000)  # beyond the alerts that a test sends


@dataclass(frozen=True, slots=True)
class Traded:
    """One fill: a negative quantity was sold."""

    at: datetime
    quantity: str
    price: str
    fee: str = "0"
    symbol: str = "BTC-USD"


def at(**after: float) -> datetime:
    """So many `minutes`, `hours` or `days` after the start."""
    return START + timedelta(**after)


def trade(bot: Bot, *fills: Traded, mode: str = "paper") -> None:
    """Store fills of a bot with the round trips that they close, first in, first out."""
    with db.transaction() as session:
        order = _order(session, bot, fills[0].at, mode)
        lots = _open_lots(session, bot, mode)
        for fill in fills:
            row = _fill(order, fill)
            session.add(row)
            session.flush()
            trip = _match(lots[fill.symbol], row, bot)
            if trip:
                session.add(trip)


def refresh(bot: Bot) -> None:
    jobs.refresh(str(bot.id))


def closed(bot: Bot, moment: datetime) -> None:
    """Close the windows of the bot's user that are over by then."""
    with db.transaction() as session:
        service.close_windows(session, bot.user_id, "paper", moment)


def give(bot: Bot, amount: str, at: datetime, mode: str = "paper") -> None:
    """Store a flow of capital to a bot, after the fills that it has by now."""
    with db.transaction() as session:
        newest = select(func.max(Fill.seq)).where(Fill.bot_id == bot.id, Fill.mode == mode)
        after = session.scalar(newest) or 0
        flow = {"amount": Decimal(amount), "at": at, "after_fill": after}
        session.add(CapitalFlow(bot_id=bot.id, mode=mode, **flow))


def snapshot(bots: list[Bot]) -> dict[str, Any]:
    """All stored figures, without what identifies a row, a bot by its place in `bots`."""
    places = {bot.id: place for place, bot in enumerate(bots)} | {None: None}
    hidden = {"id", "bot_id", "user_id", "seq", "fill_seq", "flow_seq"}
    with db.transaction() as session:
        return {
            table.__tablename__: [
                {c.name: getattr(row, c.name) for c in table.__table__.c if c.name not in hidden}
                | {"bot": places[getattr(row, "bot_id", None)]}
                for row in session.scalars(query)
            ]
            for table, query in _stored(bots)
        }


def _stored(bots: list[Bot]) -> list[Any]:
    ids, user_id = [bot.id for bot in bots], bots[0].user_id
    cursors = select(PerformanceCursor).where(PerformanceCursor.bot_id.in_(ids))
    days = select(BotPerformance).where(BotPerformance.bot_id.in_(ids))
    windows = select(UserPerformance).where(UserPerformance.user_id == user_id)
    samples = select(EquitySample).where(EquitySample.user_id == user_id)
    sums = select(TripSum).where(TripSum.bot_id.in_(ids))
    cell = TripSum.__table__.primary_key
    order = (
        UserPerformance.mode,
        UserPerformance.plugin_id,
        UserPerformance.period,
        UserPerformance.date,
    )
    return [
        (PerformanceCursor, cursors.order_by(PerformanceCursor.bot_id, PerformanceCursor.mode)),
        (
            BotPerformance,
            days.order_by(BotPerformance.bot_id, BotPerformance.mode, BotPerformance.date),
        ),
        (UserPerformance, windows.order_by(*order)),
        (TripSum, sums.order_by(*cell)),
        (EquitySample, samples.order_by(EquitySample.mode, EquitySample.seq)),
    ]


def _order(session: Session, bot: Bot, at: datetime, mode: str) -> Order:
    signal = Signal(
        bot_id=bot.id, seq=next(_number), source="webhook", body=b"{}", status="done",
        received_at=at, next_attempt_at=at, log=[],
    )  # fmt: skip
    session.add(signal)
    session.flush()
    order = Order(
        signal_id=signal.id, leg="entry", bot_id=bot.id, user_id=bot.user_id, mode=mode,
        venue="paper", client_order_id=f"order-{next(_number)}", state="filled",
        symbol="BTC-USD", side="buy", type="market", time_in_force="gtc", quantity=Decimal(1),
        created_at=at,
    )  # fmt: skip
    session.add(order)
    session.flush()
    return order


def _fill(order: Order, fill: Traded) -> Fill:
    quantity = Decimal(fill.quantity)
    return Fill(
        trade_id=order.id, broker_fill_id=str(next(_number)), bot_id=order.bot_id,
        user_id=order.user_id, mode=order.mode, symbol=fill.symbol,
        side="buy" if quantity > 0 else "sell", quantity=abs(quantity),
        price=Decimal(fill.price), fee=Decimal(fill.fee), filled_at=fill.at,
    )  # fmt: skip


def _open_lots(session: Session, bot: Bot, mode: str) -> dict[str, deque[list[Any]]]:
    """symbol → [quantity left (signed), price, fee per unit, opened at], from the fills."""
    lots: dict[str, deque[list[Any]]] = defaultdict(deque)
    mine = select(Fill).where(Fill.bot_id == bot.id, Fill.mode == mode)
    for row in session.scalars(mine.order_by(Fill.seq)):
        _match(lots[row.symbol], row, bot)
    return lots


def _match(lots: deque[list[Any]], fill: Fill, bot: Bot) -> RoundTrip | None:
    sign = 1 if fill.side == "buy" else -1
    left, matched = fill.quantity, []
    while left and lots and lots[0][0] * sign < 0:
        taken = min(left, abs(lots[0][0]))
        matched.append((taken, *lots[0][1:]))
        lots[0][0] += taken * sign
        left -= taken
        if not lots[0][0]:
            lots.popleft()
    if left:
        lots.append([left * sign, fill.price, fill.fee / fill.quantity, fill.filled_at])
    if not matched:
        return None
    closed = sum(quantity for quantity, *_ in matched)
    value = sum(quantity * price for quantity, price, _, _ in matched)
    fees = sum(quantity * fee for quantity, _, fee, _ in matched)
    fees += fill.fee * closed / fill.quantity
    return RoundTrip(
        bot_id=bot.id, user_id=bot.user_id, plugin_id=bot.plugin_id, mode=fill.mode,
        symbol=fill.symbol, side="long" if sign < 0 else "short", quantity=closed,
        entry_price=value / closed, exit_price=fill.price, entry_value=value, fees=fees,
        pnl=(closed * fill.price - value) * -sign - fees, entered_at=matched[0][3],
        exited_at=fill.filled_at, exit_fill_seq=fill.seq,
    )  # fmt: skip
