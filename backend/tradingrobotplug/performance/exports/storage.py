"""Rows in and out: taking an export up, its chunks, its end, its link.

Of several workers with one export only the one with the latest attempt's number may write: what a
dead or slow one left behind can't mix with it.
"""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, delete, update
from sqlalchemy.orm import Session

from ...models import Export, ExportChunk

LEASE = timedelta(seconds=60)  # a worker that has been silent for so long is dead
KEPT_FOR = timedelta(days=7)
MOST_ATTEMPTS = 3
LINK_LIFETIME = timedelta(minutes=1)


def claim(session: Session, export_id: uuid.UUID, now: datetime) -> Export | None:
    """Take a queued export up; None if it is gone, done, or another worker's."""
    return session.scalar(
        update(Export)
        .where(Export.id == export_id, Export.state == "queued")
        .values(state="running", attempts=Export.attempts + 1, progress=0, lease_until=now + LEASE)
        .returning(Export)
    )


def append(
    session: Session, taken: Export, number: int, content: bytes, progress: int, now: datetime
) -> bool:
    """Keep a chunk (none if it is empty) and stay in charge; False if another one is by now."""
    values = {"progress": progress, "lease_until": now + LEASE}
    if not _write(session, taken, values):
        return False
    if content:
        session.add(
            ExportChunk(export_id=taken.id, attempt=taken.attempts, number=number, content=content)
        )
    return True


def finish(
    session: Session,
    taken: Export,
    size: int,
    sha256: str,
    summary: dict[str, Any],
    now: datetime,
) -> bool:
    """The file is whole; what earlier attempts left goes. False as with `append`."""
    values = {
        "state": "done",
        "progress": 100,
        "size": size,
        "sha256": sha256,
        "summary": summary,
        "finished_at": now,
        "expires_at": now + KEPT_FOR,
    }
    if not _write(session, taken, values):
        return False
    session.execute(
        delete(ExportChunk).where(
            ExportChunk.export_id == taken.id, ExportChunk.attempt != taken.attempts
        )
    )
    return True


def give_back(session: Session, taken: Export, now: datetime) -> None:
    """This attempt has failed: to be tried again in a while, or no more after the third."""
    if taken.attempts < MOST_ATTEMPTS:
        _write(session, taken, {"state": "queued", "lease_until": now + LEASE})
    else:
        _write(session, taken, _given_up(now))


def requeue_lost(session: Session, now: datetime) -> list[uuid.UUID]:
    """Exports that nobody is at work on: their worker died, or their ring was lost. They are
    queued again; what was tried three times in vain has failed."""
    lost = and_(Export.state.in_(("queued", "running")), Export.lease_until < now)
    spent = and_(lost, Export.attempts >= MOST_ATTEMPTS)
    session.execute(update(Export).where(spent).values(**_given_up(now)))
    again = update(Export).where(lost).values(state="queued", lease_until=now + LEASE)
    return list(session.scalars(again.returning(Export.id)))


def prune(session: Session, now: datetime) -> None:
    """Delete what has expired, with its bytes."""
    session.execute(delete(Export).where(Export.expires_at < now))


def content(
    found: Export, transactions: Callable[[], AbstractContextManager[Session]]
) -> Iterator[bytes]:
    """The bytes of a finished export, a chunk at a time, none of them held for long.

    If it is deleted meanwhile the reader gets less than `size` bytes, and notices.
    """
    number = 0
    while True:
        key = (found.id, found.attempts, number)
        with transactions() as session:
            chunk = session.get(ExportChunk, key)
        if chunk is None:
            return
        yield chunk.content
        number += 1


def issue_link(found: Export, now: datetime) -> str:
    """A ticket that is good for one download within a minute; it replaces the one before."""
    ticket = secrets.token_urlsafe(32)
    found.link_hash, found.link_until = _hash(ticket), now + LINK_LIFETIME
    return ticket


def use_link(session: Session, ticket: str, now: datetime) -> Export | None:
    """Use a ticket up: of parallel tries one gets the export."""
    return session.scalar(
        update(Export)
        .where(Export.link_hash == _hash(ticket), Export.link_until > now, Export.state == "done")
        .values(link_hash=None, link_until=None)
        .returning(Export)
    )


def _given_up(now: datetime) -> dict[str, Any]:
    return {
        "state": "failed",
        "reason": "gave_up",
        "finished_at": now,
        "expires_at": now + KEPT_FOR,
    }


def _write(session: Session, taken: Export, values: dict[str, Any]) -> bool:
    result = session.execute(update(Export).where(_is_ours(taken)).values(**values))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _is_ours(taken: Export) -> ColumnElement[bool]:
    return and_(Export.id == taken.id, Export.attempts == taken.attempts, Export.state == "running")


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()
