"""Logging in, and the lock-out that makes guessing hopeless without locking the owner out.

Failures are counted per account and address (5, then 15 minutes' wait), and more slowly per account
whatever the address (100 in a day), where addresses that the account has been used from stay free.
An unknown account is counted, hashed and answered exactly like a known one.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import ServiceError, TooMany, Unauthenticated
from ..models import LoginAttempt, User, UserSession
from . import audit
from .service import by_email, normalise_email
from .sessions import open_session

LOCKED_FOR = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=30)
_ADDRESS_DIGITS = 63  # with the account's 64 and a colon they fill the column


@dataclass(frozen=True, slots=True)
class Counter:
    """How many failures within which time lock a key."""

    limit: int
    within: timedelta


PER_ADDRESS = Counter(limit=5, within=timedelta(minutes=15))
PER_ACCOUNT = Counter(limit=100, within=timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What must be known before the password is checked, outside of any transaction."""

    email: str
    address: str
    user_id: uuid.UUID | None
    password_hash: str | None = field(repr=False)
    is_known_address: bool


def begin(session: Session, email: str, address: str, now: datetime) -> Attempt:
    """Look the account up. TooMany if its key is locked, before any hashing."""
    user = by_email(session, email)
    attempt = Attempt(
        email=normalise_email(email),
        address=address,
        user_id=user.id if user else None,
        password_hash=user.password_hash if user else None,
        is_known_address=user is not None and _is_known(session, user, address, now),
    )
    rows = [session.get(LoginAttempt, key) for key in _keys(attempt)]
    locked = refusal(rows, now)
    if locked:
        raise locked
    return attempt


def conclude(
    session: Session, attempt: Attempt, is_right: bool, device: str, now: datetime
) -> UserSession | ServiceError:
    """The new session, or the refusal to raise after the commit.

    The counters are locked and read again: of attempts checked in parallel, those beyond the limit
    learn nothing about their password, so that no burst gets more than its five tries.
    """
    counted = [(counted_row(session, key, now), rule) for key, rule in _keys(attempt).items()]
    locked = refusal([row for row, _ in counted], now)
    if locked:
        return locked
    user = session.get(User, attempt.user_id) if attempt.user_id else None
    if user is None or not is_right or user.suspended_at is not None:
        for row, counter in counted:
            count_failure(row, counter, now)
        _note_failure(session, attempt, now)
        return Unauthenticated("wrong_credentials", "The email address or password is wrong.")
    counted[0][0].failures = 0
    opened = open_session(session, user, now, device, attempt.address)
    audit.record(
        session, "login", now, user_id=user.id, object_id=opened.id, address=attempt.address
    )
    return opened


def _keys(attempt: Attempt) -> dict[str, Counter]:
    account = hashed("account", attempt.email)
    # Begins with the account's key, by which all of its addresses are found again.
    address = hashed("address", attempt.email, attempt.address)[:_ADDRESS_DIGITS]
    pair = {f"{account}:{address}": PER_ADDRESS}
    if attempt.is_known_address:
        return pair
    return pair | {account: PER_ACCOUNT}


def forget_failures(session: Session, email: str) -> None:
    """Start counting anew for this account, from whatever address it was tried."""
    account = hashed("account", normalise_email(email))
    session.execute(delete(LoginAttempt).where(LoginAttempt.key.startswith(account)))


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


def _is_known(session: Session, user: User, address: str, now: datetime) -> bool:
    found = session.scalar(
        select(UserSession.id)
        .where(
            UserSession.user_id == user.id,
            UserSession.address == address,
            UserSession.site_id.is_(None),
            UserSession.created_at > now - KNOWN_FOR,
        )
        .limit(1)
    )
    return found is not None


def _note_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    # The address typed may be someone's password typed into the wrong field: only a hash is kept.
    audit.record(
        session,
        "login.failed",
        now,
        user_id=attempt.user_id,
        address=attempt.address,
        account=hashed(attempt.email)[:16],
    )


def hashed(*parts: str) -> str:
    """The key of a counter; what it counts can't be read off it."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
