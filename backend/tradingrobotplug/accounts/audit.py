"""The trail of who did what, from where: rows are only ever added, each sealing the one before.

What is personal in a row is sealed apart, with a salt: erasing it and the salt leaves the chain
whole, and nobody can guess from the hash what was there.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, event, func, literal_column, select, update
from sqlalchemy.orm import Session

from .. import db, rows
from ..models import AuditLog

START = "0" * 64  # what the first row follows
ERASED = "account.erased"  # only a user with such a row may have erased rows
_SALT_BYTES = 16
_LOCK = 0x7472705F61756469  # 'trp_audi': one advisory lock for the end of the chain
_PENDING = "audit rows to be chained"
_LOCK_END = db.as_sql(select(func.pg_advisory_xact_lock(literal_column(str(_LOCK)))))
_END = db.as_sql(select(AuditLog.seq, AuditLog.hash).order_by(AuditLog.seq.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Chain:
    """What a walk along the trail found; `broken_at` and `reason` are None for a whole chain."""

    rows: int
    head: str
    broken_at: int | None = None
    reason: str | None = None


def record(
    session: Session,
    action: str,
    now: datetime,
    *,
    user_id: uuid.UUID | None = None,
    object_id: object = None,
    address: str = "",
    **details: str | int,
) -> None:
    """Add one row when the session commits, e.g. record(session, "login.failed", now, address=…).

    The end of the chain is locked at the very end of the transaction: for the shortest time, and
    after every other lock, so that it takes part in no deadlock.
    """
    row = AuditLog(
        at=now,
        user_id=user_id,
        action=action,
        object_id=None if object_id is None else str(object_id),
        address=address,
        details=dict(details),
        salt=secrets.token_bytes(_SALT_BYTES),
    )
    session.info.setdefault(_PENDING, []).append(row)


def make_anonymous(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """Of an erased user: what happened and when stays, under an id that nothing leads from.

    The user's row must be gone: for anyone else the database refuses it.
    """
    session.execute(
        update(AuditLog)
        .where(AuditLog.user_id == user_id)
        .values(address="", details={}, salt=None)
    )
    record(session, ERASED, now, user_id=user_id)


def trail(
    user_id: uuid.UUID | None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[AuditLog]:
    """The query for a user's trail, or everyone's, newest first; `until` itself is out."""
    wanted = [
        AuditLog.user_id == user_id if user_id else None,
        AuditLog.action == action if action else None,
        AuditLog.at >= since if since else None,
        AuditLog.at < until if until else None,
    ]
    found = select(AuditLog).where(*(one for one in wanted if one is not None))
    return found.order_by(AuditLog.seq.desc())


def verify(session: Session, last: int | None = None) -> Chain:
    """Walk the chain in its order, or its last rows, and stop at the first that does not fit."""
    erased = set(session.scalars(select(AuditLog.user_id).where(AuditLog.action == ERASED)))
    count, head = _start(session, last)
    for row in _in_order(session, count):
        reason = _misfit(row, count, head) or _personal_misfit(row, erased)
        if reason:
            return Chain(count, head, count + 1, reason)
        count, head = count + 1, row.hash
    return Chain(count, head)


def _misfit(row: AuditLog, rows_before: int, head: str) -> str | None:
    if row.seq != rows_before + 1:
        return "it is missing"
    if row.prev_hash != head:
        return "it does not follow the row before it"
    return None if row.hash == _hash(row) else "its content was changed"


def _personal_misfit(row: AuditLog, erased: set[uuid.UUID | None]) -> str | None:
    if row.salt is not None:
        is_whole = row.personal_hash == _personal_hash(row.salt, row)
        return None if is_whole else "its content was changed"
    if row.address or row.details:
        return "its content was changed"
    return None if row.user_id in erased else "its address and details were removed"


def _start(session: Session, last: int | None) -> tuple[int, str]:
    """How many rows stand before those to be looked at, and the hash that they follow."""
    if last is None:
        return 0, START
    before = select(AuditLog.seq, AuditLog.hash).order_by(AuditLog.seq.desc()).offset(last)
    found = session.execute(before.limit(1)).one_or_none()
    return (found.seq, found.hash) if found else (0, START)


def _in_order(session: Session, after: int) -> Iterator[AuditLog]:
    query = select(AuditLog).where(AuditLog.seq > after).order_by(AuditLog.seq)
    for row in session.scalars(query.execution_options(yield_per=1_000)):
        session.expunge(row)  # a trail of years must not pile up in memory
        yield row


@event.listens_for(Session, "before_commit")
def _chain(session: Session) -> None:
    if _PENDING not in session.info or session.in_nested_transaction():
        return
    new: list[AuditLog] = session.info.pop(_PENDING)
    session.flush()
    db.rows(session, _LOCK_END)
    # A statement of its own: its snapshot must be taken when the lock is held.
    end = db.rows(session, _END)
    seq, head = (end[0].seq, end[0].hash) if end else (0, START)
    for row in new:
        seq += 1
        row.seq, row.prev_hash = seq, head
        row.personal_hash = _personal_hash(row.salt or b"", row)
        row.hash = head = _hash(row)
        rows.store(session, row)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _personal_hash(salt: bytes, row: AuditLog) -> str:
    fields = {"address": row.address, "details": row.details}
    return hashlib.sha256(salt + _canonical(fields)).hexdigest()


def _hash(row: AuditLog) -> str:
    fields = {
        "seq": row.seq,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "user_id": None if row.user_id is None else str(row.user_id),
        "action": row.action,
        "object_id": row.object_id,
        "personal_hash": row.personal_hash,
    }
    return hashlib.sha256(row.prev_hash.encode() + _canonical(fields)).hexdigest()


def _canonical(fields: Mapping[str, object]) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()
