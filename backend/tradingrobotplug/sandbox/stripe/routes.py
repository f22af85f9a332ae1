"""The simulated Stripe as a part of the sandbox's application.

SANDBOX_STRIPE_KEY is the secret key that it accepts (sk_test_sandbox if unset).
SANDBOX_STRIPE_WEBHOOK_URL and SANDBOX_STRIPE_WEBHOOK_SECRET, if set, are an endpoint that is told
everything from the start.
"""

from collections.abc import Mapping

from flask import Flask

from . import (
    checkout_page,
    control,
    door,
    endpoints,
    invoice_pages,
    invoices,
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
def live() -> None:
    """Time goes on and events are delivered, in this process, from the first request on."""
    account = door.account()
    passing.start(account)
    with account.lock:
        passing.catch_up(account)
