"""Keys taken out for several accounts at a time.

Each opening adds to the trail, which takes one transaction at a time and waits for the disk: a
burst of orders at accounts that were not open yet would stand in line there. Those of a process who
ask while others are served are served together, in one transaction.
"""

import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock

from sqlalchemy.orm import Session

from .. import clock, db
from ..errors import Conflict
from . import keys
from .keys import TakenOut

_Asked = tuple[uuid.UUID, "Future[TakenOut]"]

_asking, _serving = Lock(), Lock()
_asked: list[_Asked] = []


def take_out(account_id: uuid.UUID) -> TakenOut:
    """As `keys.take_out` for trading, committed; call it with no transaction open."""
    mine: Future[TakenOut] = Future()
    with _asking:
        _asked.append((account_id, mine))
    with _serving:
        if not mine.done():
            with _asking:
                together, _asked[:] = _asked[:], []
            _serve(together)
    return mine.result()


def _serve(together: Sequence[_Asked]) -> None:
    try:
        with db.transaction() as session:
            # In the same order in every process: no two wait for each other's accounts.
            account_ids = sorted({account_id for account_id, _ in together})
            found = {account_id: _take_out(session, account_id) for account_id in account_ids}
    except BaseException as error:
        for _, asked in together:
            asked.set_exception(error)
        raise
    for account_id, asked in together:
        taken = found[account_id]
        if isinstance(taken, Conflict):
            asked.set_exception(taken)
        else:
            asked.set_result(taken)


def _take_out(session: Session, account_id: uuid.UUID) -> TakenOut | Conflict:
    try:
        return keys.take_out(session, account_id, "trade", clock.now())
    except Conflict as error:  # nothing was changed: the others are served
        return error
