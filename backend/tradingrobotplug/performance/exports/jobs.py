"""What the worker of exports and the scheduler start. Running any of these twice is harmless."""

import hashlib
import logging
import uuid
from collections.abc import Iterator

from ... import clock, logs, queues
from ...db import transaction
from ...models import Export
from . import service, storage
from .making import FORMS, Kind, Piece

_CHUNK_BYTES = 512 * 1024
_TELL_SECONDS = 5.0  # how often progress is written down at least


def make(export_id: str) -> None:
    """Make one export, unless it is made already or somebody else is at it."""
    with transaction() as session:
        taken = storage.claim(session, uuid.UUID(export_id), clock.now())
    if taken is None:
        return
    try:
        is_done = _write(
            taken, FORMS[Kind(taken.kind)].pieces(service.order_of(taken), transaction)
        )
    except Exception:
        logging.getLogger("trp").exception("export.failed", extra={"fields": {"id": export_id}})
        with transaction() as session:
            storage.give_back(session, taken, clock.now())
        return
    word = "made" if is_done else "taken_over"
    logs.event(f"export.{word}", export_id=export_id, kind=taken.kind, attempt=taken.attempts)


def sweep() -> None:
    """Ring for exports whose ring or worker was lost. Run by the scheduler."""
    with transaction() as session:
        waiting = storage.requeue_lost(session, clock.now())
    queues.enqueue_all(queues.MAKE_EXPORT, [(str(export_id),) for export_id in waiting])


def prune() -> None:
    """Remove expired files. Run hourly."""
    with transaction() as session:
        storage.prune(session, clock.now())


def _write(taken: Export, pieces: Iterator[Piece]) -> bool:
    """Store the pieces in chunks of half a megabyte; False if another worker took over."""
    hashed, size, number = hashlib.sha256(), 0, 0
    waiting, told_at = bytearray(), clock.now()
    summary: dict[str, object] = {}
    for piece in pieces:
        waiting += piece.content
        summary |= piece.summary
        now = clock.now()
        is_full = len(waiting) >= _CHUNK_BYTES
        if is_full or (now - told_at).total_seconds() >= _TELL_SECONDS:
            ready = bytes(waiting) if is_full else b""
            with transaction() as session:
                if not storage.append(session, taken, number, ready, _percent(piece), now):
                    return False
            told_at = now
            if is_full:
                hashed.update(ready)
                size, number = size + len(ready), number + 1
                waiting.clear()
    hashed.update(waiting)
    with transaction() as session:
        now = clock.now()
        return storage.append(session, taken, number, bytes(waiting), 99, now) and storage.finish(
            session, taken, size + len(waiting), hashed.hexdigest(), summary, now
        )


def _percent(piece: Piece) -> int:
    return min(99, int(piece.done * 100))
