"""Who is asking: the access token is checked against its session row on every request."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, g
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy import select, update

from ..clock import now as read_clock
from ..config import Settings
from ..db import transaction
from ..errors import Forbidden, Unauthenticated
from ..models import User, UserSession

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


def _identify(now: datetime) -> Caller:
    try:
        verify_jwt_in_request()
        claims = get_jwt()
        session_id = uuid.UUID(str(claims["sid"]))
    except (JWTExtendedException, PyJWTError, KeyError, ValueError) as error:
        raise Unauthenticated("unauthenticated", "Sign in to continue.") from error
    with transaction() as session:
        row = session.execute(
            select(UserSession, User.role)
            .join(User, User.id == UserSession.user_id)
            .where(UserSession.id == session_id, User.suspended_at.is_(None))
        ).one_or_none()
        if row is None or not _is_live(row[0], now) or str(row[0].user_id) != claims["sub"]:
            raise Unauthenticated("session_ended", "This session has ended. Sign in again.")
        found, role = row
        if now - found.seen_at >= SEEN_EVERY:
            session.execute(
                update(UserSession).where(UserSession.id == found.id).values(seen_at=now)
            )
        return Caller(user_id=found.user_id, session_id=found.id, role=role)


def _is_live(session: UserSession, now: datetime) -> bool:
    return (
        session.revoked_at is None
        and session.expires_at > now
        and now - session.seen_at.astimezone(UTC) < IDLE_LIMIT
    )
