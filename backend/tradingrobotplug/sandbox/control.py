"""What tests and rehearsals change in the simulated market. Needs the same credentials."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from . import coinbase_faults
from .accounts import keys
from .alpaca import is_signed, market
from .listings import COINS, STOCKS
from .market import Fault

blueprint = Blueprint("control", __name__, url_prefix="/sandbox")


@blueprint.before_request
def verify() -> tuple[Response, int] | None:
    """Nobody without the credentials moves the market."""
    return None if is_signed() else (jsonify(message="unauthorized."), 401)


@blueprint.post("/clock")
def clock() -> Any:
    """{"at": ISO time} makes it now, and time goes on from there; {"at": null} is real time."""
    at = _body().get("at")
    market().offset_seconds = 0.0
    if at is not None:
        wanted = datetime.fromisoformat(str(at))
        market().offset_seconds = (wanted - market().now()).total_seconds()
    return jsonify(now=market().now().isoformat())


@blueprint.post("/hours")
def hours() -> Any:
    """{"hours": "always" | "xnys"}."""
    wanted = _body().get("hours")
    if wanted not in ("always", "xnys"):
        return jsonify(message="hours is always or xnys"), 400
    market().always_open = wanted == "always"
    return jsonify(hours=wanted)


@blueprint.post("/price")
def price() -> Any:
    """{"symbol", "price": number | null, "hold": true}: held there, or going on from there.

    {} takes every price back to the path, as if nothing had been changed."""
    body = _body()
    if not body:
        market().restore_prices()
        return jsonify(symbol=None, price=None)
    listing = (STOCKS | COINS).get(str(body.get("symbol")))
    if listing is None:
        return jsonify(message="symbol is not listed"), 404
    wanted = body.get("price")
    value = None if wanted is None else float(str(wanted))
    if value is not None and value <= 0:
        return jsonify(message="price is above zero, or null"), 400
    market().set_price(listing, value, hold=bool(body.get("hold", True)))
    return jsonify(symbol=listing.symbol, price=value)


@blueprint.post("/faults")
def faults() -> Any:
    """{"path", "kind": "status" | "html" | "hang", "status", "seconds", "count"}; {} ends all.

    With {"venue": "coinbase"}: the kinds of `coinbase_faults`."""
    body = _body()
    if not body:
        market().faults.clear()
        coinbase_faults.faults().forget()
        return jsonify(faults=0)
    if body.get("venue") == "coinbase":
        if not coinbase_faults.faults().add(body):
            return jsonify(message="kind is one of", kinds=coinbase_faults.KINDS), 400
        return jsonify(faults=len(coinbase_faults.faults()))
    market().faults.append(
        Fault(
            path=str(body.get("path", "/")),
            kind=str(body.get("kind", "status")),
            status=int(str(body.get("status", 500))),
            seconds=float(str(body.get("seconds", 0))),
            count=int(str(body.get("count", 1))),
        )
    )
    return jsonify(faults=len(market().faults))


@blueprint.post("/keys")
def register_keys() -> Any:
    """Keys of a trader's account, to be accepted from now on.

    {"broker": "alpaca", "environment": "paper" | "live", "key", "secret", "trading_blocked",
    "account_blocked"} or {"broker": "coinbase", "key", "public_key": PEM, "can_view", "can_trade",
    "can_transfer", "balances": {"USD": "1000"}, "taker_fee_rate", "maker_fee_rate", "portfolio"};
    keys that name the same portfolio open the same books. {} forgets all but the sandbox's own."""
    body = _body()
    if not body:
        keys().forget()
    elif body.get("broker") not in ("alpaca", "coinbase") or not keys().register(body):
        return jsonify(message="see the sandbox's documentation for what a key needs"), 400
    return jsonify(keys=len(keys()))


def _body() -> dict[str, object]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}
