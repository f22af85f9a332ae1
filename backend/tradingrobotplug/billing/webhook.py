"""HTTP in for Stripe's events: verified over the raw bytes, put down, answered."""

import logging

from flask import request
from flask_smorest import Blueprint

from .. import clock, logs, queues
from ..db import transaction
from ..errors import Invalid
from ..web.openapi import refuses
from . import happenings, inbox, stripe_api
from .schemas import Taken

blueprint = Blueprint("stripe_webhook", __name__, description="Events from Stripe")


@blueprint.post("/webhook/stripe")
@refuses(blueprint, 422)
@blueprint.response(200, Taken)
def take_event() -> dict[str, bool]:
    """Take an event that Stripe has signed; one that is known already is fine"""
    now = clock.now()
    seen = stripe_api.verified(request.get_data(), request.headers.get("Stripe-Signature", ""), now)
    if seen.is_live != (stripe_api.mode() == "live"):
        logs.event("stripe.wrong_mode", level=logging.ERROR, event=seen.id, live=seen.is_live)
        raise Invalid("wrong_mode", "This event belongs to the other mode of the account.")
    if seen.type not in happenings.HANDLED:
        return {"received": True}
    with transaction() as session:
        inbox.put(session, seen, now)
    queues.enqueue(queues.PROCESS_STRIPE_EVENT, seen.id)
    return {"received": True}
