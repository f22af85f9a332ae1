"""Who comes in to the simulated Stripe's API, with what, and how it is answered.

Keys, versions, parameters, idempotency and errors as https://docs.stripe.com/api says.
"""

import json
from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, current_app, g, request

from . import forms, shapes
from .account import Account, Answered
from .answers import shown
from .refusals import Refusal
from .things import API_VERSION, Thing, new_id

blueprint = Blueprint("stripe", __name__, url_prefix="/stripe/v1")

View = Callable[..., Thing]


def account() -> Account:
    """The Stripe account of this application."""
    found = current_app.config["STRIPE"]
    assert isinstance(found, Account)
    return found


def find(kind: str, key: str) -> Thing:
    """One object of the account. Refusal if there is none."""
    with account().lock:  # a rehearsal may be going on
        return account().get(kind, key)


def call(method: str, rule: str, shape: str, takes: str = "") -> Callable[[View], View]:
    """Serve this address by the view: (account, parameters, **parts of the address) → object.

    `shape` names the type of the parameters in `stripe.params`, `takes` those that are simulated
    (`a.b` for one inside another); others of Stripe's are refused rather than ignored."""

    def register(view: View) -> View:
        served = partial(_serve, view, shape, {*takes.split(), "expand"})
        name = f"{method} {rule}".replace(".", "_")
        blueprint.add_url_rule(rule, name, served, methods=[method])
        return view

    return register


@blueprint.before_request
def verify() -> None:
    """The secret key is a bearer's token, or the user's name of basic authentication."""
    g.request_id = new_id("req")
    given = request.headers.get("Authorization", "")
    basic = request.authorization.username if request.authorization else None
    key = basic or given.removeprefix("Bearer ").strip()
    if not key:
        raise Refusal(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not compare_digest(key.encode(), account().secret_key.encode()):
        raise Refusal(f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}", status=401)
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise Refusal(f"Invalid Stripe API version: {version}; the sandbox speaks {API_VERSION}")


@blueprint.after_request
def sign(response: Response) -> Response:
    """The headers that each answer carries."""
    response.headers["Request-Id"] = g.get("request_id", "")
    response.headers["Stripe-Version"] = API_VERSION
    key = request.headers.get("Idempotency-Key")
    if key and request.method == "POST":
        response.headers["Idempotency-Key"] = key
    return response


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """An error in Stripe's shape."""
    return _answer(refusal.status, json.dumps(refusal.body))


@blueprint.route("/<path:rest>", methods=["GET", "POST", "DELETE"])
def unknown(rest: str) -> Response:
    """Addresses that the sandbox does not know."""
    raise Refusal(f"Unrecognized request URL ({request.method}: /v1/{rest}).", status=404)


def _serve(view: View, shape: str, known: set[str], **parts: str) -> Response:
    sent = request.form if request.method == "POST" else request.args
    given = shapes.check(shape, forms.read(sent.items(multi=True)))
    _refuse_unsimulated(given, known, "")
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    found = account()
    with found.lock:
        found.address = request.host_url.rstrip("/")
        if key is None:
            return _answer(*_run(found, view, given, parts))
        asked = (request.path, json.dumps(sorted(sent.items(multi=True))))
        before = found.answered.get(key)
        if before is not None:
            return _again(before, asked, key)
        status, body = _run(found, view, given, parts)
        found.answered[key] = Answered(asked, g.request_id, status, body)
        return _answer(status, body)


def _refuse_unsimulated(given: Thing, known: set[str], path: str) -> None:
    """Stripe would take it; here nothing would follow from it."""
    for name, value in given.items():
        here = f"{path}{name}"
        if here in known:
            continue
        if not isinstance(value, dict) or not any(k.startswith(f"{here}.") for k in known):
            raise Refusal(f"The simulated Stripe does not know {here} here.", param=here)
        _refuse_unsimulated(value, known, f"{here}.")


def _run(found: Account, view: View, given: Thing, parts: dict[str, str]) -> tuple[int, str]:
    key = request.headers.get("Idempotency-Key")
    found.cause = {"id": g.request_id, "idempotency_key": key}
    expand = given.pop("expand", [])
    try:
        return 200, json.dumps(shown(found, view(found, given, **parts), expand), indent=2)
    except Refusal as refusal:
        return refusal.status, json.dumps(refusal.body, indent=2)
    finally:
        found.cause = {"id": None, "idempotency_key": None}


def _again(before: Answered, asked: tuple[str, str], key: str) -> Response:
    if before.asked != asked:
        raise Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            kind="idempotency_error",
        )
    response = _answer(before.status, before.body)
    response.headers["Idempotent-Replayed"] = "true"
    response.headers["Original-Request"] = before.request
    return response


def _answer(status: int, body: Any) -> Response:
    return Response(body, status, mimetype="application/json")
