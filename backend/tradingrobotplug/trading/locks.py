"""One worker at a time per bot, by an advisory lock that dies with its database connection."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Begin = Callable[[], AbstractContextManager[Session]]


@contextmanager
def bot_lock(connection: Connection, bot_id: uuid.UUID) -> Iterator[bool]:
    """Yield whether this connection now holds the bot; False: someone else works on it.

    Every write to a bot's orders, fills and positions happens while the lock is held. No
    transaction stays open on the connection, so `transactions_on(connection)` can be used.
    """
    key = func.hashtextextended(str(bot_id), 0)
    taken = bool(connection.scalar(select(func.pg_try_advisory_lock(key))))
    connection.commit()
    try:
        yield taken
    finally:
        if taken:
            _release(connection, bot_id)


def transactions_on(connection: Connection) -> Begin:
    """Transactions on the connection that holds the lock: whoever loses the lock (its backend
    was terminated) can't write any more either."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with Session(connection, expire_on_commit=False) as session, session.begin():
            yield session

    return begin


def _release(connection: Connection, bot_id: uuid.UUID) -> None:
    key = func.hashtextextended(str(bot_id), 0)
    try:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(key)))
        connection.commit()
    except DBAPIError:
        connection.invalidate()  # the backend is gone, and the lock with it
