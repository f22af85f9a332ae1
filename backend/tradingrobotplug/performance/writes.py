"""The statements that store figures, built once: to build them takes longer than to run them."""

from typing import Any

from sqlalchemy import Insert, Table, literal_column
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from ..models import BotPerformance, EquitySample, PerformanceCursor, TripSum, UserPerformance

SUMMED = ("trades", "wins", "losses", "gross_profit", "gross_loss", "entry_value",
          "hold_microseconds")  # fmt: skip
BINS = ("returns", "holds")


def _table(model: Any) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _upsert(table: Table, *key: str) -> Insert:
    """New rows; where there is one with this key, it becomes the new one."""
    statement = insert(table)
    kept = {*key, "id"}
    changed = {c.name: statement.excluded[c.name] for c in table.c if c.name not in kept}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


def _add_sums(table: Table, *key: str) -> Insert:
    """New rows; where there is one with this key, it grows by the new one."""
    statement = insert(table)
    changed: dict[str, Any] = {name: table.c[name] + statement.excluded[name] for name in SUMMED}
    for name in BINS:  # PostgreSQL adds no arrays by itself
        changed[name] = literal_column(
            "(SELECT array_agg(a + b ORDER BY place) FROM "  # nosec B608  # names of ours
            f"unnest({table.name}.{name}, excluded.{name}) WITH ORDINALITY both_of(a, b, place))"
        )
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


SAVE_CURSORS = _upsert(_table(PerformanceCursor), "bot_id", "mode")
SAVE_DAYS = _upsert(_table(BotPerformance), "bot_id", "date", "mode")
SAVE_WINDOWS = _upsert(_table(UserPerformance), "user_id", "plugin_id", "date", "period", "mode")
ADD_SUMS = _add_sums(_table(TripSum), "bot_id", "mode", "day", "weekday", "hour", "symbol", "side")
ADD_SAMPLES = plain_insert(_table(EquitySample))
