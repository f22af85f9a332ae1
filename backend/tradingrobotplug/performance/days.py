"""The trading days of a record, one after the other, and what they add up to."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import BotPerformance, PerformanceCursor, UserPerformance
from . import periods, totals
from .asked import Asked
from .periods import Period
from .totals import Totals

Days = Sequence[tuple[date, Totals]]


def of(session: Session, asked: Asked) -> Days:
    """The asked trading days with their totals, oldest first."""
    table: type[BotPerformance] | type[UserPerformance] = UserPerformance
    owned = [
        UserPerformance.user_id == asked.user_id,
        UserPerformance.plugin_id == (asked.plugin_id or ""),
        UserPerformance.period == Period.DAILY,
    ]
    if asked.bot is not None:
        table, owned = BotPerformance, [BotPerformance.bot_id == asked.bot.id]
    wanted = select(table.date, table.totals).where(
        *owned, table.mode == asked.mode, table.date <= asked.last
    )
    if asked.first is not None:
        wanted = wanted.where(table.date >= asked.first)
    rows = session.execute(wanted.order_by(table.date))
    return [(day, totals.from_json(values)) for day, values in rows]


def record(session: Session, asked: Asked) -> Totals:
    """The totals of the whole record; their returns are those of days."""
    if asked.bot is not None:
        cursor = PerformanceCursor
        wanted = select(cursor.totals).where(
            cursor.bot_id == asked.bot.id, cursor.mode == asked.mode
        )
    else:
        wanted = select(UserPerformance.totals).where(
            UserPerformance.user_id == asked.user_id,
            UserPerformance.plugin_id == (asked.plugin_id or ""),
            UserPerformance.date == periods.ALL_TIME_DATE,
            UserPerformance.period == Period.ALL_TIME,
            UserPerformance.mode == asked.mode,
        )
    found = session.scalar(wanted)
    return totals.from_json(found) if found else Totals()


def whole(days: Days) -> Totals:
    """All of the days together; their returns stay those of hours."""
    return merged_all(found for _, found in days)


def merged_all(parts: Iterable[Totals]) -> Totals:
    """Totals of windows that follow each other; of nothing where there are none."""
    rest = iter(parts)
    found = next(rest, Totals())
    for part in rest:
        found = totals.merged(found, part)
    return found


def growth(days: Days) -> Decimal | None:
    """What one dollar became over the days, capital flows left out; None where there is none."""
    if not days or days[0][1].start <= 0:
        return None
    return days[-1][1].end / days[0][1].start
