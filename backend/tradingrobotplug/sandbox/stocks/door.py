"""Who comes in to Alpaca's trading side: keys, the allowance of requests, how refusals read."""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request

from ..accounts import keys
from ..allowance import Allowance
from . import passing
from .account import Account
from .refusals import Refusal

blueprint = Blueprint("trading", __name__, url_prefix="/v2")


@blueprint.before_request
def verify() -> tuple[Response, int] | None:
    """Key and secret travel in two headers; paper and live differ by the address alone."""
    environment = "live" if request.path.startswith("/live/") else "paper"
    key, secret = (request.headers.get(f"APCA-API-{n}", "") for n in ("KEY-ID", "SECRET-KEY"))
    account = account_of(environment, key, secret)
    if account is None:
        return jsonify(code=40110000, message="request is not authorized"), 401
    allowance = current_app.config["ALLOWANCE"]
    assert isinstance(allowance, Allowance)
    g.account, g.count = account, allowance.take(f"{environment}/{key}")
    if g.count.remaining < 0:
        return jsonify(code=42910000, message="rate limit exceeded"), 429
    return None


@blueprint.after_request
def count(response: Response) -> Response:
    """Tell with each answer how many requests are left."""
    found = g.get("count")
    if found is not None:
        response.headers.extend(found.headers)
    return response


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[Response, int]:
    """A refusal in Alpaca's shape."""
    return jsonify(refusal.body), refusal.status


def account_of(environment: str, key: str, secret: str) -> Account | None:
    """The account that these keys open there."""
    found = keys().alpaca.get((environment, key))
    if found is None or not compare_digest(found.secret.encode(), secret.encode()):
        return None
    return found.account


def on_account(view: Callable[..., Any]) -> Callable[..., Any]:
    """Call the view with the account, caught up with the market and locked."""

    @wraps(view)
    def locked(**more: Any) -> Any:
        account: Account = g.account
        with account.held():
            passing.catch_up(account)
            return view(account, **more)

    return locked
