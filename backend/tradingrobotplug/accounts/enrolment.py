"""Setting an authenticator app up, and taking it away: it counts once a code of it was given."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..db import new_id
from ..errors import Conflict, Forbidden, Invalid, ServiceError
from ..models import SecondFactor, User
from ..notify import outbox
from ..vault.keyring import Binding
from . import audit, authenticator, backup_codes, letters, second_factor, sessions, tokens
from .second_factor import Client, Code, Factor


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A first right code: which step's it was, and the backup codes that are kept with it."""

    step: int
    codes: backup_codes.CodeSet


def refuse_enrolled(session: Session, user_id: uuid.UUID) -> None:
    """Conflict `already_enrolled`."""
    if second_factor.confirmed(session, user_id):
        raise _already_enrolled()


def sealed_for(user_id: uuid.UUID, secret: str) -> Factor:
    """A new factor with this secret. May ask a key service: not inside a transaction."""
    factor_id = new_id()
    sealed = authenticator.seal(secret, Binding(user_id, factor_id, 1))
    return Factor(factor_id, user_id, sealed, None)


def enrol(session: Session, factor: Factor, address: str, now: datetime) -> None:
    """Keep it until it is confirmed, in the place of one that was not. Conflict."""
    values = {
        "id": factor.id,
        "sealed_secret": factor.sealed.record,
        "wrapped_key": factor.sealed.key.blob,
        "wrapped_by": factor.sealed.key.by,
        "last_step": 0,
        "created_at": now,
    }
    kept = session.scalar(
        insert(SecondFactor)
        .values(user_id=factor.user_id, **values)
        .on_conflict_do_update(
            index_elements=["user_id"], set_=values, where=SecondFactor.confirmed_at.is_(None)
        )
        .returning(SecondFactor.id)
    )
    if kept is None:
        raise _already_enrolled()
    audit.record(session, "2fa.begun", now, user_id=factor.user_id, address=address)


def unconfirmed(session: Session, user_id: uuid.UUID, now: datetime) -> Factor:
    """The factor to be confirmed. Conflict `not_begun` or `already_enrolled`; TooMany."""
    row = second_factor.row_of(session, user_id)
    if row is None:
        raise Conflict("not_begun", "Ask for a secret first: POST /api/auth/2fa/enable.")
    if row.confirmed_at is not None:
        raise _already_enrolled()
    second_factor.refuse_locked(session, user_id, now)
    return second_factor.factor_of(row)


def examined(factor: Factor, code: Code, now: datetime) -> Confirmation | None:
    """None if the code is wrong. Asks a key service and hashes: not inside a transaction."""
    step = second_factor.worked_out(factor, code, now).step
    return None if step is None else Confirmation(step, backup_codes.make())


def confirm(
    session: Session,
    factor: Factor,
    confirmation: Confirmation | None,
    client: Client,
    now: datetime,
) -> ServiceError | None:
    """From now on the factor counts. None, or the refusal to raise after the commit.

    Conflict if it was confirmed or replaced meanwhile.
    """

    def accepts() -> bool:
        if confirmation is None:
            return False
        _keep(session, factor, confirmation, client, now)
        return True

    refused = second_factor.counted(session, factor, client, now, accepts=accepts)
    # Nothing is closed to the user yet: it is the field that is wrong.
    return Invalid(refused.code, refused.message) if isinstance(refused, Forbidden) else refused


def renew_codes(
    session: Session,
    user_id: uuid.UUID,
    codes: backup_codes.CodeSet,
    address: str,
    now: datetime,
) -> None:
    """New backup codes; the old ones are worthless. Conflict `not_enrolled`."""
    mine = update(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    factor_id = session.scalar(mine.values(backup_salt=codes.salt).returning(SecondFactor.id))
    if factor_id is None:
        raise second_factor.not_enrolled()
    backup_codes.put(session, factor_id, codes)
    audit.record(session, "backup_code.renewed", now, user_id=user_id, address=address)


def disable(
    session: Session, user_id: uuid.UUID, kept: uuid.UUID, client: Client, now: datetime
) -> None:
    """Take it away with its backup codes; every session ends but this one, which is no longer
    proved. Conflict `not_enrolled`."""
    mine = delete(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    if session.scalar(mine.returning(SecondFactor.id)) is None:
        raise second_factor.not_enrolled()
    user = session.get_one(User, user_id, with_for_update=True)
    sessions.end_all(session, user_id, now, but=kept)
    sessions.unprove(session, kept)
    letter = letters.second_factor_off(now, client.address, client.device)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "2fa.disabled", now, user_id=user_id, address=client.address)


def _keep(
    session: Session, factor: Factor, confirmation: Confirmation, client: Client, now: datetime
) -> None:
    begun = update(SecondFactor).where(
        SecondFactor.id == factor.id, SecondFactor.confirmed_at.is_(None)
    )
    codes = confirmation.codes
    values = {"confirmed_at": now, "last_step": confirmation.step, "backup_salt": codes.salt}
    if session.scalar(begun.values(values).returning(SecondFactor.id)) is None:
        raise _already_enrolled()
    backup_codes.put(session, factor.id, codes)
    user = session.get_one(User, factor.user_id, with_for_update=True)
    tokens.void(session, user.id, "delete")  # such a link was mailed when no code was asked for
    letter = letters.second_factor_on(now, client.address, client.device)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "2fa.enabled", now, user_id=user.id, address=client.address)


def _already_enrolled() -> Conflict:
    return Conflict(
        "already_enrolled",
        "This account has an authenticator app already. Disable it to set up another.",
    )
