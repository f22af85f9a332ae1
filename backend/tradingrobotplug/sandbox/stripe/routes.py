"""The simulated Stripe as a part of the sandbox's application.

SANDBOX_STRIPE_KEY is the secret key that it accepts (sk_test_sandbox if unset).
SANDBOX_STRIPE_WEBHOOK_URL and SANDBOX_STRIPE_WEBHOOK_SECRET, if set, are an endpoint that is told
everything from the start.
SANDBOX_STRIPE_STATE, if set, is the file that its books are kept in from one start to the next, and
SANDBOX_STRIPE_ADDRESS where this sandbox is found, so that pages of before are found there.
"""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, current_app, request

from . import (
    checkout_page,
    control,
    door,
    endpoints,
    invoice_pages,
    invoices,
    keeping,
    pages,
    passing,
    portal,
    previews,
    schedules,
    subscriptions,
)
from .account import Account

# Their import makes their addresses known.
_VIEWS = (checkout_page, invoice_pages, invoices, portal, previews, schedules, subscriptions)


def register(app: Flask, environ: Mapping[str, str]) -> None:
    """Serve it from this application. RuntimeError names what is missing."""
    account = Account(environ.get("SANDBOX_STRIPE_KEY") or "sk_test_sandbox")
    if state := environ.get("SANDBOX_STRIPE_STATE"):
        account.kept_in = Path(state)
    app.config["STRIPE_ADDRESS"] = environ.get("SANDBOX_STRIPE_ADDRESS") or None
    url = environ.get("SANDBOX_STRIPE_WEBHOOK_URL")
    if url:
        secret = environ.get("SANDBOX_STRIPE_WEBHOOK_SECRET")
        if not secret:
            raise RuntimeError(
                "Set SANDBOX_STRIPE_WEBHOOK_SECRET: what its events are signed with."
            )
        endpoints.registered(account, url, ["*"], secret)["_is_lasting"] = True
    app.config["STRIPE"] = account
    for blueprint in (door.blueprint, pages.blueprint, control.blueprint):
        app.register_blueprint(blueprint)


@door.blueprint.before_request
@pages.blueprint.before_request
@control.blueprint.before_request
def live() -> None:
    """Time goes on and events are delivered, in this process, from the first request on."""
    account = door.account()
    passing.start(account, current_app.config["STRIPE_ADDRESS"])
    with account.lock:
        passing.catch_up(account)


@door.blueprint.after_request
@pages.blueprint.after_request
@control.blueprint.after_request
def kept(response: Response) -> Response:
    """What was done is written down before it is answered."""
    account = door.account()
    if request.method != "GET":
        account.is_changed = True
    keeping.keep(account)
    return response
