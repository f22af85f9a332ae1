"""Accounts: registering, and what a user may read about themselves."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..db import new_id
from ..errors import Conflict, NotFound
from ..models import User
from ..plans.entitlements import entitlements
from . import passwords
from .second_factor import Standing, standing
from .sessions import open_session

__all__ = ["add_user", "by_email", "normalise_email", "open_session", "profile", "register"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A user without what is nobody's business."""

    id: uuid.UUID
    email: str
    username: str
    role: str
    plan: str
    created_at: datetime
    email_verified: bool
    has_password: bool
    leaving_at: datetime | None
    second_factor: Standing


def register(
    session: Session, email: str, password: str, username: str | None, now: datetime
) -> User:
    """A new account. Invalid for a weak password, Conflict for a taken email or username.

    The password is hashed before the first query, so that no connection is held meanwhile.
    """
    passwords.refuse_weak(password, email, username)
    return add_user(session, email, passwords.hashed(password), username, now)


def add_user(
    session: Session, email: str, password_hash: str | None, username: str | None, now: datetime
) -> User:
    """Insert the user's row; without a username one is made from the email.

    Conflict `email_taken` or `username_taken`.
    """
    email = normalise_email(email)
    names = [username] if username else _names_from(email)
    for name in names:
        user = _insert(session, email, password_hash, name, now)
        if user is not None:
            return user
        if by_email(session, email) is not None:
            raise Conflict("email_taken", "There is already an account with this email address.")
    raise Conflict("username_taken", "This username is taken. Please choose another.")


def by_email(session: Session, email: str) -> User | None:
    """The account with this address, in whatever case it is written."""
    return session.scalar(select(User).where(User.email == normalise_email(email)))


def _user(session: Session, user_id: uuid.UUID) -> User:
    """The user's row; NotFound if it is gone."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("not_found", "There is no such user.")
    return user


def profile(session: Session, user_id: uuid.UUID) -> Profile:
    """What a user may read about themselves."""
    user = _user(session, user_id)
    return Profile(
        id=user.id,
        email=user.email,
        username=user.username,
        role=user.role,
        plan=entitlements(session, user_id).plan_id,
        created_at=user.created_at,
        email_verified=user.email_verified_at is not None,
        has_password=user.password_hash is not None,
        leaving_at=user.leaving_at,
        second_factor=standing(session, user_id),
    )


def normalise_email(email: str) -> str:
    """How addresses are stored and compared."""
    return email.strip().lower()


def _insert(
    session: Session, email: str, password_hash: str | None, username: str, now: datetime
) -> User | None:
    taken = session.scalar(
        select(User.id).where(func.lower(User.username) == username.lower()).limit(1)
    )
    if taken is not None:
        return None
    row = insert(User).values(
        id=new_id(),
        email=email,
        username=username,
        password_hash=password_hash,
        role="user",
        is_house=False,
        created_at=now,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(User))


def _names_from(email: str) -> list[str]:
    """Names to try in turn: the mailbox's own, then with ever longer random endings."""
    mailbox = re.sub(r"[^a-z0-9._-]", "", email.partition("@")[0])[:24].strip("._-")
    stem = mailbox if len(mailbox) >= 3 else f"trader{mailbox}"
    return [stem, *(f"{stem}-{secrets.token_hex(size)}" for size in (2, 3, 4))]
