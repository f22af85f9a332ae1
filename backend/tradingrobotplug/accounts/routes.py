"""HTTP in and out for accounts."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..errors import ServiceError
from ..models import UserSession
from ..web.auth import FRESH_FOR, caller, needs, signed_in_at_all
from ..web.limits import client_address, strictly
from ..web.openapi import guarded, refuses
from ..web.tokens import access_token
from . import audit, edge, login, service, sessions, verification
from .schemas import Here, Login, RefreshToken, Registration, SignedIn, Success

Answer = dict[str, Any]

blueprint = Blueprint(
    "accounts", __name__, url_prefix="/api", description="Users and their sessions"
)


@blueprint.post("/auth/register")
@strictly
@blueprint.arguments(Registration)
@blueprint.response(201, SignedIn)
@refuses(blueprint, 409, 422, 429)
def register(fields: Answer) -> Answer:
    """Open an account and sign in"""
    now = clock.now()
    with transaction() as session:
        user = service.register(
            session, fields["email"], fields["password"], fields["username"], now
        )
        opened = service.open_session(session, user, now, edge.device(), client_address())
        verification.send_link(session, user, now)
        audit.record(session, "registered", now, user_id=user.id, address=client_address())
        return _signed_in(session, opened)


@blueprint.post("/auth/login")
@strictly
@blueprint.arguments(Login)
@blueprint.response(200, SignedIn)
@refuses(blueprint, 401, 403, 422, 429, 503)
def log_in(fields: Answer) -> Answer:
    """Sign in with email and password, and with a code where an authenticator is set up"""

    def opened(session: Session, found: login.Recognised) -> Answer:
        return _signed_in(session, login.open_for(session, found, edge.client(), clock.now()))

    return edge.recognise(fields["email"], fields["password"], fields["code"], opened)


@blueprint.post("/auth/refresh")
@blueprint.arguments(RefreshToken)
@blueprint.response(200, SignedIn)
@refuses(blueprint, 401, 422, 429)
def refresh(fields: Answer) -> Answer:
    """Trade a refresh token for new tokens; it is used up"""
    with transaction() as session:
        outcome = sessions.refresh(session, fields["refresh_token"], clock.now())
        answer = outcome if isinstance(outcome, ServiceError) else _signed_in(session, outcome)
    return _answered(answer)


@blueprint.post("/auth/logout")
@signed_in_at_all
@blueprint.response(200, Success)
@guarded(blueprint)
def log_out() -> Answer:
    """End this session; its tokens die at once"""
    now = clock.now()
    with transaction() as session:
        sessions.end(session, caller().own_session, now)
        audit.record(
            session,
            "logout",
            now,
            user_id=caller().user_id,
            object_id=caller().own_session,
            address=client_address(),
        )
    return {"success": True}


@blueprint.get("/users/me")
@signed_in_at_all
@blueprint.response(200, Here)
@guarded(blueprint)
def me() -> Answer:
    """The signed-in user, and what this session may do"""
    now, who = clock.now(), caller()
    fresh_until = who.proved_at and who.proved_at + FRESH_FOR
    with transaction() as session:
        profile = service.profile(session, who.user_id)
    return {
        "user": profile,
        "session": {
            "proved": who.proved_at is not None,
            "fresh_until": fresh_until if fresh_until and fresh_until > now else None,
            "through_site": who.site_id is not None,
            "policy": current_app.config["TRP"].second_factor,
            "needs": needs(who),
        },
    }


def _signed_in(session: Session, opened: UserSession) -> Answer:
    return {
        "user": service.profile(session, opened.user_id),
        "token": access_token(opened),
        "refresh_token": sessions.refresh_token(opened),
    }


def _answered(outcome: Answer | ServiceError) -> Answer:
    """Refusals that had to be counted are raised here, after the commit."""
    if isinstance(outcome, ServiceError):
        raise outcome
    return outcome
