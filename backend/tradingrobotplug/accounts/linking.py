"""Connecting an existing account with a user of a site: OAuth 2's authorization code.

The site sends the browser here, the user signs in here, and the site gets a code that is worth an
account link once, within five minutes, to the site it was made for and with the verifier whose
hash came first (RFC 6749 section 4.1, RFC 7636 with S256 and nothing else).
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import Site, SiteLinkCode, User, UserSession
from ..notify import outbox
from . import letters, redirects, site_users
from .assertions import SiteScope, Vouched

CODE_LIFETIME = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)  # after they are over
VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_STATE = re.compile(r"[\x20-\x7e]{1,512}\Z")  # RFC 6749 appendix A.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the site asks for; `site_name` and `site_url` are what it registered with."""

    site_id: uuid.UUID
    site_name: str
    site_url: str
    redirect_uri: str
    state: str
    challenge: str

    def answer(self, **fields: str) -> str:
        """The address to send the browser back to; the state goes along untouched."""
        return redirects.with_query(self.redirect_uri, **fields, state=self.state)


def asked(session: Session, given: Mapping[str, str]) -> Asked:
    """A request of a connected site that may act for users. Invalid `link_not_valid`.

    While anything about it is wrong the browser is sent nowhere, as the address may be a trap.
    """
    site = _site(session, given.get("site_id", ""))
    redirect_uri, state = given.get("redirect_uri", ""), given.get("state", "")
    challenge = given.get("code_challenge", "")
    if site is None or not redirects.is_below(redirect_uri, site.url):
        raise _refused()
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.match(challenge):
        raise _refused()
    if not _STATE.match(state):
        raise _refused()
    return Asked(site.id, site.name, site.url, redirect_uri, state, challenge)


def keep_code(
    session: Session,
    code: str,
    asked: Asked,
    user_id: uuid.UUID,
    proved_at: datetime | None,
    now: datetime,
) -> None:
    """The user agreed: this code may be traded for the link. Only its hash is stored.

    Keeping the same one again, as when a form is sent twice, changes nothing.
    """
    row = insert(SiteLinkCode).values(
        code_hash=_hashed(code),
        site_id=asked.site_id,
        user_id=user_id,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        proved_at=proved_at,
        expires_at=now + CODE_LIFETIME,
    )
    session.execute(row.on_conflict_do_nothing())


def is_kept(session: Session, code: str, now: datetime) -> bool:
    """Whether this code can still be traded. Of forms sent twice the second waits for the first."""
    session.execute(select(func.pg_advisory_xact_lock(int(_hashed(code)[:15], 16))))
    found = select(SiteLinkCode.user_id).where(
        SiteLinkCode.code_hash == _hashed(code),
        SiteLinkCode.used_at.is_(None),
        SiteLinkCode.expires_at > now,
    )
    return session.scalar(found) is not None


def redeem(
    session: Session, vouched: Vouched, code: str, verifier: str, address: str, now: datetime
) -> UserSession | Invalid:
    """Link the site's subject with the user of the code: the session that stands for them.

    Invalid `code_not_valid` is returned, not raised, because a code that came with a wrong
    verifier is in wrong hands and stays used. Conflict `already_linked`. One UPDATE decides, so
    that of parallel tries one gets it.
    """
    used = session.execute(
        update(SiteLinkCode)
        .where(
            SiteLinkCode.code_hash == _hashed(code),
            SiteLinkCode.site_id == vouched.site_id,
            SiteLinkCode.used_at.is_(None),
            SiteLinkCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(SiteLinkCode.user_id, SiteLinkCode.challenge, SiteLinkCode.proved_at)
    ).one_or_none()
    if used is None or not hmac.compare_digest(used.challenge, _s256(verifier)):
        return Invalid("code_not_valid", "This code is wrong, used, or older than 5 minutes.")
    if site_users.link(session, vouched.site_id, vouched.subject, used.user_id, now):
        _tell(session, used.user_id, vouched.site_id, address, now)
    opened = site_users.exchange(session, vouched, address, now)
    opened.proved_at = max(filter(None, (opened.proved_at, used.proved_at)), default=None)
    return opened


def prune(session: Session, now: datetime) -> None:
    """Forget codes that have been over for a day."""
    session.execute(delete(SiteLinkCode).where(SiteLinkCode.expires_at < now - KEPT_FOR))


def _site(session: Session, text: str) -> Site | None:
    try:
        site = session.get(Site, uuid.UUID(text))
    except ValueError:
        return None
    if site is None or site.revoked_at or SiteScope.ACT_FOR_USERS not in site.scopes:
        return None
    return site


def _tell(
    session: Session, user_id: uuid.UUID, site_id: uuid.UUID, address: str, now: datetime
) -> None:
    user, site = session.get_one(User, user_id), session.get_one(Site, site_id)
    letter = letters.site_linked(site.name, site.url)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _refused() -> Invalid:
    return Invalid(
        "link_not_valid",
        "This link is not complete or not from a connected site. Go back to the site and start "
        "again there.",
    )
