"""Figures of one bot: a period or a range of days, its latest round trips, its equity curve."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Invalid, NotFound
from ..marketdata import calendar
from ..models import Bot, BotPerformance, PerformanceCursor, RoundTrip
from ..money import ZERO, as_text
from ..trading import worth
from . import curve, metrics, periods, totals
from .periods import Period
from .totals import Totals

LATEST_TRIPS = 50
CURVE_POINTS = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Days to report on, both included, and the period they were asked as (None: a range)."""

    first: date
    last: date
    period: Period | None


def owned_bot(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID) -> Bot:
    """The caller's bot. NotFound if there is none, or it is someone else's."""
    bot = session.get(Bot, bot_id)
    if bot is None or bot.user_id != user_id or bot.deleted_at is not None:
        raise NotFound("bot_not_found", "There is no such bot.")
    return bot


def span_of(bot: Bot, query: Mapping[str, Any], now: datetime) -> Span:
    """The days between start_date and end_date if either is given, else the period in progress."""
    today = calendar.trading_day(bot.asset_type, now)
    first, last = query["start_date"], query["end_date"]
    if first is None and last is None:
        period = Period(query["period"])
        return Span(periods.key(period, today), today, period)
    last = min(last or today, today)
    first = max(first or periods.ALL_TIME_DATE, periods.ALL_TIME_DATE)
    if first > last:
        raise Invalid("invalid_input", "The range ends before it starts.")
    return Span(first, last, None)


def figures(
    session: Session, bot: Bot, span: Span, since: date | None, now: datetime
) -> dict[str, Any]:
    """The answer of a bot's performance; its curve and trades start at `since` or later."""
    window = _totals(session, bot, span)
    hourly = span.period is Period.DAILY
    yearly = periods.periods_per_year(span.period or Period.ALL_TIME, bot.asset_type)
    values, reasons = metrics.figures(window, yearly)
    shown = _instants(bot, max(span.first, since or span.first), span.last)
    points = curve.samples(
        session,
        curve.of_bot(bot.id, bot.trading_mode),
        "hourly" if hourly else "daily",
        shown,
        CURVE_POINTS,
        bot.created_at,
    )
    cursor = session.get(PerformanceCursor, (bot.id, bot.trading_mode))
    if span.last == calendar.trading_day(bot.asset_type, now):
        moved = worth.moved(session, [(bot, cursor)]).get(bot.id, ZERO)
        points = curve.up_to_now(points, moved, now)
    return {
        "bot_id": str(bot.id),
        "period": (span.period or "range"),
        "start_date": None if span.period is Period.ALL_TIME else span.first,
        "end_date": span.last,
        "mode": bot.trading_mode,
        "metrics": values,
        "undefined": reasons,
        "trades": [_trip(row) for row in _latest_trips(session, bot, shown)],
        "equity_curve": curve.with_drawdown(points),
        "updated_at": cursor.updated_at if cursor else bot.updated_at,
    }


def _totals(session: Session, bot: Bot, span: Span) -> Totals:
    if span.period is Period.ALL_TIME:
        cursor = session.get(PerformanceCursor, (bot.id, bot.trading_mode))
        return totals.from_json(cursor.totals) if cursor else Totals()
    days = session.scalars(
        select(BotPerformance)
        .where(
            BotPerformance.bot_id == bot.id,
            BotPerformance.mode == bot.trading_mode,
            BotPerformance.date >= span.first,
            BotPerformance.date <= span.last,
        )
        .order_by(BotPerformance.date)
    ).all()
    if not days:
        return Totals()
    parts = [totals.from_json(day.totals) for day in days]
    if span.period is Period.DAILY:
        return parts[-1]
    closed = [part for part, day in zip(parts, days, strict=True) if day.closed_at]
    return of_days(parts, closed)


def of_days(parts: Sequence[Totals], closed: Sequence[Totals]) -> Totals:
    """Totals of several days in their order, at least one; the closed ones are its returns."""
    whole = parts[0]
    for part in parts[1:]:
        whole = totals.merged(whole, part)
    # A day's own returns are of hours; over several days each closed day is one return.
    whole.returns = 0
    whole.return_sum = whole.return_squares = whole.downside_squares = ZERO
    for day in closed:
        if day.start > 0:
            totals.add_return(whole, day.end / day.start - 1)
    return whole


def _instants(bot: Bot, first: date, last: date) -> tuple[datetime, datetime]:
    kind = bot.asset_type
    if kind == "crypto":
        return calendar.day_bounds(kind, first)[0], calendar.day_bounds(kind, last)[1]
    start = datetime.combine(first, time(), calendar.NEW_YORK)
    return start, datetime.combine(last + timedelta(days=1), time(), calendar.NEW_YORK)


def _latest_trips(session: Session, bot: Bot, shown: tuple[datetime, datetime]) -> list[RoundTrip]:
    return list(
        session.scalars(
            select(RoundTrip)
            .where(
                RoundTrip.bot_id == bot.id,
                RoundTrip.mode == bot.trading_mode,
                RoundTrip.exited_at >= shown[0],
                RoundTrip.exited_at <= shown[1],
            )
            .order_by(RoundTrip.seq.desc())
            .limit(LATEST_TRIPS)
        )
    )


def _trip(row: RoundTrip) -> dict[str, Any]:
    amounts = ("quantity", "entry_price", "exit_price", "entry_value", "fees", "pnl")
    return {
        "symbol": row.symbol,
        "side": row.side,
        "entered_at": row.entered_at,
        "exited_at": row.exited_at,
        **{name: as_text(getattr(row, name)) for name in amounts},
    }
