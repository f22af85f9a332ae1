"""HTTP in and out for one's sessions, the export of one's data, and the end of an account."""

import uuid
from typing import Any

from flask import Response, send_file
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..web.auth import (
    caller,
    is_enrolled,
    needs,
    refuse_stale,
    signed_in_at_all,
    signed_in_even_leaving,
)
from ..web.limits import client_address, rarely, strictly
from ..web.openapi import guarded
from . import audit, edge, export, leaving, service, sessions
from .mail_schemas import AccountDeletion, DeletionState, SessionList
from .schemas import Me, Success

Answer = dict[str, Any]
_ZIP = {"type": "string", "format": "binary"}

blueprint = Blueprint(
    "account_life", __name__, url_prefix="/api", description="Sessions, export, deletion"
)


@blueprint.get("/auth/sessions")
@signed_in_even_leaving
@blueprint.response(200, SessionList)
@guarded(blueprint)
def list_sessions() -> Answer:
    """Where the user is signed in, the latest used first"""
    with transaction() as session:
        found = sessions.live_ones(session, caller().user_id, clock.now())
    return {
        "sessions": [
            {
                "id": row.id,
                "device": row.device,
                "address": row.address,
                "site": site,
                "created_at": row.created_at,
                "seen_at": row.seen_at,
                "expires_at": row.expires_at,
                "current": row.id == caller().own_session,
            }
            for row, site in found
        ]
    }


@blueprint.delete("/auth/sessions/<uuid:session_id>")
@signed_in_even_leaving
@blueprint.response(200, Success)
@guarded(blueprint, 404)
def end_session(session_id: uuid.UUID) -> Answer:
    """End one session; its tokens die at once"""
    with transaction() as session:
        sessions.end_own(session, caller().user_id, session_id, clock.now())
        _note(session, "session.ended", object_id=session_id)
    return {"success": True}


@blueprint.post("/auth/logout-everywhere")
@signed_in_at_all
@blueprint.response(200, Success)
@guarded(blueprint)
def log_out_everywhere() -> Answer:
    """End every session, this one too"""
    with transaction() as session:
        sessions.end_all(session, caller().user_id, clock.now())
        _note(session, "logout.everywhere")
    return {"success": True}


@blueprint.post("/users/me/export")
@rarely
@signed_in_even_leaving
@blueprint.response(200, _ZIP, content_type="application/zip")
@guarded(blueprint)
def export_data() -> Response:
    """Everything kept about the user: a ZIP of JSON and CSV; at most ten an hour"""
    now = clock.now()
    with transaction() as session:
        _note(session, "account.exported")
    with transaction() as session:
        packed = export.pack(session, caller().user_id)
    name = f"tradingrobotplug-{now:%Y-%m-%d}.zip"
    return send_file(packed, "application/zip", as_attachment=True, download_name=name)


@blueprint.delete("/users/me")
@strictly
@signed_in_at_all
@blueprint.arguments(AccountDeletion)
@blueprint.response(200, DeletionState)
@guarded(blueprint, 422)
def delete_me(fields: Answer) -> Answer:
    """Delete the account: bots, webhooks and sessions end now, the rest is erased after 7 days"""
    if is_enrolled(caller().user_id):
        refuse_stale(caller(), clock.now())
    elif "password" not in needs(caller()):
        with transaction() as session:
            leaving.mail_link(session, caller().user_id, client_address(), clock.now())
        return {"status": "confirmation_mailed", "erased_at": None}
    else:
        edge.check_password(fields.get("password") or "")
    with transaction() as session:
        at = leaving.leave(session, caller().user_id, client_address(), clock.now())
    return {"status": "leaving", "erased_at": at}


@blueprint.post("/users/me/restore")
@signed_in_at_all
@blueprint.response(200, Me)
@guarded(blueprint, 409)
def restore_me() -> Answer:
    """Keep the account after all; its bots come back stopped"""
    with transaction() as session:
        leaving.restore(session, caller().user_id, client_address(), clock.now())
        return {"user": service.profile(session, caller().user_id)}


def _note(session: Session, action: str, object_id: uuid.UUID | None = None) -> None:
    audit.record(
        session,
        action,
        clock.now(),
        user_id=caller().user_id,
        object_id=object_id or caller().own_session,
        address=client_address(),
    )
