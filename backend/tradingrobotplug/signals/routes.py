"""HTTP in and out for signals: the webhook, and what became of the alerts."""

import uuid
from typing import Any, NoReturn

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock, db, queues
from ..accounts import audit
from ..errors import NotFound
from ..web.auth import caller, with_scope
from ..web.limits import client_address
from ..web.openapi import keyed, refuses
from ..web.schemas import Failure
from . import service
from .door import ROUTE
from .schemas import Discarded, OneSignal, Received, Replayed, SignalList, SignalPaging

blueprint = Blueprint("signals", __name__, url_prefix="/api", description="Alerts and their fate")
webhook = Blueprint("webhook", __name__, description="Where senders post alerts")


@webhook.post(ROUTE)
@webhook.response(200, Received, description="Stored, or already known")
@refuses(webhook, 400, 413, 415)
@webhook.alt_response(403, schema=Failure, description="Not from one of the bot's allowed senders")
@webhook.alt_response(404, schema=Failure, description="No such bot, or the wrong secret")
@webhook.alt_response(422, schema=Failure, description="Unreadable; the message says why")
@webhook.alt_response(429, schema=Failure, description="Over the rate or the plan's daily number")
def receive(bot_id: str, secret: str) -> NoReturn:
    """Take an alert in: durable before the answer, executed after it"""
    # Answered by door.py before it gets here; this names the path, its method and its answers.
    raise NotFound("not_found", "There is nothing here.")


@blueprint.get("/bots/<uuid:bot_id>/signals")
@keyed(blueprint, 404, 422)
@with_scope("read")
@blueprint.arguments(SignalPaging, location="query")
@blueprint.response(200, SignalList)
def list_signals(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's signals, the newest first"""
    with db.transaction() as session:
        return service.page_of(session, caller().user_id, bot_id, **query)


@blueprint.get("/signals/<uuid:signal_id>")
@keyed(blueprint, 404)
@with_scope("read")
@blueprint.response(200, OneSignal)
def read_signal(signal_id: uuid.UUID) -> dict[str, Any]:
    """One signal with its log and orders"""
    with db.transaction() as session:
        return {"signal": service.view(session, caller().user_id, signal_id)}


@blueprint.post("/signals/<uuid:signal_id>/replay")
@keyed(blueprint, 404, 409)
@with_scope("trade")
@blueprint.response(201, Replayed)
def replay(signal_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Send a finished signal's alert once more, as a new signal"""
    with db.transaction() as session:
        made = service.replay(session, caller().user_id, signal_id, clock.now())
        _note(session, "replayed", signal_id, made=str(made.id))
    queues.enqueue(queues.PROCESS_SIGNALS, str(made.bot_id))
    return {"signal_id": made.id}


@blueprint.post("/signals/<uuid:signal_id>/discard")
@keyed(blueprint, 404, 409)
@with_scope("trade")
@blueprint.response(200, Discarded)
def discard(signal_id: uuid.UUID) -> dict[str, bool]:
    """Take a dead or waiting signal off the list; nothing of it will be sent any more"""
    with db.transaction() as session:
        service.discard(session, caller().user_id, signal_id, clock.now())
        _note(session, "discarded", signal_id)
    return {"success": True}


def _note(session: Session, what: str, signal_id: uuid.UUID, **details: str) -> None:
    audit.record(
        session,
        f"signal.{what}",
        clock.now(),
        user_id=caller().user_id,
        object_id=signal_id,
        address=client_address(),
        by="session" if caller().session_id else "api_key",
        **details,
    )
