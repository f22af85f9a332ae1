"""Single rows into PostgreSQL and out of it, by statements that are made once.

SQLAlchemy's flush works out what depends on what, and its queries what is loaded with what, anew
each time: several times the work of storing or reading one row whose columns are known. What it is
good at stays with it.
"""

import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Label, Table, TextClause, bindparam, inspect, select, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, manager_of_class, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from . import db
from .db import Base

_NEW = "new_"

Row = TypeVar("Row", bound=Base)


def columns(model: type[Base], prefix: str = "") -> list[Label[Any]]:
    """All of the model's columns, for a statement whose rows `made`, `load` or `read` take. Of two
    models in one statement one needs a prefix."""
    return [column.label(prefix + column.key) for column in _table(model).columns]


def made(model: type[Row], values: Sequence[Any]) -> Row:
    """The row of these values, which go as its columns do; it belongs to no session."""
    row: Row = manager_of_class(model).new_instance()
    instance_dict(row).update(zip(_names(model), values, strict=True))
    make_transient_to_detached(row)
    return row


def read(model: type[Row], sql: bytes, **values: object) -> list[Row]:
    """What a statement over `columns` finds, with no transaction around it; in no session."""
    return [made(model, found) for found in db.read(sql, **values)]


def load(session: Session, model: type[Row], sql: bytes, **values: object) -> list[Row]:
    """What a statement over `columns` finds. As with a query of SQLAlchemy's, a row that the
    session knows is that very one, as it was."""
    return [_known(session, made(model, found)) for found in db.rows(session, sql, **values)]


def get(session: Session, model: type[Row], row_id: uuid.UUID) -> Row:
    """The row of this id, as `session.get_one`. NoResultFound."""
    known = session.identity_map.get(inspect(model).identity_key_from_primary_key((row_id,)))
    if known is not None:
        return cast("Row", known)
    found = load(session, model, _by_id(model), row_id=row_id)
    if not found:
        raise NoResultFound(f"There is no row of {_table(model).name} with this id.")
    return found[0]


def _known(session: Session, row: Row) -> Row:
    key = inspect(row).key
    assert key is not None
    known = session.identity_map.get(key)
    if known is not None:
        return cast("Row", known)
    session.add(row)
    return row


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
def _by_id(model: type[Base]) -> bytes:
    (key,) = _table(model).primary_key
    return db.as_sql(select(*columns(model)).where(key == bindparam("row_id")))


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
