"""Connected WordPress sites: a site registers its key once, then vouches for its users.

For each of them it signs an assertion of at most 60 seconds (RFC 7523) with its Ed25519 key and
exchanges it for a token. No password passes through a site, and nothing a site says gives a role
or a plan. What it may do stands in its scopes, which come with its code or from an administrator.
"""

import base64
import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from ..errors import Invalid, NotFound
from ..models import Site, SiteCode, UserSession
from . import audit
from .assertions import SiteScope

CODE_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides about a site: an administrator, or nobody with an account."""

    user_id: uuid.UUID | None
    address: str


OPERATOR = Actor(None, "")  # at the command line


def make_code(
    session: Session,
    now: datetime,
    scopes: Sequence[SiteScope] = (SiteScope.ACT_FOR_USERS,),
    by: Actor = OPERATOR,
) -> str:
    """A one-time code, to be pasted into a site within 15 minutes; only its hash is stored."""
    code = base64.b32encode(secrets.token_bytes(15)).decode()
    row = SiteCode(
        code_hash=_hashed(code),
        scopes=_listed(scopes),
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    session.add(row)
    audit.record(
        session,
        "site_code.made",
        now,
        user_id=by.user_id,
        address=by.address,
        scopes=" ".join(row.scopes),
    )
    return "-".join(code[i : i + 6] for i in range(0, len(code), 6))


def register(
    session: Session, code: str, name: str, url: str, public_key: str, now: datetime
) -> Site:
    """A new site for an unused code. Invalid `code_not_valid` or `key_not_valid`.

    The code is used up by one UPDATE, so that of parallel tries one gets it.
    """
    key = _checked_key(public_key)
    scopes = session.scalar(
        update(SiteCode)
        .where(
            SiteCode.code_hash == _hashed(re.sub(r"[\s-]", "", code).upper()),
            SiteCode.used_at.is_(None),
            SiteCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(SiteCode.scopes)
    )
    if scopes is None:
        raise Invalid("code_not_valid", "This code is wrong, used, or older than 15 minutes.")
    site = Site(name=name, url=url, public_key=key, scopes=scopes, created_at=now)
    session.add(site)
    session.flush()
    audit.record(
        session, "site.registered", now, object_id=site.id, url=url, scopes=" ".join(scopes)
    )
    return site


def all_sites() -> Select[Site]:
    """The query for every site, those that were revoked too, newest first."""
    return select(Site).order_by(Site.created_at.desc(), Site.id.desc())


def set_scopes(
    session: Session,
    site_id: uuid.UUID,
    scopes: Sequence[SiteScope],
    now: datetime,
    by: Actor,
) -> Site:
    """What the site may do from now on. NotFound.

    A site that may no longer act for its users loses every token it got for them.
    """
    site = _connected(session, site_id)
    before, site.scopes = site.scopes, _listed(scopes)
    if SiteScope.ACT_FOR_USERS not in site.scopes:
        _end_sessions(session, site_id, now)
    audit.record(
        session,
        "site.scopes_changed",
        now,
        user_id=by.user_id,
        object_id=site_id,
        address=by.address,
        before=" ".join(before),
        scopes=" ".join(site.scopes),
    )
    return site


def revoke(session: Session, site_id: uuid.UUID, now: datetime, by: Actor = OPERATOR) -> None:
    """Disconnect a site: its key no longer counts and every token it got dies. NotFound."""
    _connected(session, site_id).revoked_at = now
    _end_sessions(session, site_id, now)
    audit.record(
        session,
        "site.revoked",
        now,
        user_id=by.user_id,
        object_id=site_id,
        address=by.address,
    )


def _connected(session: Session, site_id: uuid.UUID) -> Site:
    """The site, locked, if it is not revoked."""
    site = session.scalar(
        select(Site).where(Site.id == site_id, Site.revoked_at.is_(None)).with_for_update()
    )
    if site is None:
        raise NotFound("not_found", "There is no such site.")
    return site


def _end_sessions(session: Session, site_id: uuid.UUID, now: datetime) -> None:
    session.execute(
        update(UserSession)
        .where(UserSession.site_id == site_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _listed(scopes: Sequence[SiteScope]) -> list[str]:
    """In one order, each once."""
    return [scope.value for scope in SiteScope if scope in scopes]


def _checked_key(public_key: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
        Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise Invalid("key_not_valid", "The key is not 32 bytes in base64url.") from error
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
