"""HTTP in and out for stopping trading and letting it go on.

Stopping must be quick, so that only what sells (`flatten`) asks for a fresh second factor.
"""

import uuid
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock, queues
from ..bots import figures
from ..bots.schemas import SingleBot
from ..bots.service import bot_for
from ..db import transaction
from ..plans import priority
from ..trading import halts
from ..web.auth import admin_only, caller, freshly_proved, refuse_stale, with_scope
from ..web.limits import client_address
from ..web.openapi import guarded, keyed
from . import halting
from .halt_schemas import BotStop, OwnHalts, PlatformHalt, Stop

blueprint = Blueprint("halts", __name__, url_prefix="/api", description="Stopping trading")
admin = Blueprint(
    "halt_admin", __name__, url_prefix="/api/admin", description="Stopping everybody's trading"
)


@blueprint.post("/bots/<uuid:bot_id>/halt")
@keyed(blueprint, 404, 422)
@with_scope("trade")
@blueprint.arguments(BotStop)
@blueprint.response(200, SingleBot)
def stop_bot(given: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """Pause a bot; with `cancel` its open entries go, with `flatten` its positions, too"""
    _ask_before_selling(given["level"])
    with transaction() as session:
        bot = bot_for(session, caller().user_id, bot_id)
        halting.stop_bot(session, bot, given["level"], _command())
        shown = figures.view(session, bot)
    priority.ring(bot_id)
    return {"bot": shown}


@blueprint.get("/halt")
@keyed(blueprint)
@with_scope("read")
@blueprint.response(200, OwnHalts)
def show_own() -> dict[str, Any]:
    """Whether the caller, or the operator, has stopped the caller's bots"""
    with transaction() as session:
        return _own(session)


@blueprint.post("/halt")
@keyed(blueprint, 422)
@with_scope("trade")
@blueprint.arguments(Stop)
@blueprint.response(200, OwnHalts)
def stop_own(given: dict[str, Any]) -> dict[str, Any]:
    """Stop all of the caller's bots; a lower level than the one in force changes nothing"""
    _ask_before_selling(given["level"])
    with transaction() as session:
        halting.stop(session, caller().user_id, given["level"], _command(given["reason"]))
        shown = _own(session)
    queues.enqueue(queues.CARRY_OUT_HALTS)
    return shown


@blueprint.delete("/halt")
@keyed(blueprint, 409)
@with_scope("trade")
@blueprint.response(200, OwnHalts)
def resume_own() -> dict[str, Any]:
    """Let the caller's bots open positions again; paused bots stay paused"""
    with transaction() as session:
        halting.resume(session, caller().user_id, _command())
        return _own(session)


@admin.get("/halt")
@guarded(admin)
@admin_only
@admin.response(200, PlatformHalt)
def show_platform() -> dict[str, Any]:
    """Whether everybody's trading is stopped"""
    with transaction() as session:
        return {"halt": halts.shown(halts.of_scope(session, None))}


@admin.post("/halt")
@guarded(admin, 422)
@admin_only
@freshly_proved
@admin.arguments(Stop)
@admin.response(200, PlatformHalt)
def stop_platform(given: dict[str, Any]) -> dict[str, Any]:
    """Stop everybody's bots, and tell their owners"""
    with transaction() as session:
        halt = halting.stop(session, None, given["level"], _command(given["reason"]))
        shown = halts.shown(halt)
    queues.enqueue(queues.CARRY_OUT_HALTS)
    return {"halt": shown}


@admin.delete("/halt")
@guarded(admin)
@admin_only
@freshly_proved
@admin.response(200, PlatformHalt)
def resume_platform() -> dict[str, Any]:
    """Let everybody's bots open positions again; paused bots stay paused"""
    with transaction() as session:
        halting.resume(session, None, _command())
    return {"halt": None}


def _ask_before_selling(level: str) -> None:
    if level == "flatten":
        refuse_stale(caller(), clock.now())


def _own(session: Session) -> dict[str, Any]:
    mine, everybodys = (halts.of_scope(session, whose) for whose in (caller().user_id, None))
    return {"halt": halts.shown(mine), "platform": halts.shown(everybodys)}


def _command(reason: str | None = None) -> halting.Command:
    via = "session" if caller().session_id else "api_key"
    return halting.Command(caller().user_id, clock.now(), via, client_address(), reason)
