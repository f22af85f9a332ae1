"""Where a record comes from: round trips by symbol, side, weekday and hour, how long they were
held, how their returns are distributed. Read from sums, so the cost does not grow with trips."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from ..models import TripSum
from . import days, metrics, round_trips, sums
from .asked import Asked
from .metrics import Undefined
from .sums import Span
from .totals import Totals

GROUPS = ("symbol", "side", "weekday", "hour")
SYMBOLS = 50  # the most traded; more would be no overview
EXTREMES = 5
_SUMS = ("trades", "wins", "losses", "gross_profit", "gross_loss", "entry_value",
         "hold_microseconds")  # fmt: skip
_BINS: dict[str, tuple[Any, ...]] = {"returns": sums.RETURN_EDGES, "holds": sums.HOLD_EDGES}
_FIGURES = (metrics.trade_count, metrics.win_count, metrics.loss_count, metrics.win_rate,
            metrics.total_pnl, metrics.profit_factor, metrics.avg_trade_size, metrics.avg_win,
            metrics.avg_loss, metrics.avg_hold_seconds)  # fmt: skip


def read(session: Session, asked: Asked) -> dict[str, Any]:
    """The answer of an analysis."""
    rows = _rows(session, asked)
    whole = next((row for row in rows if row.level == _LEVELS["whole"]), None)
    return asked.head | {
        "whole": _figures(whole),
        "streaks": _streaks(_trades(session, asked)),
        **{f"by_{name}": _group(rows, name) for name in GROUPS},
        **_distributions(session, asked),
        "best": round_trips.extremes(session, asked, "best", EXTREMES),
        "worst": round_trips.extremes(session, asked, "worst", EXTREMES),
    }


# GROUPING() has one bit per column, set where a row is not grouped by it.
_LEVELS = {"symbol": 0b0111, "side": 0b1011, "weekday": 0b1101, "hour": 0b1110, "whole": 0b1111}

# Built once: to build its many columns takes longer than to run it.
_COUNTS = select(
    *(
        func.coalesce(func.sum(getattr(TripSum, name)[place + 1]), 0)
        for name, edges in _BINS.items()
        for place in range(len(edges) + 1)
    )
)


def _rows(session: Session, asked: Asked) -> Sequence[Row[Any]]:
    """Sums by each of GROUPS, and of all."""
    columns = [getattr(TripSum, name) for name in GROUPS]
    level = func.grouping(*columns).label("level")
    totals = [func.sum(getattr(TripSum, name)).label(name) for name in _SUMS]
    sets = func.grouping_sets(*(tuple_(column) for column in columns), tuple_())
    wanted = select(level, *columns, *totals).where(*_within(asked)).group_by(sets)
    return session.execute(wanted).all()


def _distributions(session: Session, asked: Asked) -> dict[str, list[dict[str, object]]]:
    """[{"from", "to", "count"}] of the columns that count by bins."""
    found = iter(session.execute(_COUNTS.where(*_within(asked))).one())
    return {
        name: sums.bins(list(islice(found, len(edges) + 1)), edges) for name, edges in _BINS.items()
    }


def _within(asked: Asked) -> list[ColumnElement[bool]]:
    chosen = sums.spans(asked.first, None if asked.is_current else asked.last)
    return [*asked.of(TripSum), or_(*(_in_span(span) for span in chosen))]


def _in_span(span: Span) -> ColumnElement[bool]:
    chosen = [TripSum.period == span.period.value]
    if span.first is not None:
        chosen.append(TripSum.day >= span.first)
    if span.last is not None:
        chosen.append(TripSum.day <= span.last)
    return and_(*chosen)


def _group(rows: Sequence[Row[Any]], name: str) -> list[dict[str, Any]]:
    found = [row for row in rows if row.level == _LEVELS[name]]
    if name == "symbol":
        found = sorted(found, key=lambda row: (-row.trades, row.symbol))[:SYMBOLS]
    else:
        found.sort(key=lambda row: getattr(row, name))
    return [{"key": str(getattr(row, name))} | _figures(row) for row in found]


def _figures(row: Row[Any] | None) -> dict[str, Any]:
    totals = Totals()
    if row is not None and row.trades is not None:  # the sum of no rows is one row of nulls
        totals = Totals(**{name: getattr(row, name) for name in _SUMS})
        totals.hold_microseconds = int(totals.hold_microseconds)
    found = {figure.__name__: figure(totals) for figure in _FIGURES}
    return {k: None if isinstance(v, Undefined) else v for k, v in found.items()}


def _trades(session: Session, asked: Asked) -> Totals:
    """Totals of the asked days; of all of a record they are kept."""
    if asked.first is None and asked.is_current:
        return days.record(session, asked)
    return days.whole(days.of(session, asked))


def _streaks(whole: Totals) -> dict[str, int]:
    return {
        "current": whole.run,
        "longest_win": whole.longest_win,
        "longest_loss": whole.longest_loss,
    }
