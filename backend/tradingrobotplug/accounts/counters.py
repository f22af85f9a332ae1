"""Counters of wrong passwords and codes: past its limit a key is locked for a while."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import TooMany
from ..models import LoginAttempt

LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many failures within which time lock a key."""

    limit: int
    within: timedelta


FIVE = Counter(limit=5, within=timedelta(minutes=15))
PER_ACCOUNT = Counter(limit=100, within=timedelta(days=1))


def counted_row(session: Session, key: str, now: datetime) -> LoginAttempt:
    """The counter's row, made if need be, locked until the transaction ends."""
    new = insert(LoginAttempt).values(key=key, failures=0, first_failed_at=now)
    session.execute(new.on_conflict_do_nothing())
    return session.scalars(
        select(LoginAttempt)
        .where(LoginAttempt.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def count_failure(row: LoginAttempt, counter: Counter, now: datetime) -> None:
    """One more; beyond the counter's limit the key is locked."""
    if row.failures == 0 or now - row.first_failed_at >= counter.within:
        row.failures, row.first_failed_at = 0, now
    row.failures += 1
    if row.failures >= counter.limit:
        row.failures, row.locked_until = 0, now + LOCKED_FOR


def forget(session: Session, key: str) -> None:
    """Start counting this key anew."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == key))


def refusal(rows: Sequence[LoginAttempt | None], now: datetime) -> TooMany | None:
    """What to raise while one of these is locked."""
    ends = [r.locked_until for r in rows if r and r.locked_until and r.locked_until > now]
    if not ends:
        return None
    wait = int((max(ends) - now).total_seconds()) + 1
    return TooMany(
        "too_many_attempts",
        "Too many failed attempts. Please wait a few minutes and try again.",
        {"retry_after_seconds": wait},
    )


def hashed(*parts: str) -> str:
    """The key of a counter; what it counts can't be read off it."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
