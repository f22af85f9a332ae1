"""What a connected site signs for its user (RFC 7523): checked in full, and accepted once."""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from marshmallow import ValidationError, validate
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import Forbidden, Unauthenticated
from ..models import Site, SiteAssertion
from ..web.tokens import AUDIENCE

LONGEST = timedelta(seconds=60)
LEEWAY = timedelta(seconds=10)  # how far the site's clock may be off
_ALGORITHM = "EdDSA"  # of an Ed25519 key, the only kind a site can register
_REQUIRED = ["iss", "sub", "aud", "iat", "exp", "jti", "email", "email_verified", "sid"]


class SiteScope(StrEnum):
    """What a site may be allowed to do."""

    ACT_FOR_USERS = "act_for_users"
    MAILBOX = "mailbox"  # read the mails that no mail server took; they hold reset links


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a site says about one of its users; a role or plan it may add is not read."""

    site_id: uuid.UUID
    subject: str
    email: str
    site_session: str


def accept(
    session: Session, assertion: str, now: datetime, scope: SiteScope | None = None
) -> Vouched:
    """The content of a genuine, fresh, unused assertion; otherwise Unauthenticated.

    Forbidden `scope_missing` if the site must have a scope and has it not. The site's row is
    locked for sharing, so that what is made of the assertion is seen by a revocation of the site
    that comes after it.
    """
    try:
        site = _site(session, assertion)
        claims = _claims(assertion, site)
        vouched = _vouched(claims, site.id)
        expires_at = _checked_expiry(claims, now)
    except (jwt.PyJWTError, ValidationError, ValueError, RecursionError) as error:
        raise _refused() from error
    _use_up(session, site.id, str(claims["jti"]), expires_at)
    if scope is not None and scope not in site.scopes:
        raise Forbidden("scope_missing", "This site may not do that.", {"scope": scope})
    return vouched


def accept_own(
    session: Session, assertion: str, now: datetime, scope: SiteScope | None = None
) -> uuid.UUID:
    """The site that speaks for itself: what it signs for a user does not count as that."""
    vouched = accept(session, assertion, now, scope)
    if vouched.subject != str(vouched.site_id):
        raise Unauthenticated("assertion_refused", "The assertion is not about the site itself.")
    return vouched.site_id


def _site(session: Session, assertion: str) -> Site:
    """The site that the assertion names; nothing else of it is believed before its key fits."""
    unverified = jwt.decode(assertion, options={"verify_signature": False})
    site = session.scalar(
        select(Site)
        .where(Site.id == uuid.UUID(str(unverified.get("iss"))), Site.revoked_at.is_(None))
        .with_for_update(read=True)
    )
    if site is None:
        raise ValueError("no such site")
    return site


def _claims(assertion: str, site: Site) -> dict[str, Any]:
    key = base64.urlsafe_b64decode(site.public_key + "=" * (-len(site.public_key) % 4))
    return jwt.decode(
        assertion,
        Ed25519PublicKey.from_public_bytes(key),
        algorithms=[_ALGORITHM],
        audience=AUDIENCE,
        issuer=str(site.id),
        # Times are checked below, against the clock that the rest of the request uses.
        options={
            "require": _REQUIRED,
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        },
    )


def _vouched(claims: dict[str, Any], site_id: uuid.UUID) -> Vouched:
    texts = [claims[name] for name in ("sub", "email", "sid", "jti")]
    if not all(isinstance(text, str) and 1 <= len(text) <= 254 for text in texts):
        raise ValueError("a claim is not a text of 1 to 254 characters")
    if not all(text.isprintable() for text in texts) or len(claims["jti"]) < 8:
        raise ValueError("a claim holds what it must not")
    if not isinstance(claims["email_verified"], bool):
        raise ValueError("email_verified is not true or false")
    validate.Email()(claims["email"])
    return Vouched(
        site_id=site_id,
        subject=str(uuid.UUID(claims["sub"])),
        email=claims["email"],
        site_session=claims["sid"],
    )


def _checked_expiry(claims: dict[str, Any], now: datetime) -> datetime:
    if not all(type(claims[name]) in (int, float) for name in ("iat", "exp")):
        raise ValueError("iat and exp must be numbers")
    issued_at, expires_at = (_moment(claims[name]) for name in ("iat", "exp"))
    if not (
        issued_at <= now + LEEWAY
        and now - LEEWAY < expires_at
        and timedelta() < expires_at - issued_at <= LONGEST
    ):
        raise ValueError("not valid now, or for too long")
    return expires_at


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except OverflowError as error:
        raise ValueError("no such time") from error


def _use_up(session: Session, site_id: uuid.UUID, jti: str, expires_at: datetime) -> None:
    """Remember the id until the assertion can't be accepted any more; refuse it if known."""
    name = hashlib.sha256(f"{site_id}|{jti}".encode()).hexdigest()
    row = insert(SiteAssertion).values(jti=name, expires_at=expires_at + LEEWAY)
    if session.scalar(row.on_conflict_do_nothing().returning(SiteAssertion.jti)) is None:
        raise _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated("assertion_refused", "The site's assertion is not valid.")
