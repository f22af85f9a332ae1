"""Connected WordPress sites: a site registers its key once, then vouches for its users.

For each of them it signs an assertion of at most 60 seconds (RFC 7523) with its Ed25519 key and
exchanges it for a token. No password passes through a site, and nothing a site says gives a role
or a plan.
"""

import base64
import hashlib
import re
import secrets
import uuid
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import Conflict, Invalid, NotFound, Unauthenticated
from ..models import Site, SiteCode, SiteLink, User, UserSession
from . import audit, service
from .assertions import Vouched
from .sessions import SiteSession, is_live, open_session

CODE_LIFETIME = timedelta(minutes=15)
TOKEN_LIFETIME = timedelta(minutes=10)
SCOPES = ["act_for_users"]


def make_code(session: Session, now: datetime) -> str:
    """A one-time code, to be pasted into a site within 15 minutes; only its hash is stored."""
    code = base64.b32encode(secrets.token_bytes(15)).decode()
    session.add(SiteCode(code_hash=_hashed(code), created_at=now, expires_at=now + CODE_LIFETIME))
    return "-".join(code[i : i + 6] for i in range(0, len(code), 6))


def register(
    session: Session, code: str, name: str, url: str, public_key: str, now: datetime
) -> Site:
    """A new site for an unused code. Invalid `code_not_valid` or `key_not_valid`.

    The code is used up by one UPDATE, so that of parallel tries one gets it.
    """
    key = _checked_key(public_key)
    used = session.scalar(
        update(SiteCode)
        .where(
            SiteCode.code_hash == _hashed(re.sub(r"[\s-]", "", code).upper()),
            SiteCode.used_at.is_(None),
            SiteCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(SiteCode.code_hash)
    )
    if used is None:
        raise Invalid("code_not_valid", "This code is wrong, used, or older than 15 minutes.")
    site = Site(name=name, url=url, public_key=key, scopes=SCOPES, created_at=now)
    session.add(site)
    session.flush()
    audit.record(session, "site.registered", now, object_id=site.id, url=url)
    return site


def link(
    session: Session, site_id: uuid.UUID, subject: str, user_id: uuid.UUID, now: datetime
) -> None:
    """From now on this subject of the site stands for this user; doing it again changes nothing."""
    row = insert(SiteLink).values(
        site_id=site_id, subject=str(uuid.UUID(subject)), user_id=user_id, created_at=now
    )
    session.execute(row.on_conflict_do_nothing())
    audit.record(session, "site.linked", now, user_id=user_id, object_id=site_id)


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


def unregister(session: Session, vouched: Vouched, now: datetime) -> None:
    """Disconnect the site that speaks for itself: what it signs for a user does not do that."""
    if vouched.subject != str(vouched.site_id):
        raise Unauthenticated("assertion_refused", "The assertion is not about the site itself.")
    revoke(session, vouched.site_id, now)


def revoke(session: Session, site_id: uuid.UUID, now: datetime) -> None:
    """Disconnect a site: its key no longer counts and every token it got dies. NotFound."""
    found = session.scalar(
        update(Site)
        .where(Site.id == site_id, Site.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(Site.id)
    )
    if found is None:
        raise NotFound("not_found", "There is no such site.")
    session.execute(
        update(UserSession)
        .where(UserSession.site_id == site_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    audit.record(session, "site.revoked", now, object_id=site_id)


def session_key(site_session: str) -> str:
    """How a site's session id is stored."""
    return _hashed(site_session)


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
        raise Conflict(
            "link_required",
            "There is already an account with this email address. Sign in to it to connect it "
            "with this site.",
        ) from taken
    link(session, vouched.site_id, vouched.subject, user.id, now)
    audit.record(session, "registered.site", now, user_id=user.id, object_id=vouched.site_id)
    return user


def _checked_key(public_key: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise Invalid("key_not_valid", "The key is not 32 bytes in base64url.") from error
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
