"""HTTP in and out for signals: the webhook, and what became of the alerts."""

import hashlib
import uuid
from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from .. import clock, db, queues
from ..errors import Invalid, NotFound, TooMany
from ..web.auth import caller, signed_in
from ..web.schemas import Failure
from . import service
from .arrival import Verdict, arrive
from .intake import intake
from .schemas import Discarded, OneSignal, Received, Replayed, SignalList, SignalPaging

MAX_BODY = 64 * 1024
_BEARER: list[dict[str, list[str]]] = [{"bearer": []}]

blueprint = Blueprint("signals", __name__, url_prefix="/api", description="Alerts and their fate")
webhook = Blueprint("webhook", __name__, description="Where senders post alerts")


@webhook.post("/webhook/<bot_id>/<secret>")
@webhook.doc(responses={"200": {"description": "Stored, or already known", "schema": Received}})
@webhook.alt_response(404, schema=Failure, description="No such bot, or the wrong secret")
@webhook.alt_response(422, schema=Failure, description="Unreadable; the message says why")
@webhook.alt_response(429, schema=Failure, description="Over the rate or the plan's daily number")
def receive(bot_id: str, secret: str) -> ResponseReturnValue:
    """Take an alert in: durable before the answer, executed after it"""
    arrival = arrive(db.new_id(), _uuid(bot_id), _hashed(secret), _body(), clock.now())
    return _answer(intake(current_app.config["TRP"]).accept(arrival))


@blueprint.get("/bots/<uuid:bot_id>/signals")
@signed_in
@blueprint.doc(security=_BEARER)
@blueprint.arguments(SignalPaging, location="query")
@blueprint.response(200, SignalList)
@blueprint.alt_response(404, schema=Failure)
def list_signals(query: dict[str, Any], bot_id: uuid.UUID) -> dict[str, Any]:
    """A bot's signals, the newest first"""
    with db.transaction() as session:
        return service.page_of(session, caller().user_id, bot_id, **query)


@blueprint.get("/signals/<uuid:signal_id>")
@signed_in
@blueprint.doc(security=_BEARER)
@blueprint.response(200, OneSignal)
@blueprint.alt_response(404, schema=Failure)
def read_signal(signal_id: uuid.UUID) -> dict[str, Any]:
    """One signal with its log and orders"""
    with db.transaction() as session:
        return {"signal": service.view(session, caller().user_id, signal_id)}


@blueprint.post("/signals/<uuid:signal_id>/replay")
@signed_in
@blueprint.doc(security=_BEARER)
@blueprint.response(201, Replayed)
@blueprint.alt_response(404, schema=Failure)
@blueprint.alt_response(409, schema=Failure)
def replay(signal_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Send a finished signal's alert once more, as a new signal"""
    with db.transaction() as session:
        made = service.replay(session, caller().user_id, signal_id, clock.now())
    queues.enqueue(queues.PROCESS_SIGNALS, str(made.bot_id))
    return {"signal_id": made.id}


@blueprint.post("/signals/<uuid:signal_id>/discard")
@signed_in
@blueprint.doc(security=_BEARER)
@blueprint.response(200, Discarded)
@blueprint.alt_response(404, schema=Failure)
@blueprint.alt_response(409, schema=Failure)
def discard(signal_id: uuid.UUID) -> dict[str, bool]:
    """Take a dead or waiting signal off the list; nothing of it will be sent any more"""
    with db.transaction() as session:
        service.discard(session, caller().user_id, signal_id, clock.now())
    return {"success": True}


def _body() -> bytes:
    """The raw bytes, whatever content type the sender claims: senders often claim the wrong one."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the alert as plain text, not compressed.")
    request.max_content_length = MAX_BODY
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge(f"An alert has at most {MAX_BODY} bytes.")
    return request.get_data(cache=False, parse_form_data=False)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(verdict: Verdict) -> ResponseReturnValue:
    if verdict.word == "unknown":
        raise NotFound("not_found", "There is nothing here.")
    if verdict.word == "refused":
        raise Invalid("unreadable_alert", verdict.reason or "", {"signal_id": _id(verdict)})
    if verdict.word == "rate_limited":
        raise TooMany("rate_limited", verdict.reason or "", {"signal_id": _id(verdict)})
    answer: dict[str, object] = {"received": True, "signal_id": _id(verdict)}
    if verdict.word == "duplicate":
        answer["duplicate"] = True
    if verdict.word == "ignored":
        answer["ignored"] = verdict.reason
    return answer


def _id(verdict: Verdict) -> str:
    return str(verdict.signal_id)
