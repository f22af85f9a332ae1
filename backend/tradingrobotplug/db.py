"""PostgreSQL: the truth. One engine per process, transactions opened at the edge only."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import (
    BindParameter,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Numeric,
    bindparam,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import psycopg as _psycopg
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import visitors

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's parent: constraint names, and the column types of the Python types we use."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads a plain dict here)
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


Money = Numeric(30, 12)
Moment = DateTime(timezone=True)

# True in every statement, whose transaction then does not wait for the disk: for what can be lost
# with PostgreSQL's machine because it is done again from what is left. Nothing is torn apart by it:
# only the newest transactions can be lost, in their order.
IS_UNHURRIED = text("set_config('synchronous_commit', 'off', true) = 'off'")

_TRUSTED_SECONDS = 1.0  # a connection that answered so lately is not asked whether it still does

_sessions: sessionmaker[Session] | None = None
_readers: sessionmaker[Session] | None = None
_place: tuple[str, int] | None = None


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """Set this process's engine. `url` is a libpq URL (postgresql://…).

    Single reads have connections of their own, which open no transaction: to switch one to and fro
    takes longer than many a read. The engine in force stays if it is the one asked for, with its
    connections and what it knows.
    """
    global _sessions, _readers, _place
    if _sessions is not None:
        if _place == (url, pool_size):
            return engine()
        dispose()
    made = _engine(url, pool_size)
    _sessions = sessionmaker(made, expire_on_commit=False)
    alone = _engine(url, pool_size, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
    _readers = sessionmaker(alone, expire_on_commit=False, autoflush=False)
    _place = (url, pool_size)
    return made


def _engine(url: str, pool_size: int, **options: Any) -> Engine:
    made = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=5,
        pool_use_lifo=True,  # the one used last has its statements prepared, and is warm
        hide_parameters=True,  # an error's text must not show the values it failed with
        connect_args={"connect_timeout": 3},
        **options,
    )
    event.listen(made, "checkin", _note_answer)
    event.listen(made, "checkout", partial(_refuse_dead, made.dialect))
    return made


def engine() -> Engine:
    """This process's engine; RuntimeError before `connect`."""
    return _bound(_sessions)


def dispose(*, close: bool = True) -> None:
    """Let go of every connection; without `close`, after a fork, leave them to the parent."""
    engine().dispose(close)
    _bound(_readers).dispose(close)


def _bound(makes: sessionmaker[Session] | None) -> Engine:
    if makes is None:
        raise RuntimeError("db.connect was not called")
    bound = makes.kw["bind"]
    assert isinstance(bound, Engine)
    return bound


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits at the end and rolls back on an exception. For edges only."""
    if _sessions is None:
        raise RuntimeError("db.connect was not called")
    with _sessions.begin() as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session for one query: it needs no BEGIN and no COMMIT around it, each a round trip.

    Several queries in it may see different moments.
    """
    if _readers is None:
        raise RuntimeError("db.connect was not called")
    with _readers() as session:
        yield session


def as_sql(statement: Executable) -> bytes:
    """A statement as the driver takes it, with the names of its values; for `read`, `rows` and
    `execute`, where an order waits for the answer: to build one takes longer than to run it, and
    what SQLAlchemy does around it takes as long as all the rest. Its constants are in the text. It
    is prepared at once: a burst is worked off on connections that have hardly been used."""

    def settled(element: Any, **_: Any) -> Any:
        if not isinstance(element, BindParameter):
            return None
        if element.required:  # it gets its value later
            return bindparam(element.key, None, type_=element.type)
        return element.render_literal_execute()

    dialect = _psycopg.dialect()  # type: ignore[no-untyped-call]
    whole = visitors.replacement_traverse(cast("Any", statement), {}, settled)
    return str(whole.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})).encode()


def read(sql: bytes, **values: object) -> list[Any]:
    """The rows of one statement, named tuples, on a connection of its own without transaction."""
    with _bound(_readers).connect() as connection:
        return _rows(connection, sql, values)


def rows(session: Session, sql: bytes, **values: object) -> list[Any]:
    """The same within a session's transaction; what waits to be flushed is not flushed for it."""
    return _rows(session.connection(), sql, values)


def alone(connection: Connection, sql: bytes, **values: object) -> Any:
    """The one value of a statement with no transaction around it, on a connection that is in none:
    one round trip instead of three. None if there is no row."""
    with _as_of_sqlalchemy(connection, sql) as driver:
        driver.autocommit = True
        try:
            row = driver.execute(sql, values, prepare=True).fetchone()
        finally:
            if not driver.closed:
                driver.autocommit = False
    return row[0] if row else None


def execute(session: Session, sql: bytes, **values: object) -> None:
    """A statement without rows, within a session's transaction."""
    with _as_of_sqlalchemy(session.connection(), sql) as driver:
        driver.execute(sql, values, prepare=True)


def _rows(connection: Connection, sql: bytes, values: dict[str, object]) -> list[Any]:
    with (
        _as_of_sqlalchemy(connection, sql) as driver,
        driver.cursor(row_factory=namedtuple_row) as cursor,
    ):
        return cursor.execute(sql, values, prepare=True).fetchall()


@contextmanager
def _as_of_sqlalchemy(connection: Connection, sql: bytes) -> Iterator[psycopg.Connection[Any]]:
    """The driver's connection, whose errors come as SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        yield driver
    except psycopg.Error as error:
        if driver.broken:
            connection.invalidate(error)
        said = (sql.decode(), None, error, psycopg.Error)
        raise DBAPIError.instance(*said, hide_parameters=True) from error


def _note_answer(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["answered_at"] = time.monotonic()


def _refuse_dead(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, proxy: Any
) -> None:
    """A connection that lay idle may have lost its server: the pool makes another one then."""
    if time.monotonic() - record.info.get("answered_at", 0.0) < _TRUSTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except psycopg.Error as error:
        raise DisconnectionError from error


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then random, so that ids sort by time."""
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return uuid.UUID(bytes=bytes(raw))
