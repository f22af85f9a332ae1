"""HTTP in and out for administrators."""

import uuid
from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..web.auth import admin_only, caller, freshly_proved
from ..web.limits import client_address
from ..web.openapi import guarded
from ..web.paging import page_of
from . import admin, audit
from .admin_schemas import AccountList, SingleAccount, Suspension, UserFilter

blueprint = Blueprint(
    "admin", __name__, url_prefix="/api/admin", description="Users, for administrators"
)


@blueprint.get("/users")
@guarded(blueprint, 422)
@admin_only
@blueprint.arguments(UserFilter, location="query")
@blueprint.response(200, AccountList)
def list_users(asked: dict[str, Any]) -> dict[str, Any]:
    """Users with this text in their address or username, newest first"""
    query = asked.pop("query")
    with transaction() as session:
        found, total = page_of(session, admin.matching(query), **asked)
        _note_reading(session, "admin.users_listed")
        return {"users": admin.accounts(session, found), "total": total, **asked}


@blueprint.get("/users/<uuid:user_id>")
@guarded(blueprint, 404)
@admin_only
@blueprint.response(200, SingleAccount)
def show_user(user_id: uuid.UUID) -> dict[str, Any]:
    """One user"""
    with transaction() as session:
        shown = admin.account(session, user_id)
        _note_reading(session, "admin.user_read", user_id)
    return {"user": shown}


@blueprint.post("/users/<uuid:user_id>/suspend")
@guarded(blueprint, 404, 409, 422)
@admin_only
@freshly_proved
@blueprint.arguments(Suspension)
@blueprint.response(200, SingleAccount)
def suspend_user(given: dict[str, str], user_id: uuid.UUID) -> dict[str, Any]:
    """End a user's sessions and API keys and pause their bots, until reinstated

    Stops of open positions stay in force.
    """
    return _done(
        user_id, lambda session, act: admin.suspend(session, user_id, given["reason"].strip(), act)
    )


@blueprint.post("/users/<uuid:user_id>/reinstate")
@guarded(blueprint, 404, 409)
@admin_only
@freshly_proved
@blueprint.response(200, SingleAccount)
def reinstate_user(user_id: uuid.UUID) -> dict[str, Any]:
    """Let a suspended user sign in again; bots stay paused"""
    return _done(user_id, lambda session, act: admin.reinstate(session, user_id, act))


@blueprint.post("/users/<uuid:user_id>/unlock")
@guarded(blueprint, 404)
@admin_only
@freshly_proved
@blueprint.response(200, SingleAccount)
def unlock_user(user_id: uuid.UUID) -> dict[str, Any]:
    """Forget a user's failed logins, so that they need not wait"""
    return _done(user_id, lambda session, act: admin.unlock(session, user_id, act))


@blueprint.post("/users/<uuid:user_id>/logout")
@guarded(blueprint, 404)
@admin_only
@freshly_proved
@blueprint.response(200, SingleAccount)
def log_user_out(user_id: uuid.UUID) -> dict[str, Any]:
    """End every session of a user"""
    return _done(user_id, lambda session, act: admin.log_out(session, user_id, act))


def _done(user_id: uuid.UUID, action: Callable[[Session, admin.Act], None]) -> dict[str, Any]:
    with transaction() as session:
        action(session, admin.Act(caller().user_id, client_address(), clock.now()))
        return {"user": admin.account(session, user_id)}


def _note_reading(session: Session, action: str, user_id: uuid.UUID | None = None) -> None:
    audit.record(
        session,
        action,
        clock.now(),
        user_id=caller().user_id,
        object_id=user_id,
        address=client_address(),
    )
