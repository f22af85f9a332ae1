"""HTTP in and out for signals: the webhook, and what became of the alerts."""

import uuid
from typing import Any, NoReturn

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from .. import clock, db
from ..accounts import audit
from ..errors import NotFound
from ..plans import priority
from ..web.auth import caller, with_scope
from ..web.idempotency import idempotent
from ..web.limits import client_address
from ..web.openapi import keyed, refuses
from ..web.schemas import Failure
from . import service, trials
from .door import ROUTE
from .preview import preview as previewed
from .schemas import Discarded, OneSignal, Received, Replay, Replayed, SignalList, SignalPaging
from .trial_schemas import Pasted, Preview, Stored, Trial

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
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@blueprint.arguments(Replay, required=False)
@blueprint.response(201, Replayed)
def replay(asked: dict[str, str], signal_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Send a finished signal's alert once more, as a new signal of its bot or on paper"""
    again = trials.replay_on_paper if asked["to"] == "paper" else service.replay
    with db.transaction() as session:
        made = again(session, caller().user_id, signal_id, clock.now())
        _note(session, "replayed", signal_id, made=str(made.id), to=asked["to"])
    priority.ring(made.bot_id)
    return {"signal_id": made.id, "bot_id": made.bot_id}


@blueprint.post("/bots/<uuid:bot_id>/preview")
@keyed(blueprint, 404, 422, 503)
@with_scope("read")
@blueprint.arguments(Pasted)
@blueprint.response(200, Preview)
def preview(pasted: dict[str, str], bot_id: uuid.UUID) -> dict[str, Any]:
    """What an alert would do now; nothing is sent or stored"""
    body = pasted["alert"].encode()
    per_minute = current_app.config["TRP"].webhooks_per_minute
    return previewed(db.transaction, caller().user_id, bot_id, body, per_minute, clock.now())


@blueprint.post("/bots/<uuid:bot_id>/test-signal")
@keyed(blueprint, 404, 409, 422)
@with_scope("trade")
@idempotent
@blueprint.arguments(Trial, required=False)
@blueprint.response(201, Stored)
def send_test(trial: dict[str, str | None], bot_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Send a bot an alert by hand; it goes the whole way. Not for live bots"""
    with db.transaction() as session:
        made = trials.send_test(session, caller().user_id, bot_id, trial["alert"], clock.now())
        _note(session, "test_sent", made.id)
    priority.ring(bot_id)
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
