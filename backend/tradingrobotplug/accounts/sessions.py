"""Sessions are rows: opened, refreshed and ended here; web/auth.py checks them on every request."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ..errors import NotFound, Unauthenticated
from ..models import Site, SiteLinkCode, User, UserSession
from ..web.auth import IDLE_LIMIT
from . import audit

LIFETIME = timedelta(hours=24)
MOST_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class SiteSession:
    """A session that a connected site keeps for its user; `key` is the site's own id, hashed."""

    site_id: uuid.UUID
    key: str


def open_session(
    session: Session,
    user: User,
    now: datetime,
    device: str,
    address: str,
    site: SiteSession | None = None,
) -> UserSession:
    """A new session; the oldest ends if the user would have more than three.

    Sessions of sites are not counted among the three and do not push any out: a site holds one
    row per browser session of its own, cannot refresh it, and ends it itself. The user's row is
    locked first, so that parallel logins count one after the other.
    """
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    row = UserSession(
        user_id=user.id,
        site_id=site.site_id if site else None,
        site_session=site.key if site else None,
        device=device[:256],
        address=address[:64],
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    session.flush()
    if site is None:
        _end_oldest(session, user.id, now)
    return row


def refresh_token(row: UserSession) -> str:
    """Give the session a new refresh token; the one before is no longer valid.

    The token names its session, so that a used one is recognised; only its hash is stored.
    """
    token = f"{row.id.hex}.{secrets.token_urlsafe(32)}"
    row.refresh_hash = _hashed(token)
    return token


def refresh(session: Session, token: str, now: datetime) -> UserSession | Unauthenticated:
    """The live session of this refresh token. Ask `refresh_token` for the next one.

    A token that was used before ends the session: either its owner or a thief holds a copy, and
    nobody can tell which (RFC 9700 section 4.14.2). The refusal is returned, not raised, because
    a raise would roll that back.
    """
    refused = Unauthenticated("session_ended", "This session has ended. Sign in again.")
    row = session.scalar(
        select(UserSession)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == _session_id(token), User.suspended_at.is_(None))
        .with_for_update(of=UserSession)
    )
    if row is None or row.refresh_hash is None or not is_live(row, now):
        return refused
    if not hmac.compare_digest(row.refresh_hash, _hashed(token)):
        row.revoked_at = now
        audit.record(session, "refresh.reused", now, user_id=row.user_id, object_id=row.id)
        return refused
    row.seen_at = now
    return row


def end(session: Session, session_id: uuid.UUID, now: datetime) -> None:
    """Revoke one session; its access and refresh tokens die with it."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def prove(session: Session, session_id: uuid.UUID, now: datetime) -> None:
    """Everything the account asks for was given in it now. Unauthenticated if it has ended."""
    proved = update(UserSession).where(
        UserSession.id == session_id, UserSession.revoked_at.is_(None)
    )
    found = session.scalar(proved.values(proved_at=now).returning(UserSession.id))
    if found is None:
        raise Unauthenticated("session_ended", "This session has ended. Sign in again.")


def unprove(session: Session, session_id: uuid.UUID) -> None:
    """What was given in it no longer counts."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(proved_at=None))


def end_all(
    session: Session, user_id: uuid.UUID, now: datetime, *, but: uuid.UUID | None = None
) -> None:
    """Revoke every session of the user, save perhaps one.

    Codes on their way to a site would open another, so they go too.
    """
    session.execute(delete(SiteLinkCode).where(SiteLinkCode.user_id == user_id))
    live = update(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None)
    )
    if but is not None:
        live = live.where(UserSession.id != but)
    session.execute(live.values(revoked_at=now))


def end_own(session: Session, user_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> None:
    """Revoke one session of this user; NotFound if it is over or someone else's."""
    row = session.get(UserSession, session_id, with_for_update=True)
    if row is None or row.user_id != user_id or not is_live(row, now):
        raise NotFound("not_found", "There is no such session.")
    row.revoked_at = now


def live_ones(
    session: Session, user_id: uuid.UUID, now: datetime
) -> Sequence[tuple[UserSession, str | None]]:
    """The user's sessions that still work, the latest used first, with the name of their site."""
    query = (
        select(UserSession, Site.name)
        .outerjoin(Site, Site.id == UserSession.site_id)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - IDLE_LIMIT,
            or_(UserSession.site_id.is_(None), Site.revoked_at.is_(None)),
        )
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [(row, name) for row, name in session.execute(query)]


def is_live(row: UserSession, now: datetime) -> bool:
    """Neither revoked nor over its 24 hours nor idle for 30 minutes."""
    return row.revoked_at is None and row.expires_at > now and now - row.seen_at < IDLE_LIMIT


def _end_oldest(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    live = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.site_id.is_(None),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - IDLE_LIMIT,
        )
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    ).all()
    for row in live[MOST_AT_ONCE:]:
        row.revoked_at = now


def _session_id(token: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=token.partition(".")[0])
    except ValueError:
        return uuid.UUID(int=0)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
