"""What makes a mailed link work: 256 random bits, stored hashed, for one purpose and one use."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import AccountToken, User
from ..notify import post

Purpose = Literal["verify", "reset", "email", "delete"]
LIFETIMES: dict[Purpose, timedelta] = {
    "verify": timedelta(hours=24),
    "reset": timedelta(minutes=60),
    "email": timedelta(minutes=60),
    "delete": timedelta(minutes=60),
}
KEPT_FOR = timedelta(days=1)  # after they are over


def issue(session: Session, user: User, purpose: Purpose, email: str, now: datetime) -> str:
    """The link to mail to this address. Its host is the settings', never a request's."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccountToken(
            token_hash=_hashed(token),
            user_id=user.id,
            purpose=purpose,
            email=email,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    return f"{post.public_url()}/account/{purpose}?token={token}"


def look(session: Session, token: str, purpose: Purpose, now: datetime) -> AccountToken:
    """The row of a link that still works, left unused. Invalid `link_not_valid`."""
    found = session.scalar(
        select(AccountToken).where(
            AccountToken.token_hash == _hashed(token),
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > now,
        )
    )
    if found is None:
        raise _refused()
    return found


def use(session: Session, token: str, purpose: Purpose, now: datetime) -> tuple[User, str]:
    """Use a link up: its user, locked, and the address it was mailed to. Invalid `link_not_valid`.

    One UPDATE decides, so that of parallel tries one gets it.
    """
    used = session.execute(
        update(AccountToken)
        .where(
            AccountToken.token_hash == _hashed(token),
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(AccountToken.user_id, AccountToken.email)
    ).one_or_none()
    if used is None:
        raise _refused()
    user = session.get_one(User, used.user_id, with_for_update=True)
    # A link speaks for the mailbox it went to, and that is no longer the account's.
    if purpose != "email" and user.email != used.email:
        raise _refused()
    if user.suspended_at is not None:
        raise _refused()
    return user, used.email


def void(session: Session, user_id: uuid.UUID, *purposes: Purpose) -> None:
    """The user's links for these purposes no longer work."""
    session.execute(
        delete(AccountToken).where(
            AccountToken.user_id == user_id, AccountToken.purpose.in_(purposes)
        )
    )


def prune(session: Session, now: datetime) -> None:
    """Forget links that have been over for a day."""
    session.execute(delete(AccountToken).where(AccountToken.expires_at < now - KEPT_FOR))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _refused() -> Invalid:
    return Invalid("link_not_valid", "This link has been used or has expired. Ask for a new one.")
