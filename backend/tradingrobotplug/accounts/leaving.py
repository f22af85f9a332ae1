"""Deleting an account: everything stops at once, and is erased seven days later.

Until then its owner can sign in, but only to restore the account, to export its data or to leave.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from ..errors import Conflict, Forbidden
from ..models import Bot, ForgottenPassword, TradingAccount, User
from ..notify import outbox
from . import api_keys, audit, letters, sessions, tokens, verification

GRACE = timedelta(days=7)


def mail_link(session: Session, user_id: uuid.UUID, address: str, now: datetime) -> None:
    """For a user without a password: the mailbox confirms the wish."""
    user = session.get_one(User, user_id, with_for_update=True)
    _refuse_house(user)
    verification.refuse_too_many(session, user, "delete", now)
    letter = letters.confirm_deletion(tokens.issue(session, user, "delete", user.email, now))
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "account.leave_asked", now, user_id=user.id, address=address)


def confirm(session: Session, token: str, address: str, now: datetime) -> User:
    """Leave by the mailed link. Invalid `link_not_valid`."""
    user, _ = tokens.use(session, token, "delete", now)
    leave(session, user.id, address, now)
    return user


def leave(session: Session, user_id: uuid.UUID, address: str, now: datetime) -> datetime:
    """Stop the bots, close their webhooks, end every session; when all will be erased.

    Broker keys are erased and API keys revoked now: they do not come back. The bots count as
    deleted at this very moment, by which they are found again if the user stays.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    _refuse_house(user)
    if user.leaving_at is not None:
        return user.leaving_at + GRACE
    user.leaving_at = now
    was = case((Bot.held_from.is_not(None), "stopped"))
    session.execute(
        update(Bot)
        .where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
        .values(
            status="stopped",
            held_from=was,
            deleted_at=now,
            updated_at=now,
        )
    )
    _erase_broker_keys(session, user_id, address, now)
    sessions.end_all(session, user_id, now)
    api_keys.revoke_all(session, user_id, address, now, "account.left")
    tokens.void(session, user_id, "verify", "reset", "email", "delete")
    letter = letters.leaving(now + GRACE)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "account.left", now, user_id=user_id, address=address)
    return now + GRACE


def restore(session: Session, user_id: uuid.UUID, address: str, now: datetime) -> User:
    """Stay: the bots are back, stopped. Conflict `not_leaving`."""
    user = session.get_one(User, user_id, with_for_update=True)
    if user.leaving_at is None:
        raise Conflict("not_leaving", "This account is not to be deleted.")
    session.execute(
        update(Bot)
        .where(Bot.user_id == user_id, Bot.deleted_at == user.leaving_at)
        .values(deleted_at=None, updated_at=now)
    )
    user.leaving_at = None
    outbox.put(session, letters.restored(), user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "account.restored", now, user_id=user_id, address=address)
    return user


def due(session: Session, now: datetime) -> list[uuid.UUID]:
    """Whose seven days are over."""
    return list(session.scalars(select(User.id).where(User.leaving_at <= now - GRACE)))


def erase(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """Delete all that is the user's; the audit trail keeps what happened, not who it was.

    Checked again under the lock: the user may have been restored at the last moment.
    """
    user = session.get(User, user_id, with_for_update=True)
    if user is None or user.leaving_at is None or user.leaving_at > now - GRACE:
        return
    session.execute(delete(Bot).where(Bot.user_id == user_id))
    session.execute(delete(ForgottenPassword).where(ForgottenPassword.email == user.email))
    session.delete(user)
    audit.make_anonymous(session, user_id, now)


def _erase_broker_keys(session: Session, user_id: uuid.UUID, address: str, now: datetime) -> None:
    erased = session.scalars(
        update(TradingAccount)
        .where(TradingAccount.user_id == user_id, TradingAccount.revoked_at.is_(None))
        .values(sealed_keys=None, wrapped_key=None, revoked_at=now)
        .returning(TradingAccount.id)
    ).all()
    for account_id in erased:
        audit.record(
            session,
            "trading_account.revoked",
            now,
            user_id=user_id,
            object_id=account_id,
            address=address,
            reason="account.left",
        )


def _refuse_house(user: User) -> None:
    if user.is_house:
        raise Forbidden("house_account", "The account of the robots' public record stays.")
