"""Whether an account's email address is its owner's: a link is mailed, and followed."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..errors import Conflict, TooMany
from ..models import User
from ..notify import outbox
from . import audit, letters, tokens

MOST_PER_HOUR = 3
_HOUR = timedelta(hours=1)


def send_link(session: Session, user: User, now: datetime) -> None:
    """Mail the link that confirms the present address."""
    link = tokens.issue(session, user, "verify", user.email, now)
    outbox.put(session, letters.verify(link), user.email, now, user_id=user.id, name=user.username)


def send_again(session: Session, user: User, now: datetime) -> None:
    """Another link. Conflict `already_verified`; TooMany after three mails within an hour."""
    if user.email_verified_at is not None:
        raise Conflict("already_verified", "This address is confirmed already.")
    refuse_too_many(session, user, "verify", now)
    send_link(session, user, now)


def confirm(session: Session, token: str, now: datetime) -> User:
    """The address is the user's. Invalid `link_not_valid`."""
    user, _ = tokens.use(session, token, "verify", now)
    user.email_verified_at = user.email_verified_at or now
    audit.record(session, "email.verified", now, user_id=user.id)
    return user


def refuse_too_many(session: Session, user: User, kind: str, now: datetime) -> None:
    """TooMany when the user was written so three times within an hour. The row must be locked."""
    if outbox.sent_since(session, user.id, kind, now - _HOUR) >= MOST_PER_HOUR:
        raise TooMany(
            "too_many_mails",
            "Several of these mails are on their way already. Look into your mailbox, or try "
            "again in an hour.",
            {"retry_after_seconds": 3600},
        )
