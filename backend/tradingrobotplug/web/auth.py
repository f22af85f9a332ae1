"""Who is asking: the access token is checked against its session row on every request."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy import and_, or_, select, update

from ..clock import now as read_clock
from ..config import Settings
from ..db import transaction
from ..errors import Forbidden, Unauthenticated
from ..models import Site, User, UserSession

ACCESS_LIFETIME = timedelta(minutes=15)
IDLE_LIMIT = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)
AUDIENCE = "tradingrobotplug-api"
ISSUER = "tradingrobotplug"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in user of this request."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    role: str


def configure(app: Flask, settings: Settings) -> None:
    """Set up token checking with one pinned algorithm, audience and issuer."""
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
    )
    JWTManager(app)


def access_token(session: UserSession, lifetime: timedelta = ACCESS_LIFETIME) -> str:
    """A signed token for this session row; worthless once the row is revoked."""
    token: str = create_access_token(
        identity=str(session.user_id),
        additional_claims={"sid": str(session.id)},
        expires_delta=lifetime,
    )
    return token


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Guard: a valid access token of a live session. Sets `caller()`. Otherwise 401."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = _identify(read_clock())
        return view(*args, **kwargs)

    return guarded


def signed_in_even_leaving(view: Callable[P, R]) -> Callable[P, R]:
    """Guard like `signed_in`, also for an account in its days of grace before it is erased."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = _identify(read_clock(), may_be_leaving=True)
        return view(*args, **kwargs)

    return guarded


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    """Guard: signed in, and an admin. Otherwise 401 or 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = _identify(read_clock())
        if g.caller.role != "admin":
            raise Forbidden("forbidden", "This is for administrators.")
        return view(*args, **kwargs)

    return guarded


def caller() -> Caller:
    """The user behind this request; only below a guard."""
    found = g.caller
    assert isinstance(found, Caller)
    return found


def claimed_user() -> str | None:
    """Whose genuine, unexpired token this is, its session not looked up; None without one."""
    claims = _claims()
    return str(claims["sub"]) if claims else None


def _identify(now: datetime, *, may_be_leaving: bool = False) -> Caller:
    claims = _claims()
    if claims is None:
        raise Unauthenticated("unauthenticated", "Sign in to continue.")
    session_id, user_id = uuid.UUID(claims["sid"]), uuid.UUID(claims["sub"])
    with transaction() as session:
        # Columns, not objects: this runs on every request.
        found = session.execute(
            _LIVE.where(
                UserSession.id == session_id,
                UserSession.user_id == user_id,
                UserSession.expires_at > now,
                UserSession.seen_at > now - IDLE_LIMIT,
            )
        ).one_or_none()
        if found is None:
            raise Unauthenticated("session_ended", "This session has ended. Sign in again.")
        if now - found.seen_at >= SEEN_EVERY:
            session.execute(
                update(UserSession)
                .where(UserSession.id == session_id, UserSession.seen_at < now)
                .values(seen_at=now)
            )
    if found.leaving_at is not None and not may_be_leaving:
        raise Forbidden(
            "account_leaving", "This account is about to be deleted. Restore it to go on."
        )
    return Caller(user_id=user_id, session_id=session_id, role=found.role)


_LIVE = (
    select(UserSession.seen_at, User.role, User.leaving_at)
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Site, Site.id == UserSession.site_id)
    .where(
        UserSession.revoked_at.is_(None),
        User.suspended_at.is_(None),
        or_(UserSession.site_id.is_(None), and_(Site.id.is_not(None), Site.revoked_at.is_(None))),
    )
)


def _claims() -> dict[str, Any] | None:
    """The claims of a token we signed, decoded once per request; None if there is none."""
    if "claims" not in g:
        g.claims = _decoded()
    found: dict[str, Any] | None = g.claims
    return found


def _decoded() -> dict[str, Any] | None:
    try:
        verify_jwt_in_request()
        claims: dict[str, Any] = get_jwt()
        uuid.UUID(claims["sid"])
        uuid.UUID(claims["sub"])
    except (
        JWTExtendedException,
        PyJWTError,
        KeyError,
        ValueError,
        RecursionError,  # a header that is nested JSON, thousands deep
        TypeError,
        AttributeError,
    ):
        return None
    return claims
