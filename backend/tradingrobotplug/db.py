"""PostgreSQL: the truth. One engine per process, transactions opened at the edge only."""

import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Numeric,
    Row,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

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


def read(statement: Executable, **values: object) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of one statement and no more. With a statement of columns that was made once, it
    takes a third of the processor time of a session's."""
    with _bound(_readers).connect() as connection:
        return connection.execute(statement, values).all()


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
