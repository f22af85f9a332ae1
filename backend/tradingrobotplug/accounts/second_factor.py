"""The second factor: the code of an authenticator app, or a backup code, asked for and checked.

Codes are worked out between two transactions, because the key service may be a remote one and
backup codes are slow to hash. Only the second transaction accepts: each step and each backup code
once, whoever else tries at the same moment. Wrong tries are counted per user (5, then 15 minutes'
wait).
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..errors import Conflict, Forbidden, ServiceError
from ..models import LoginAttempt, SecondFactor, User
from ..notify import outbox
from ..vault.keyring import Binding, Sealed, WrappedKey
from . import audit, authenticator, backup_codes, counters, letters


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends a request, as trail and mails say it."""

    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user sees of their second factor."""

    enrolled: bool
    backup_codes_left: int


@dataclass(frozen=True, slots=True)
class Code:
    """What was typed: six digits of the app, or a backup code."""

    text: str = field(repr=False)
    is_backup: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """What must be known before a code is checked, outside of any transaction."""

    id: uuid.UUID
    user_id: uuid.UUID
    sealed: Sealed = field(repr=False)
    backup_salt: bytes | None = field(repr=False)

    @property
    def binding(self) -> Binding:
        """What the sealed secret belongs to."""
        return Binding(self.user_id, self.id, 1)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a typed code comes to. It counts once it is accepted."""

    step: int | None = None
    backup_hash: str | None = field(default=None, repr=False)


def standing(session: Session, user_id: uuid.UUID) -> Standing:
    """Whether the user has a second factor, and how many backup codes are left."""
    row = row_of(session, user_id)
    if row is None or row.confirmed_at is None:
        return Standing(enrolled=False, backup_codes_left=0)
    return Standing(enrolled=True, backup_codes_left=backup_codes.left(session, row.id))


def enrolled(session: Session, user_id: uuid.UUID, now: datetime) -> Factor:
    """The factor that codes are checked against. Conflict `not_enrolled`; TooMany."""
    factor = confirmed(session, user_id)
    if factor is None:
        raise not_enrolled()
    refuse_locked(session, user_id, now)
    return factor


def confirmed(session: Session, user_id: uuid.UUID) -> Factor | None:
    """The factor, if there is one that counts."""
    row = row_of(session, user_id)
    return factor_of(row) if row is not None and row.confirmed_at is not None else None


def worked_out(factor: Factor, code: Code, now: datetime) -> Claim:
    """What the code comes to. Not inside a transaction. Unavailable if the app's code can't be
    checked; backup codes need no key service."""
    if code.is_backup:
        salt = factor.backup_salt
        return Claim(backup_hash=backup_codes.hashed(code.text, salt) if salt else None)
    secret = authenticator.opened(factor.sealed, factor.binding)
    typed = "".join(code.text.split())
    return Claim(step=authenticator.step_of(typed, secret, now))


def conclude(
    session: Session, factor: Factor, claim: Claim, client: Client, now: datetime
) -> ServiceError | None:
    """None if the code was right, else the refusal to raise after the commit.

    The counter is locked and read again: of codes tried in parallel, those beyond the limit learn
    nothing.
    """
    return counted(
        session,
        factor,
        client,
        now,
        accepts=lambda: _is_accepted(session, factor, claim, client, now),
    )


def counted(
    session: Session,
    factor: Factor,
    client: Client,
    now: datetime,
    *,
    accepts: Callable[[], bool],
) -> ServiceError | None:
    """What `conclude` does, with what accepts the code."""
    row = counters.counted_row(session, counter_key(factor.user_id), now)
    refusal = counters.refusal([row], now)
    if refusal:
        return refusal
    if accepts():
        row.failures = 0
        return None
    counters.count_failure(row, counters.FIVE, now)
    audit.record(session, "2fa.refused", now, user_id=factor.user_id, address=client.address)
    return Forbidden("wrong_code", "The code is wrong, or was used already.")


def not_enrolled() -> Conflict:
    """There is none."""
    return Conflict("not_enrolled", "This account has no second factor yet.")


def row_of(session: Session, user_id: uuid.UUID) -> SecondFactor | None:
    """The stored factor, confirmed or not."""
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))


def factor_of(row: SecondFactor) -> Factor:
    """What of a row a check needs."""
    sealed = Sealed(row.sealed_secret, WrappedKey(row.wrapped_key, row.wrapped_by))
    return Factor(row.id, row.user_id, sealed, row.backup_salt)


def _is_accepted(
    session: Session, factor: Factor, claim: Claim, client: Client, now: datetime
) -> bool:
    if claim.step is not None:
        return _is_first_use(session, factor, claim.step)
    if claim.backup_hash is None:
        return False
    if not backup_codes.use(session, factor.id, claim.backup_hash, now):
        return False
    user = session.get_one(User, factor.user_id)
    remaining = backup_codes.left(session, factor.id)
    letter = letters.backup_code_used(remaining, now, client.address, client.device)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(
        session, "backup_code.used", now, user_id=user.id, address=client.address, left=remaining
    )
    return True


def _is_first_use(session: Session, factor: Factor, step: int) -> bool:
    used = session.scalar(
        update(SecondFactor)
        .where(
            SecondFactor.id == factor.id,
            SecondFactor.confirmed_at.is_not(None),
            SecondFactor.last_step < step,
        )
        .values(last_step=step)
        .returning(SecondFactor.id)
    )
    return used is not None


def refuse_locked(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """TooMany while wrong codes have locked this user's."""
    refusal = counters.refusal([session.get(LoginAttempt, counter_key(user_id))], now)
    if refusal:
        raise refusal


def forget_failures(session: Session, user_id: uuid.UUID) -> None:
    """Start counting this user's wrong codes anew."""
    counters.forget(session, counter_key(user_id))


def counter_key(user_id: uuid.UUID) -> str:
    """Under which a user's wrong codes are counted."""
    return counters.hashed("code", str(user_id))
