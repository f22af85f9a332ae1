"""One worker at a time per bot, by an advisory lock that dies with its database connection."""

import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import psycopg
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, bindparam, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from .. import db
from ..errors import Conflict

_WAIT_SECONDS, _LOOK_EVERY = 3.0, 0.05

Begin = Callable[[], AbstractContextManager[Session]]

_KEY = func.hashtextextended(bindparam("bot_id"), literal_column("0"))
_TRY = db.as_sql(select(func.pg_try_advisory_lock(_KEY)))
_LET_GO = db.as_sql(select(func.pg_advisory_unlock(_KEY)))
_HOLD = select(func.pg_advisory_xact_lock(_KEY))


@contextmanager
def bot_lock(connection: Connection, bot_id: uuid.UUID) -> Iterator[bool]:
    """Yield whether this connection now holds the bot; False: someone else works on it.

    Every write to a bot's orders, fills and positions happens while the lock is held. No
    transaction stays open on the connection, so `transactions_on(connection)` can be used.
    """
    taken = bool(db.alone(connection, _TRY, bot_id=str(bot_id)))
    try:
        yield taken
    finally:
        if taken:
            _release(connection, bot_id)


def keep_still(session: Session, bot_id: uuid.UUID) -> None:
    """Nobody works on the bot from here to the end of the session's transaction.

    Conflict `bot_busy` if somebody still does after three seconds: a broker may be slow to answer.
    """
    session.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS:.0f}s'"))
    try:
        session.execute(_HOLD, {"bot_id": str(bot_id)})
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise Conflict("bot_busy", "The bot is at work on an alert. Try again shortly.") from error
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


@contextmanager
def all_bots_locked(connection: Connection, bot_ids: Collection[uuid.UUID]) -> Iterator[None]:
    """Hold every one of these bots; waits for a worker that is about to be done with one.

    Conflict `bot_busy` if it is not. Nobody waits while he holds a bot that another may wait for.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        with ExitStack() as held:
            if all(held.enter_context(bot_lock(connection, one)) for one in sorted(bot_ids)):
                yield
                return
        if time.monotonic() > deadline:
            raise Conflict("bot_busy", "The bot is at work this very moment. Try again.")
        time.sleep(_LOOK_EVERY)


def transactions_on(connection: Connection) -> Begin:
    """Transactions on the connection that holds the lock: whoever loses the lock (its backend
    was terminated) can't write any more either."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with Session(connection, expire_on_commit=False) as session, session.begin():
            yield session

    return begin


def backend_of(connection: Connection) -> int:
    """The process of PostgreSQL that serves this connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.info.backend_pid


def _release(connection: Connection, bot_id: uuid.UUID) -> None:
    try:
        connection.rollback()
        db.alone(connection, _LET_GO, bot_id=str(bot_id))
    except DBAPIError:
        connection.invalidate()  # the backend is gone, and the lock with it
