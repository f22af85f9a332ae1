"""Single rows into PostgreSQL, by statements that are made once.

SQLAlchemy's flush works out what depends on what, and makes its statement anew each time: several
times the work of storing one row that is at hand. What it is good at stays with it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Table, TextClause, bindparam, inspect, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from . import db
from .db import Base

_NEW = "new_"


def insert_of(model: type[Base]) -> Insert:
    """The statement for a new row, whose values go by the names of their columns; to be gone on
    with."""
    values: dict[str, Any] = {name: bindparam(name) for name in _given(model)}
    return insert(_table(model)).values(values)


def store(session: Session, row: Base) -> None:
    """Store a new row, all of whose columns are set but for a key that PostgreSQL gives it; or of
    one that was read what is new."""
    if inspect(row).transient:
        _add(session, row)
    else:
        _save(session, row)


def _add(session: Session, row: Base) -> None:
    columns = {name: getattr(row, name) for name in _given(type(row))}
    (key,) = db.rows(session, _insert(type(row)), **_values(row, columns))
    for name, value in zip(_key(type(row)), key, strict=True):
        setattr(row, name, value)
    make_transient_to_detached(row)
    session.add(row)


def _save(session: Session, row: Base) -> None:
    stored = inspect(row).unmodified
    new = {name: getattr(row, name) for name in _names(type(row)) if name not in stored}
    if new and not change(session, row, new):
        raise StaleDataError(f"A row of {_table(type(row)).name} is not there to be changed.")


def change(
    where: Session | Connection,
    row: Base,
    columns: Mapping[str, Any],
    only_if: TextClause | None = None,
) -> bool:
    """Set these columns of a row, in the table and in `row`: within a session's transaction, or by
    itself on a connection that is in none. False, and nothing is set, if it is not (any more) so
    as `only_if` says."""
    sql = _update(type(row), tuple(columns), only_if)
    values: dict[str, Any] = {f"{_NEW}{n}": v for n, v in _values(row, columns).items()}
    values |= {name: getattr(row, name) for name in _key(type(row))}
    if isinstance(where, Session):
        is_done = bool(db.rows(where, sql, **values))
    else:
        is_done = db.alone(where, sql, **values) is not None
    if is_done:
        for name, value in columns.items():
            set_committed_value(row, name, value)
    return is_done


def _values(row: Base, columns: Mapping[str, Any]) -> dict[str, Any]:
    is_json = _json_columns(type(row))
    return {n: Jsonb(v) if n in is_json and v is not None else v for n, v in columns.items()}


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _key(model: type[Base]) -> list[str]:
    return [column.key for column in _table(model).primary_key]


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.key for column in _table(model).columns)


@cache
def _given(model: type[Base]) -> tuple[str, ...]:
    """The columns to which PostgreSQL gives no value by itself."""
    return tuple(column.key for column in _table(model).columns if column.identity is None)


@cache
def _json_columns(model: type[Base]) -> frozenset[str]:
    columns = _table(model).columns
    return frozenset(column.key for column in columns if isinstance(column.type, JSONB))


@cache
def _insert(model: type[Base]) -> bytes:
    return db.as_sql(insert_of(model).returning(*_table(model).primary_key))


@cache
def _update(model: type[Base], names: tuple[str, ...], only_if: TextClause | None) -> bytes:
    table = _table(model)
    is_row = [table.c[name] == bindparam(name) for name in _key(model)]
    guards = [*is_row, only_if] if only_if is not None else is_row
    new: dict[str, Any] = {name: bindparam(f"{_NEW}{name}") for name in names}
    return db.as_sql(update(table).where(*guards).values(new).returning(*table.primary_key))
