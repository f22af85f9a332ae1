"""HTTP in and out for the stream: who may connect."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from ..web.auth import caller, with_scope
from ..web.openapi import keyed
from . import schemas, tickets

blueprint = Blueprint("stream", __name__, url_prefix="/api", description="Live updates")


@blueprint.post("/stream/tickets")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(201, schemas.Ticket)
def make_ticket() -> dict[str, Any]:
    """A ticket for one connection to the stream, good for 30 seconds"""
    who = caller()
    return {
        "ticket": tickets.issue(tickets.Holder(who.user_id, who.session_id, who.key_id)),
        "url": current_app.config["TRP"].stream_address,
        "expires_in": tickets.LIFETIME_SECONDS,
    }
