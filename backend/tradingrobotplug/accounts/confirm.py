"""The password of somebody who is signed in, asked again before something that can't be undone.

Wrong tries are counted like failed logins (5, then 15 minutes' wait), so that a session left open
is no place to guess at.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from ..errors import Forbidden, Invalid, ServiceError
from ..models import LoginAttempt, User
from . import audit, counters


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known before the password is checked, outside of any transaction."""

    user_id: uuid.UUID
    password_hash: str = field(repr=False)


def begin(session: Session, user_id: uuid.UUID, now: datetime) -> Asked:
    """TooMany while locked; Invalid `no_password` if the account has none."""
    user = session.get_one(User, user_id)
    refusal = counters.refusal([session.get(LoginAttempt, _key(user_id))], now)
    if refusal:
        raise refusal
    if user.password_hash is None:
        raise Invalid(
            "no_password",
            "This account has no password yet. Set one by asking for a new password.",
        )
    return Asked(user_id, user.password_hash)


def conclude(
    session: Session, asked: Asked, is_right: bool, address: str, now: datetime
) -> ServiceError | None:
    """None if the password was right, else the refusal to raise after the commit."""
    row = counters.counted_row(session, _key(asked.user_id), now)
    refusal = counters.refusal([row], now)
    if refusal:
        return refusal
    if is_right:
        row.failures = 0
        return None
    counters.count_failure(row, counters.FIVE, now)
    audit.record(session, "password.refused", now, user_id=asked.user_id, address=address)
    return Forbidden("wrong_password", "The password is wrong.")


def forget_failures(session: Session, user_id: uuid.UUID) -> None:
    """Start counting anew for this user."""
    counters.forget(session, _key(user_id))


def _key(user_id: uuid.UUID) -> str:
    return counters.hashed("confirm", str(user_id))
