"""Logging in, and the lock-out that makes guessing hopeless without locking the owner out.

Failures are counted per account and address (5, then 15 minutes' wait), and more slowly per account
whatever the address (100 in a day), where addresses that the account has been used from stay free.
An unknown account is counted, hashed and answered exactly like a known one. Whether an account has
a second factor is said to nobody but who knows its password.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..errors import Forbidden, ServiceError, TooMany, Unauthenticated, Unavailable
from ..models import LoginAttempt, User, UserSession
from . import audit, passwords, second_factor
from .counters import FIVE, PER_ACCOUNT, Counter, count_failure, counted_row, hashed, refusal
from .second_factor import Claim, Client, Code, Factor
from .service import by_email, normalise_email
from .sessions import open_session

KNOWN_FOR = timedelta(days=30)
_ADDRESS_DIGITS = 63  # with the account's 64 and a colon they fill the column


@dataclass(frozen=True, slots=True)
class Attempt:
    """What must be known before the password is checked, outside of any transaction."""

    email: str
    client: Client
    user_id: uuid.UUID | None
    password_hash: str | None = field(repr=False)
    factor: Factor | None
    is_known_address: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What password and code come to. `claim` is None where no code was given or asked for."""

    is_right: bool
    claim: Claim | Unavailable | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose password it was, and when the second factor was given with it."""

    user: User
    proved_at: datetime | None


def begin(session: Session, email: str, client: Client, now: datetime) -> Attempt:
    """Look the account up. TooMany if its key is locked, before any hashing."""
    user = by_email(session, email)
    attempt = Attempt(
        email=normalise_email(email),
        client=client,
        user_id=user.id if user else None,
        password_hash=user.password_hash if user else None,
        factor=second_factor.confirmed(session, user.id) if user else None,
        is_known_address=user is not None and _is_known(session, user, client.address, now),
    )
    rows = [session.get(LoginAttempt, key) for key in _keys(attempt)]
    locked = refusal(rows, now)
    if locked:
        raise locked
    return attempt


def examine(attempt: Attempt, password: str, code: Code | None, now: datetime) -> Evidence:
    """Hash and work out. Takes a quarter of a second: not inside a transaction."""
    is_right = passwords.verify(password, attempt.password_hash)
    return examine_code(attempt, code, now) if is_right else Evidence(is_right)


def examine_code(attempt: Attempt, code: Code | None, now: datetime) -> Evidence:
    """Like `examine`, when it is known that the password was right."""
    if attempt.factor is None or code is None:
        return Evidence(is_right=True)
    try:
        return Evidence(True, second_factor.worked_out(attempt.factor, code, now))
    except Unavailable as error:
        return Evidence(True, error)


def conclude(
    session: Session, attempt: Attempt, evidence: Evidence, now: datetime
) -> Recognised | ServiceError:
    """Whose login it is, or the refusal to raise after the commit.

    The counters are locked and read again: of attempts checked in parallel, those beyond the limit
    learn nothing about their password, so that no burst gets more than its five tries.
    """
    counted = [(counted_row(session, key, now), rule) for key, rule in _keys(attempt).items()]
    locked = refusal([row for row, _ in counted], now)
    if locked:
        return locked
    user = session.get(User, attempt.user_id) if attempt.user_id else None
    wrong: ServiceError | None = _wrong()
    if user is not None and evidence.is_right and user.suspended_at is None:
        wrong = _code_refusal(session, attempt, evidence.claim, now)
    if wrong is not None and wrong.code == "wrong_credentials":
        for row, counter in counted:
            count_failure(row, counter, now)
        _note_failure(session, attempt, now)
    if wrong is not None or user is None:
        return wrong or _wrong()
    counted[0][0].failures = 0
    return Recognised(user, now if attempt.factor else None)


def open_for(session: Session, found: Recognised, client: Client, now: datetime) -> UserSession:
    """A new session of who was recognised."""
    opened = open_session(session, found.user, now, client.device, client.address)
    opened.proved_at = found.proved_at
    audit.record(
        session, "login", now, user_id=found.user.id, object_id=opened.id, address=client.address
    )
    return opened


def _code_refusal(
    session: Session, attempt: Attempt, claim: Claim | Unavailable | None, now: datetime
) -> ServiceError | None:
    """The password was right; None if the code is, too, or none is asked for."""
    if attempt.factor is None:
        return None
    if claim is None:
        return Forbidden(
            "second_factor_required",
            "Enter the code of your authenticator app, too.",
            {"enrolled": True, "how": "POST /api/auth/login", "needs": ["totp_code"]},
        )
    if isinstance(claim, Unavailable):
        return claim
    refused = second_factor.conclude(session, attempt.factor, claim, attempt.client, now)
    return refused if refused is None or isinstance(refused, TooMany) else _wrong()


def _wrong() -> Unauthenticated:
    return Unauthenticated("wrong_credentials", "The email address, password or code is wrong.")


def _keys(attempt: Attempt) -> dict[str, Counter]:
    account = hashed("account", attempt.email)
    # Begins with the account's key, by which all of its addresses are found again.
    address = hashed("address", attempt.email, attempt.client.address)[:_ADDRESS_DIGITS]
    pair = {f"{account}:{address}": FIVE}
    if attempt.is_known_address:
        return pair
    return pair | {account: PER_ACCOUNT}


def forget_failures(session: Session, email: str) -> None:
    """Start counting anew for this account, from whatever address it was tried."""
    account = hashed("account", normalise_email(email))
    session.execute(delete(LoginAttempt).where(LoginAttempt.key.startswith(account)))


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
        address=attempt.client.address,
        account=hashed(attempt.email)[:16],
    )
