"""Hints for open pages: something of a user's has changed, go and read it.

A hint carries ids and no figures, over Redis to `trp stream`. It goes out after the commit, from a
thread of its own, so that no Redis can hold an order up; one that is lost costs a page the wait
for its next poll.
"""

import json
import os
import threading
import time
import uuid
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Literal

from sqlalchemy import event
from sqlalchemy.orm import Session

from . import clock, logs, queues

Kind = Literal["signal", "order", "position", "figures", "bot"]

_MOST_WAITING = 1000
_AT_ONCE = 100
_GATHER_SECONDS = 0.05  # an order gives several hints in a row; together they cost one request
_PAUSE_SECONDS = 1.0  # after trouble hints are dropped, not kept for a Redis that has just failed
_NOTED = "live.hints"


@dataclass(frozen=True, slots=True)
class Hint:
    """What has changed (`kind`, `id`), of which bot, and whom it is told."""

    user_id: uuid.UUID
    kind: Kind
    bot_id: uuid.UUID
    id: uuid.UUID


def channel(user_id: uuid.UUID | str) -> str:
    """The Redis channel of a user's hints."""
    return f"live:{user_id}"


def note(
    session: Session, kind: Kind, user_id: uuid.UUID, bot_id: uuid.UUID, what: uuid.UUID
) -> None:
    """Tell the user's open pages, once and only if this session's transaction commits."""
    session.info.setdefault(_NOTED, []).append(Hint(user_id, kind, bot_id, what))


def publish(hint: Hint) -> None:
    """Tell the user's open pages now. Never waits and never fails: with too much waiting, or
    Redis away, the hint is dropped."""
    _start()
    try:
        _waiting.put_nowait((hint, clock.now().isoformat()))
    except Full:
        return


@event.listens_for(Session, "after_commit")
def _publish_noted(session: Session) -> None:
    if not session.in_nested_transaction():  # the end of a savepoint is no commit yet
        for hint in session.info.pop(_NOTED, ()):
            publish(hint)


_waiting: Queue[tuple[Hint, str]] = Queue(_MOST_WAITING)
_starting = threading.Lock()
_started = False


def _start() -> None:
    """The thread is made at the first hint: a server forks before it works."""
    global _started
    if not _started:
        with _starting:
            if not _started:
                threading.Thread(target=_run, name="live", daemon=True).start()
                _started = True


def _after_fork() -> None:
    global _started, _starting, _waiting
    _started, _starting, _waiting = False, threading.Lock(), Queue(_MOST_WAITING)


os.register_at_fork(after_in_child=_after_fork)


def _run() -> None:
    while True:
        first = _waiting.get()
        time.sleep(_GATHER_SECONDS)
        hints = [first, *_more()]
        try:
            _send(hints)
        except Exception as error:  # whatever it is, this thread is the only one there is
            logs.event("live.unreachable", error=type(error).__name__)
            time.sleep(_PAUSE_SECONDS)
            while _more():
                pass


def _more() -> list[tuple[Hint, str]]:
    found: list[tuple[Hint, str]] = []
    while len(found) < _AT_ONCE:
        try:
            found.append(_waiting.get_nowait())
        except Empty:
            break
    return found


def _send(hints: list[tuple[Hint, str]]) -> None:
    with queues.redis().pipeline(transaction=False) as pipe:
        for hint, at in hints:
            pipe.publish(channel(hint.user_id), _as_text(hint, at))
        pipe.execute()


def _as_text(hint: Hint, at: str) -> str:
    return json.dumps({"type": hint.kind, "bot_id": str(hint.bot_id), "id": str(hint.id), "at": at})
