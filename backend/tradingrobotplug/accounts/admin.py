"""What administrators do with users' accounts: find, suspend, reinstate, unlock, sign out.

Whatever is done stands in the trail of the administrator, with whom it was done to, and in that of
the user, without the administrator's address.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session

from ..errors import Conflict, NotFound
from ..models import Bot, SecondFactor, User, UserSession
from ..notify import outbox
from ..notify.letter import Letter
from ..plans.entitlements import plans_of
from . import api_keys, audit, confirm, letters, login, second_factor, sessions, tokens


@dataclass(frozen=True, slots=True)
class Account:
    """A user as administrators see them."""

    id: uuid.UUID
    email: str
    username: str
    role: str
    plan: str
    created_at: datetime
    email_verified: bool
    second_factor: bool
    suspended_at: datetime | None
    leaving_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, from where and when."""

    admin_id: uuid.UUID
    address: str
    now: datetime


def matching(query: str) -> Select[User]:
    """The query for users with this text in their address or name, newest first."""
    text = query.strip()
    found = or_(
        User.email.icontains(text, autoescape=True),
        User.username.icontains(text, autoescape=True),
    )
    return select(User).where(found).order_by(User.created_at.desc(), User.id.desc())


def accounts(session: Session, users: Sequence[User]) -> list[Account]:
    """These users as administrators see them, in a fixed number of queries."""
    ids = [user.id for user in users]
    plans = plans_of(session, ids)
    seen = session.execute(
        select(UserSession.user_id, func.max(UserSession.seen_at).label("at"))
        .where(UserSession.user_id.in_(ids))
        .group_by(UserSession.user_id)
    )
    last_seen = {row.user_id: row.at for row in seen}
    enrolled = set(
        session.scalars(
            select(SecondFactor.user_id).where(
                SecondFactor.user_id.in_(ids), SecondFactor.confirmed_at.is_not(None)
            )
        )
    )
    return [
        Account(
            id=user.id,
            email=user.email,
            username=user.username,
            role=user.role,
            plan=plans[user.id],
            created_at=user.created_at,
            email_verified=user.email_verified_at is not None,
            second_factor=user.id in enrolled,
            suspended_at=user.suspended_at,
            leaving_at=user.leaving_at,
            last_seen_at=last_seen.get(user.id),
        )
        for user in users
    ]


def account(session: Session, user_id: uuid.UUID) -> Account:
    """One of them. NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("not_found", "There is no such user.")
    return accounts(session, [user])[0]


def suspend(session: Session, user_id: uuid.UUID, reason: str, act: Act) -> None:
    """Sessions and API keys end, running bots are paused; the user is told why.

    Paused bots take exits, and stops of open positions stay in force: suspending a user must not
    leave their money unguarded. Conflict `own_account`, `last_admin`, `house_account` or
    `already_suspended`.
    """
    if user_id == act.admin_id:
        raise Conflict("own_account", "You can't suspend yourself.")
    refuse_last_admin(session, user_id)
    user = _locked(session, user_id)
    if user.is_house:
        raise Conflict("house_account", "The account of the robots' public record stays.")
    if user.suspended_at is not None:
        raise Conflict("already_suspended", "This account is suspended already.")
    user.suspended_at = act.now
    _end_access(session, user_id, act.now)
    _pause_bots(session, user_id, act.now)
    _tell(session, user, letters.suspended(reason), act.now)
    _note(session, "suspended", user_id, act, reason=reason)


def reinstate(session: Session, user_id: uuid.UUID, act: Act) -> None:
    """The user can sign in again; bots stay paused, API keys revoked. Conflict `not_suspended`."""
    user = _locked(session, user_id)
    if user.suspended_at is None:
        raise Conflict("not_suspended", "This account is not suspended.")
    user.suspended_at = None
    _tell(session, user, letters.reinstated(), act.now)
    _note(session, "reinstated", user_id, act)


def unlock(session: Session, user_id: uuid.UUID, act: Act) -> None:
    """Forget the failed attempts of this account, from whatever address."""
    user = _locked(session, user_id)
    login.forget_failures(session, user.email)
    confirm.forget_failures(session, user_id)
    second_factor.forget_failures(session, user_id)
    _note(session, "unlocked", user_id, act)


def log_out(session: Session, user_id: uuid.UUID, act: Act) -> None:
    """End every session of the user."""
    _locked(session, user_id)
    sessions.end_all(session, user_id, act.now)
    _note(session, "signed_out", user_id, act)


def set_role(session: Session, email: str, role: str, now: datetime) -> None:
    """Make a user an administrator, or no longer. NotFound; Conflict `last_admin`."""
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound("not_found", f"There is no account with the address {email}.")
    if role != "admin":
        refuse_last_admin(session, user.id)
    before = _locked(session, user.id)
    if before.role == role:
        return
    details = {"before": before.role, "after": role}
    before.role = role
    audit.record(session, "account.role_changed", now, user_id=user.id, **details)


def refuse_last_admin(session: Session, user_id: uuid.UUID) -> None:
    """Conflict `last_admin` if nobody else could administer. Locks the administrators, so that of
    two who act on each other one finds the other gone."""
    able = session.scalars(
        select(User.id)
        .where(User.role == "admin", User.suspended_at.is_(None), User.leaving_at.is_(None))
        .order_by(User.id)
        .with_for_update()
    ).all()
    if user_id in able and len(able) == 1:
        raise Conflict("last_admin", "This is the last administrator.")


def _locked(session: Session, user_id: uuid.UUID) -> User:
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("not_found", "There is no such user.")
    return user


def _end_access(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    # Revoked rather than put aside: what was stolen must not work again after a reinstatement.
    sessions.end_all(session, user_id, now)
    tokens.void(session, user_id, "verify", "reset", "email", "delete")
    api_keys.revoke_all(session, user_id, "", now, "suspended")


def _pause_bots(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    running = update(Bot).where(
        Bot.user_id == user_id,
        or_(Bot.status == "running", Bot.held_from == "running"),
        Bot.deleted_at.is_(None),
    )
    was = case((Bot.held_from.is_not(None), "paused"))
    pause = running.values(status="paused", held_from=was, updated_at=now).returning(Bot.id)
    for bot_id in session.scalars(pause).all():
        audit.record(
            session,
            "bot.paused",
            now,
            user_id=user_id,
            object_id=bot_id,
            reason="account.suspended",
        )


def _tell(session: Session, user: User, letter: Letter, now: datetime) -> None:
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)


def _note(session: Session, what: str, user_id: uuid.UUID, act: Act, **details: str) -> None:
    audit.record(
        session,
        f"admin.{what}",
        act.now,
        user_id=act.admin_id,
        object_id=user_id,
        address=act.address,
    )
    audit.record(session, f"account.{what}", act.now, user_id=user_id, **details)
