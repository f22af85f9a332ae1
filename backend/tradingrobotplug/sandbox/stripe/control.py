"""What tests and rehearsals change in the simulated Stripe. Needs the sandbox's credentials."""

import time
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ..alpaca import is_signed
from . import endpoints, passing, refunds
from .delivery import Switches, post
from .door import account, find
from .refusals import Refusal
from .things import Thing

blueprint = Blueprint("stripe_control", __name__, url_prefix="/sandbox/stripe")

_LONGEST_WAIT = 30.0


@blueprint.before_request
def verify() -> tuple[Response, int] | None:
    """Nobody without the credentials moves anything."""
    return None if is_signed() else (jsonify(message="unauthorized."), 401)


@blueprint.post("/clock")
def clock() -> Any:
    """{"at": ISO time or seconds since 1970} or {"advance_seconds": 86400}: time goes on from
    there, never back; what was due until then has happened, each thing at its own moment."""
    found, body = account(), _body()
    with found.lock:
        now = found.now()
        at = body.get("at", now + int(body.get("advance_seconds", 0)))
        wanted = at if isinstance(at, int) else int(datetime.fromisoformat(str(at)).timestamp())
        if wanted < now:
            return jsonify(message="this clock never goes back; /sandbox/stripe/reset forgets"), 400
        if wanted > now:
            found.offset_seconds = wanted - time.time()
        passing.catch_up(found)
        return jsonify(now=found.now())


@blueprint.post("/reset")
def reset() -> Any:
    """Forget everything but the secret key, and go back to real time."""
    with account().lock:
        account().forget()
    return jsonify(objects=0)


@blueprint.post("/settings")
def settings() -> Any:
    """{"after_retries": "cancel" | "unpaid" | "past_due"}: when a payment's retries have failed."""
    wanted = _body().get("after_retries")
    if wanted not in ("cancel", "unpaid", "past_due"):
        return jsonify(message="after_retries is cancel, unpaid or past_due"), 400
    account().after_retries = wanted
    return jsonify(after_retries=wanted)


@blueprint.post("/cards")
def cards() -> Any:
    """{"payment_method": "pm_…", "declines": "insufficient_funds" | ""}: what charges meet."""
    body = _body()
    try:
        method = find("payment_method", str(body.get("payment_method")))
    except Refusal as refusal:
        return jsonify(refusal.body), refusal.status
    method["_declines"] = str(body.get("declines", ""))
    return jsonify(payment_method=method["id"], declines=method["_declines"])


@blueprint.post("/disputes")
def dispute() -> Any:
    """{"charge": "ch_…", "reason": "fraudulent"}; or, to end one, {"dispute": "du_…",
    "status": "won" or "lost"}."""
    body, found = _body(), account()
    with found.lock:
        try:
            if "dispute" in body:
                known = found.get("dispute", str(body["dispute"]))
                made = refunds.end_dispute(found, known, str(body["status"]))
            else:
                charge = found.get("charge", str(body.get("charge")))
                made = refunds.disputed(found, charge, str(body.get("reason", "fraudulent")))
        except Refusal as refusal:
            return jsonify(refusal.body), refusal.status
    return jsonify(dispute=made["id"], status=made["status"])


@blueprint.post("/endpoint")
def endpoint() -> Any:
    """{"url", "secret", "events": ["*"]}: a webhook endpoint with a secret of one's choice."""
    body = _body()
    with account().lock:
        events = body.get("events", ["*"])
        made = endpoints.registered(account(), str(body["url"]), events, str(body["secret"]))
    return jsonify(id=made["id"])


@blueprint.post("/deliveries")
def spoil() -> Any:
    """{"duplicates": 1, "delay_seconds": 0, "disorder_seconds": 0, "is_held": false}: how events
    are delivered from now on."""
    body = _body()
    account().outbox.switches = Switches(
        duplicates=int(body.get("duplicates", 1)),
        delay_seconds=float(body.get("delay_seconds", 0)),
        disorder_seconds=float(body.get("disorder_seconds", 0)),
        is_held=bool(body.get("is_held", False)),
    )
    return jsonify(waiting=len(account().outbox))


@blueprint.get("/deliveries")
def deliveries() -> Any:
    """What was sent, and how many wait; `?settle=10` waits so long until none does."""
    until = time.time() + min(float(request.args.get("settle", 0)), _LONGEST_WAIT)
    outbox = account().outbox
    while len(outbox) and time.time() < until:
        time.sleep(0.01)
    return jsonify(waiting=len(outbox), attempts=outbox.attempts)


@blueprint.post("/deliver")
def deliver() -> Any:
    """{"events": ["evt_…", …]}: send just these now, in this order, as often as they are named."""
    found = account()
    told: list[Thing] = []
    for key in _body().get("events", []):
        event = found.events.get(str(key))
        if event is None:
            return jsonify(message=f"no such event: {key}"), 404
        endpoints_there = found.of("webhook_endpoint")
        told += [{"event": key, "status": post(event, one)} for one in endpoints_there]
    return jsonify(attempts=told)


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}
