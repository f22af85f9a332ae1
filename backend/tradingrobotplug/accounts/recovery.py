"""New passwords: forgotten ones by a mailed link, known ones changed.

A request for a link is only written down; a job looks up whether there is such an account. So the
answer, and the time it takes, are the same for every address.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.orm import Session

from .. import queues
from ..db import new_id
from ..errors import Conflict
from ..models import ForgottenPassword, User
from ..notify import outbox
from . import api_keys, audit, letters, passwords, sessions, tokens
from .service import by_email, normalise_email

MOST_PER_HOUR = 3
_HOUR = timedelta(hours=1)
_RING_LOST_AFTER = timedelta(seconds=5)
_KEPT_FOR = timedelta(days=1)


def ask(session: Session, email: str, address: str, now: datetime) -> None:
    """Note that somebody wants a link; of one address three times an hour, the rest is dropped."""
    email = normalise_email(email)
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:email, 7266))")
    session.execute(lock, {"email": email})
    recent = select(func.count()).where(
        ForgottenPassword.email == email, ForgottenPassword.created_at > now - _HOUR
    )
    if (session.scalar(recent) or 0) >= MOST_PER_HOUR:
        return
    row = ForgottenPassword(id=new_id(), email=email, address=address, created_at=now)
    session.add(row)
    event.listen(
        session, "after_commit", lambda _: queues.enqueue(queues.ANSWER_FORGOTTEN, str(row.id))
    )


def unanswered(session: Session, now: datetime) -> list[uuid.UUID]:
    """Requests whose ring was lost."""
    query = select(ForgottenPassword.id).where(
        ForgottenPassword.answered_at.is_(None),
        ForgottenPassword.created_at < now - _RING_LOST_AFTER,
    )
    return list(session.scalars(query.order_by(ForgottenPassword.created_at).limit(200)))


def answer(session: Session, request_id: uuid.UUID, now: datetime) -> None:
    """Mail the link if there is an account with this address; once, whoever asks."""
    row = session.scalar(
        select(ForgottenPassword)
        .where(ForgottenPassword.id == request_id, ForgottenPassword.answered_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return
    row.answered_at = now
    user = by_email(session, row.email)
    if user is None or user.suspended_at is not None or not outbox.is_usable(user.email):
        return
    link = tokens.issue(session, user, "reset", user.email, now)
    letter = letters.reset(link, row.address)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "password.forgotten", now, user_id=user.id, address=row.address)


def refuse_weak(session: Session, token: str, password: str, now: datetime) -> None:
    """Invalid `link_not_valid` or `weak_password`, before anything is hashed or used up."""
    found = tokens.look(session, token, "reset", now)
    user = session.get_one(User, found.user_id)
    passwords.refuse_weak(password, user.email, user.username)


def reset(
    session: Session, token: str, password_hash: str, device: str, address: str, now: datetime
) -> User:
    """The new password; every session and API key ends, and so do links mailed for other ends.

    Following the link shows that the mailbox is the user's, so the address counts as verified.
    """
    user, _ = tokens.use(session, token, "reset", now)
    user.password_hash = password_hash
    user.email_verified_at = user.email_verified_at or now
    sessions.end_all(session, user.id, now)
    api_keys.revoke_all(session, user.id, address, now, "password.reset")
    tokens.void(session, user.id, "reset", "email", "delete")
    _tell(session, user, "password.reset", device, address, now)
    return user


def change(
    session: Session,
    user_id: uuid.UUID,
    old_hash: str,
    new_hash: str,
    kept: uuid.UUID,
    device: str,
    address: str,
    now: datetime,
) -> None:
    """The new password; every other session ends. Conflict if it was changed in the meantime."""
    changed = session.scalar(
        update(User)
        .where(User.id == user_id, User.password_hash == old_hash)
        .values(password_hash=new_hash)
        .returning(User)
    )
    if changed is None:
        raise Conflict("password_changed", "The password has just been changed elsewhere.")
    sessions.end_all(session, user_id, now, but=kept)
    tokens.void(session, user_id, "reset", "email", "delete")
    _tell(session, changed, "password.changed", device, address, now)


def prune(session: Session, now: datetime) -> None:
    """Forget who asked a day ago."""
    old = ForgottenPassword.created_at < now - _KEPT_FOR
    session.execute(delete(ForgottenPassword).where(old))


def _tell(
    session: Session, user: User, action: str, device: str, address: str, now: datetime
) -> None:
    letter = letters.password_changed(now, address, device)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, action, now, user_id=user.id, address=address)
