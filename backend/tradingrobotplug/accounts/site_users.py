"""Which user a subject of a connected site stands for, and the sessions the site keeps for them."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import Conflict, NotFound, Unauthenticated
from ..models import Site, SiteLink, User, UserSession
from . import audit, service
from .assertions import Vouched
from .sessions import SiteSession, is_live, open_session

TOKEN_LIFETIME = timedelta(minutes=10)


def link(
    session: Session, site_id: uuid.UUID, subject: str, user_id: uuid.UUID, now: datetime
) -> bool:
    """From now on this subject of the site stands for this user; True if it did not before.

    Conflict `already_linked` if it stands for another one.
    """
    row = insert(SiteLink).values(
        site_id=site_id, subject=str(uuid.UUID(subject)), user_id=user_id, created_at=now
    )
    added = session.scalar(row.on_conflict_do_nothing().returning(SiteLink.user_id))
    if added is not None:
        audit.record(session, "site.linked", now, user_id=user_id, object_id=site_id)
        return True
    if session.get_one(SiteLink, (site_id, str(uuid.UUID(subject)))).user_id != user_id:
        raise Conflict(
            "already_linked", "This user of the site is connected with another account already."
        )
    return False


def links_of(session: Session, user_id: uuid.UUID) -> Sequence[Row[uuid.UUID, str, str, datetime]]:
    """The connected sites that may act for this user, each with the time of the first link."""
    return session.execute(
        select(Site.id, Site.name, Site.url, func.min(SiteLink.created_at))
        .join(SiteLink, SiteLink.site_id == Site.id)
        .where(SiteLink.user_id == user_id, Site.revoked_at.is_(None))
        .group_by(Site.id)
        .order_by(func.min(SiteLink.created_at), Site.id)
    ).all()


def unlink(
    session: Session, user_id: uuid.UUID, site_id: uuid.UUID, address: str, now: datetime
) -> None:
    """The site no longer stands for this user, and the sessions it keeps for them end. NotFound.

    Conflict `last_way_in` if the account has no password and signs in through this site only.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    linked = [row[0] for row in links_of(session, user_id)]
    if site_id not in linked:
        raise NotFound("not_found", "There is no such connection.")
    if user.password_hash is None and linked == [site_id]:
        raise Conflict(
            "last_way_in",
            "Your account has no password and this is its last site: you could no longer sign in. "
            "Set a password with the link of “forgotten password” first.",
            {"how": "POST /api/auth/password/forgot"},
        )
    session.execute(
        delete(SiteLink).where(SiteLink.user_id == user_id, SiteLink.site_id == site_id)
    )
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.site_id == site_id,
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    audit.record(session, "site.unlinked", now, user_id=user_id, object_id=site_id, address=address)


def exchange(session: Session, vouched: Vouched, address: str, now: datetime) -> UserSession:
    """The session to make a token for: one row per session of the site, reused while it lives.

    An unknown subject with an unknown email becomes a new account without a password. With the
    email of an existing account: Conflict `link_required`, because a site's word for an address
    proves nothing about who owns the account here.
    """
    user = _linked_user(session, vouched) or _new_user(session, vouched, now)
    if user.suspended_at is not None:
        raise Unauthenticated("session_ended", "This account is suspended.")
    # Parallel exchanges of one user wait here for each other, and find the row the first made.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    if _linked_user(session, vouched) is None:  # the user has unlinked the site meanwhile
        raise _link_required()
    key = SiteSession(vouched.site_id, session_key(vouched.site_session))
    row = session.scalar(
        select(UserSession)
        .where(
            UserSession.site_id == key.site_id,
            UserSession.site_session == key.key,
            UserSession.user_id == user.id,
            UserSession.revoked_at.is_(None),
        )
        .order_by(UserSession.created_at.desc())
        .limit(1)
    )
    if row is not None and is_live(row, now):
        row.seen_at = now
        return row
    opened = open_session(session, user, now, "site", address, key)
    audit.record(
        session, "login.site", now, user_id=user.id, object_id=vouched.site_id, address=address
    )
    return opened


def log_out(session: Session, vouched: Vouched, now: datetime) -> None:
    """End the sessions that stand for this session of the site."""
    ended = session.scalars(
        update(UserSession)
        .where(
            UserSession.site_id == vouched.site_id,
            UserSession.site_session == session_key(vouched.site_session),
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(UserSession.user_id)
    )
    for user_id in ended:
        audit.record(session, "logout.site", now, user_id=user_id, object_id=vouched.site_id)


def session_key(site_session: str) -> str:
    """How a site's session id is stored."""
    return hashlib.sha256(site_session.encode()).hexdigest()


def _linked_user(session: Session, vouched: Vouched) -> User | None:
    return session.scalar(
        select(User)
        .join(SiteLink, SiteLink.user_id == User.id)
        .where(SiteLink.site_id == vouched.site_id, SiteLink.subject == vouched.subject)
    )


def _new_user(session: Session, vouched: Vouched, now: datetime) -> User:
    try:
        user = service.add_user(session, vouched.email, None, None, now)
    except Conflict as taken:
        # Either it is someone's account, or a parallel exchange has just made it for this subject.
        linked = _linked_user(session, vouched)
        if linked is not None:
            return linked
        raise _link_required() from taken
    link(session, vouched.site_id, vouched.subject, user.id, now)
    audit.record(session, "registered.site", now, user_id=user.id, object_id=vouched.site_id)
    return user


def _link_required() -> Conflict:
    return Conflict(
        "link_required",
        "There is already an account with this email address. Sign in to it to connect it with "
        "this site.",
    )
