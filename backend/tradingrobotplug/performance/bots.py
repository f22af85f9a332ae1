"""Figures of one bot: a period or a range of days, its latest round trips, its equity curve."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Invalid, NotFound
from ..models import Bot, BotPerformance, PerformanceCursor, RoundTrip
from ..money import ZERO, as_text
from ..plans import history
from ..plans.entitlements import Entitlements
from ..trading import worth
from . import curve, days, metrics, periods, totals, windows
from .periods import Mode, Period
from .totals import Totals

LATEST_TRIPS = 50
CURVE_POINTS = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Days to report on, both included, the period they were asked as (None: a range), the mode."""

    first: date
    last: date
    period: Period | None
    mode: str


def owned_bot(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID) -> Bot:
    """The caller's bot. NotFound if there is none, or it is someone else's."""
    bot = session.get(Bot, bot_id)
    if bot is None or bot.user_id != user_id or bot.deleted_at is not None:
        raise NotFound("bot_not_found", "There is no such bot.")
    return bot


def span_of(session: Session, bot: Bot, query: Mapping[str, Any], now: datetime) -> Span:
    """The days between start_date and end_date if either is given, else the latest period."""
    mode = query["mode"] or bot.trading_mode
    first, last = query["start_date"], query["end_date"]
    if first is None and last is None:
        period, day = Period(query["period"]), _latest_day(session, bot, mode, now)
        return Span(periods.key(period, day), day, period, mode)
    today = periods.day_of(bot.asset_type, now)
    last = min(last or today, today)
    first = max(first or periods.ALL_TIME_DATE, periods.ALL_TIME_DATE)
    if first > last:
        raise Invalid("invalid_input", "The range ends before it starts.")
    return Span(first, last, None, mode)


def figures(
    session: Session, bot: Bot, span: Span, allowed: Entitlements, now: datetime
) -> dict[str, Any]:
    """The answer of a bot's performance; its curve and trades reach back as far as the plan."""
    yearly = periods.periods_per_year(span.period or Period.ALL_TIME, bot.asset_type)
    values, reasons = metrics.figures(totals_of(session, bot, span), yearly)
    known = history.clamped(allowed, span.first, now)
    shown = periods.instants(
        bot.asset_type, max(span.first, known.first_date or span.first), span.last
    )
    cursor = session.get(PerformanceCursor, (bot.id, span.mode))
    return {
        "bot_id": str(bot.id),
        "period": (span.period or "range"),
        "start_date": None if span.period is Period.ALL_TIME else span.first,
        "end_date": span.last,
        "mode": span.mode,
        "metrics": values,
        "undefined": reasons,
        "trades": [_trip(row) for row in _latest_trips(session, bot, span.mode, shown)],
        "equity_curve": curve.with_drawdown(_curve(session, bot, span, shown, now)),
        "history": known,
        "updated_at": cursor.updated_at if cursor else bot.updated_at,
    }


def _latest_day(session: Session, bot: Bot, mode: str, now: datetime) -> date:
    day, shown = periods.day_of(bot.asset_type, now), periods.shown_day(bot.asset_type, now)
    row = session.scalar(
        select(BotPerformance.totals).where(
            BotPerformance.bot_id == bot.id,
            BotPerformance.date == day,
            BotPerformance.mode == mode,
        )
    )
    return day if row and windows.has_traded(totals.from_json(row)) else shown


def _curve(
    session: Session, bot: Bot, span: Span, shown: tuple[datetime, datetime], now: datetime
) -> list[curve.Point]:
    owned = curve.of_bot(bot.id, span.mode)
    # Only a paper bot has had its capital since it was made.
    began = bot.created_at if span.mode == Mode.PAPER else None
    kind = "hourly" if span.period is Period.DAILY else "daily"
    points = curve.samples(session, owned, kind, shown, CURVE_POINTS, began)
    if span.last < periods.shown_day(bot.asset_type, now):
        return points
    cursor = session.get(PerformanceCursor, (bot.id, span.mode))
    moved = worth.moved(session, [(bot, cursor)]).get(bot.id, ZERO)
    return curve.up_to_now(points, moved, now)


def totals_of(session: Session, bot: Bot, span: Span) -> Totals:
    """A bot's totals over these days."""
    if span.period is Period.ALL_TIME:
        cursor = session.get(PerformanceCursor, (bot.id, span.mode))
        return totals.from_json(cursor.totals) if cursor else Totals()
    rows = session.scalars(
        select(BotPerformance)
        .where(
            BotPerformance.bot_id == bot.id,
            BotPerformance.mode == span.mode,
            BotPerformance.date >= span.first,
            BotPerformance.date <= span.last,
        )
        .order_by(BotPerformance.date)
    ).all()
    if not rows:
        return Totals()
    parts = [totals.from_json(row.totals) for row in rows]
    if span.period is Period.DAILY:
        return parts[-1]
    closed = [part for part, row in zip(parts, rows, strict=True) if row.closed_at]
    return of_days(parts, closed)


def of_days(parts: Sequence[Totals], closed: Sequence[Totals]) -> Totals:
    """Totals of several days in their order, at least one; the closed ones are its returns."""
    whole = days.merged_all(parts)
    # A day's own returns are of hours; over several days each closed day is one return.
    whole.returns = 0
    whole.return_sum = whole.return_squares = whole.downside_squares = ZERO
    for day in closed:
        if day.start > 0:
            totals.add_return(whole, day.end / day.start - 1)
    return whole


def _latest_trips(
    session: Session, bot: Bot, mode: str, shown: tuple[datetime, datetime]
) -> list[RoundTrip]:
    return list(
        session.scalars(
            select(RoundTrip)
            .where(
                RoundTrip.bot_id == bot.id,
                RoundTrip.mode == mode,
                RoundTrip.exited_at >= shown[0],
                RoundTrip.exited_at < shown[1],
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
