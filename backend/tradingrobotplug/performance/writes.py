"""The one statement that stores figures, as text: all rows of a refresh in one round trip.

Each table's rows come as one JSON array. Amounts are decimals as text in it, so that they stay
exact.
"""

from typing import Any

from sqlalchemy import Table, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from ..db import as_sql
from ..models import BotPerformance, EquitySample, PerformanceCursor, TripSum, UserPerformance

SUMMED = ("trades", "wins", "losses", "gross_profit", "gross_loss", "entry_value",
          "hold_microseconds")  # fmt: skip
BINS = ("returns", "holds")


def _rows_of(model: Any, name: str) -> Insert:
    """Insert the array :name, in its order."""
    table = model.__table__
    assert isinstance(table, Table)
    columns = [column for column in table.c if column.identity is None]
    given = func.jsonb_to_recordset(bindparam(name, type_=JSONB)).table_valued(
        *(literal_column(column.name, column.type) for column in columns)
    )
    rows = given.render_derived(name=f"given_{name}", with_types=True)
    return insert(table).from_select([column.name for column in columns], select(rows))


def _upsert(model: Any, name: str, *key: str) -> Insert:
    """New rows; where there is one with this key, it becomes the new one."""
    statement, kept = _rows_of(model, name), {*key, "id"}
    names = (column.name for column in model.__table__.c)
    changed = {name: statement.excluded[name] for name in names if name not in kept}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


def _add_sums(name: str) -> Insert:
    """New rows; where there is one with this key, it grows by the new one."""
    statement, stored = _rows_of(TripSum, name), TripSum.__table__
    changed: dict[str, Any] = {n: stored.c[n] + statement.excluded[n] for n in SUMMED}
    table = TripSum.__tablename__
    for bins in BINS:  # PostgreSQL adds no arrays by itself
        changed[bins] = literal_column(
            "(SELECT array_agg(a + b ORDER BY place) FROM "  # nosec B608  # names of ours
            f"unnest({table}.{bins}, excluded.{bins}) WITH ORDINALITY both_of(a, b, place))"
        )
    return statement.on_conflict_do_update(index_elements=list(stored.primary_key), set_=changed)


_WINDOW = ("user_id", "plugin_id", "date", "period", "mode")

# :cursors, :days, :windows, :sums and :samples, the samples in their order.
SAVE = as_sql(
    _rows_of(EquitySample, "samples").add_cte(
        _upsert(PerformanceCursor, "cursors", "bot_id", "mode").cte("saved_cursors"),
        _upsert(BotPerformance, "days", "bot_id", "date", "mode").cte("saved_days"),
        _upsert(UserPerformance, "windows", *_WINDOW).cte("saved_windows"),
        _add_sums("sums").cte("added_sums"),
    )
)
