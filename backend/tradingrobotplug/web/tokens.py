"""Access tokens: signed for a session row, and worthless once that row is over."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Flask, g
from flask_jwt_extended import JWTManager, create_access_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from ..config import Settings
from ..models import UserSession

ACCESS_LIFETIME = timedelta(minutes=15)
AUDIENCE = "tradingrobotplug-api"
ISSUER = "tradingrobotplug"


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


def claimed_user() -> str | None:
    """Whose genuine, unexpired token this is, its session not looked up; None without one."""
    found = claims()
    return str(found["sub"]) if found else None


def claims() -> dict[str, Any] | None:
    """The claims of a token we signed, decoded once per request; None if there is none."""
    if "claims" not in g:
        g.claims = _decoded()
    found: dict[str, Any] | None = g.claims
    return found


def _decoded() -> dict[str, Any] | None:
    try:
        verify_jwt_in_request()
        found: dict[str, Any] = get_jwt()
        uuid.UUID(found["sid"])
        uuid.UUID(found["sub"])
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
    return found
