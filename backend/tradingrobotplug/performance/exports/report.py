"""What a performance report shows, read from the rows that the API answers from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ...marketdata.calendar import NEW_YORK
from ...models import Bot, BotPerformance, PerformanceCursor, RoundTrip, User, UserPerformance
from .. import curve, metrics, periods, totals
from ..bots import of_days
from ..periods import Period
from ..totals import Totals

LATEST_TRIPS = 60
MOST_RESULTS = 100_000
CURVE_POINTS = 1_500
_FEW_DAYS = 5  # a shorter record is drawn by the hour

Figures = metrics.Figures


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose report: a bot, or (None) all bots of a user; in one mode, from `first` to `last`.

    `first` None: from the beginning.
    """

    user_id: uuid.UUID
    bot_id: uuid.UUID | None
    mode: str
    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Month:
    """Percent of time-weighted return; None where there was no capital."""

    year: int
    month: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the pages. `curve` as the API answers it; `days` (date, percent)."""

    title: str
    owner: str
    mode: str
    first: date | None
    last: date
    made_at: datetime
    updated_at: datetime | None
    metrics: Figures
    undefined: dict[str, str]
    curve: Sequence[dict[str, Any]]
    months: Sequence[Month]
    years: dict[int, float | None]
    days: Sequence[tuple[date, float]]
    trips: Sequence[RoundTrip]
    trip_count: int
    results: Sequence[float]  # P&L in dollars of the latest round trips, at most MOST_RESULTS


def read(session: Session, subject: Subject, now: datetime) -> Report:
    """The report as of the figures' last update; all zeros where nothing was traded."""
    bot = session.get_one(Bot, subject.bot_id) if subject.bot_id else None
    owner = session.get_one(User, subject.user_id).username
    whole = _whole(session, subject)
    days = _days(session, subject)
    values, reasons = _figures(subject, whole, days)
    span = _span(subject, whole, now)
    months = [
        Month(*key, _percent([totals.from_json(day.totals) for day in part]))
        for key, part in groupby(days, lambda day: (day.date.year, day.date.month))
    ]
    return Report(
        title=bot.name if bot else "All bots",
        owner=owner,
        mode=subject.mode,
        first=subject.first or (days[0].date if days else None),
        last=subject.last,
        made_at=now,
        updated_at=whole.updated_at if whole else None,
        metrics=values,
        undefined=reasons,
        curve=_curve(session, subject, "hourly" if len(days) <= _FEW_DAYS else "daily", span),
        months=months,
        years={
            year: _percent([totals.from_json(day.totals) for day in part])
            for year, part in groupby(days, lambda day: day.date.year)
        },
        days=[(day.date, day.metrics["total_return_pct"] or 0.0) for day in days],
        trips=_trips(session, subject, span),
        trip_count=int(values["trade_count"] or 0),
        results=_results(session, subject, span),
    )


def _whole(session: Session, subject: Subject) -> PerformanceCursor | UserPerformance | None:
    """The stored all-time figures."""
    if subject.bot_id:
        return session.get(PerformanceCursor, (subject.bot_id, subject.mode))
    return session.scalar(
        select(UserPerformance).where(
            *_of_user(subject),
            UserPerformance.period == Period.ALL_TIME,
            UserPerformance.date == periods.ALL_TIME_DATE,
        )
    )


def _days(session: Session, subject: Subject) -> Sequence[BotPerformance | UserPerformance]:
    if subject.bot_id:
        table: Any = BotPerformance
        chosen: list[ColumnElement[bool]] = [
            BotPerformance.bot_id == subject.bot_id, BotPerformance.mode == subject.mode,
        ]  # fmt: skip
    else:
        table = UserPerformance
        chosen = [*_of_user(subject), UserPerformance.period == Period.DAILY]
    if subject.first:
        chosen.append(table.date >= subject.first)
    query = select(table).where(*chosen, table.date <= subject.last).order_by(table.date)
    return session.scalars(query).all()


def _of_user(subject: Subject) -> list[ColumnElement[bool]]:
    return [
        UserPerformance.user_id == subject.user_id,
        UserPerformance.plugin_id == "",
        UserPerformance.mode == subject.mode,
    ]


def _figures(
    subject: Subject,
    whole: PerformanceCursor | UserPerformance | None,
    days: Sequence[BotPerformance | UserPerformance],
) -> tuple[Figures, dict[str, str]]:
    """Of the whole record as they are stored; of a range from its days, as the API does it."""
    if whole is not None and subject.first is None:
        return whole.metrics, whole.undefined
    if whole is None or not days:
        return metrics.figures(Totals(), 365.0)
    parts = [totals.from_json(day.totals) for day in days]
    closed = [part for part, day in zip(parts, days, strict=True) if day.closed_at]
    yearly = periods.periods_per_year(Period.ALL_TIME, whole.track["asset_type"])
    return metrics.figures(of_days(parts, closed), yearly)


def _percent(parts: list[Totals]) -> float | None:
    value = metrics.total_return_pct(of_days(parts, ()))
    return None if isinstance(value, metrics.Undefined) else float(value)


def _span(
    subject: Subject, whole: PerformanceCursor | UserPerformance | None, now: datetime
) -> tuple[datetime, datetime]:
    """[start, end] of the report's days: New York's for stocks, UTC's as soon as crypto is in."""
    zone = NEW_YORK if whole is not None and whole.track["asset_type"] == "stocks" else UTC
    start = datetime.combine(subject.first or periods.ALL_TIME_DATE, time(), zone)
    end = datetime.combine(subject.last + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), min(now, end.astimezone(UTC))


def _curve(
    session: Session, subject: Subject, kind: str, span: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    if subject.bot_id:
        owned = curve.of_bot(subject.bot_id, subject.mode)
    else:
        owned = curve.of_user(subject.user_id, "", subject.mode)
    return curve.with_drawdown(curve.samples(session, owned, kind, span, CURVE_POINTS))


def _trips(
    session: Session, subject: Subject, span: tuple[datetime, datetime]
) -> Sequence[RoundTrip]:
    query = select(RoundTrip).where(*_trips_of(subject, span))
    return session.scalars(query.order_by(RoundTrip.seq.desc()).limit(LATEST_TRIPS)).all()


def _results(
    session: Session, subject: Subject, span: tuple[datetime, datetime]
) -> Sequence[float]:
    latest = select(RoundTrip.pnl).where(*_trips_of(subject, span)).order_by(RoundTrip.seq.desc())
    return [float(pnl) for pnl in session.scalars(latest.limit(MOST_RESULTS))]


def _trips_of(subject: Subject, span: tuple[datetime, datetime]) -> list[ColumnElement[bool]]:
    chosen = [RoundTrip.user_id == subject.user_id, RoundTrip.mode == subject.mode]
    if subject.bot_id:
        chosen.append(RoundTrip.bot_id == subject.bot_id)
    return [*chosen, RoundTrip.exited_at.between(*span)]
