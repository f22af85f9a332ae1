"""What tests and rehearsals change in the simulated market. Needs the same credentials."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from . import coinbase_faults
from .accounts import keys
from .allowance import Allowance
from .alpaca import is_signed, market
from .faults import read
from .listings import COINS, STOCKS
from .stocks import passing
from .stocks.stream import Streams

blueprint = Blueprint("control", __name__, url_prefix="/sandbox")


@blueprint.before_request
def verify() -> tuple[Response, int] | None:
    """Nobody without the credentials moves the market; who does, moves it from now on."""
    if not is_signed():
        return jsonify(message="unauthorized."), 401
    _catch_up()
    return None


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
    _catch_up()
    return jsonify(symbol=listing.symbol, price=value)


@blueprint.post("/faults")
def faults() -> Any:
    """{"kind", "path", "method", "status", "seconds", "count", "share"}; {} ends all.

    Before a request is served: `status`, `html`, `hang`, `drop` (the connection). After it:
    `status_after` (504), `html_after` (502), `hang_after`, `drop_after`, `reworded` (a refusal's
    sentence), `late_fills` (of which `keep` show). When an order is placed: `unknown_status`,
    `null_submitted_at`, `duplicate_id`, `partial_fill` (then canceled by the venue),
    `late_visibility` (by client id, for `seconds`).
    At once, on every open stream: `stream_close`, `stream_replay` (of the last `count` events).
    With {"venue": "coinbase"}: the kinds of `coinbase_faults`."""
    body = _body()
    if not body:
        market().faults.clear()
        coinbase_faults.faults().forget()
    elif body.get("venue") == "coinbase":
        if not coinbase_faults.faults().add(body):
            return jsonify(message="kind is one of", kinds=coinbase_faults.KINDS), 400
        return jsonify(faults=len(coinbase_faults.faults()))
    elif body.get("kind") == "stream_close":
        _streams().close()
    elif body.get("kind") == "stream_replay":
        _streams().replay(int(str(body.get("count", 1))))
    else:
        try:
            market().faults.add(read(body))
        except ValueError as error:
            return jsonify(message=str(error)), 400
    return jsonify(faults=len(market().faults))


@blueprint.post("/requests")
def requests() -> Any:
    """{"a_minute": 200}: what each account at Alpaca has from now on, counted from zero."""
    allowance = current_app.config["ALLOWANCE"]
    assert isinstance(allowance, Allowance)
    allowance.limit = int(str(_body().get("a_minute", 200)))
    allowance.forget()
    return jsonify(a_minute=allowance.limit)


@blueprint.post("/keys")
def register_keys() -> Any:
    """Keys of a trader's account, to be accepted from now on.

    {"broker": "alpaca", "environment": "paper" | "live", "key", "secret", "cash": "100000",
    "multiplier": "2", "shorting_enabled", "trading_blocked", "account_blocked"} or
    {"broker": "coinbase", "key", "public_key": PEM, "can_view", "can_trade", "can_transfer",
    "balances": {"USD": "1000"}, "taker_fee_rate", "maker_fee_rate", "portfolio"}; keys that name
    the same portfolio open the same books. {} forgets all but the sandbox's own, with every order
    and position."""
    body = _body()
    if not body:
        keys().forget()
    elif body.get("broker") not in ("alpaca", "coinbase") or not keys().register(body):
        return jsonify(message="see the sandbox's documentation for what a key needs"), 400
    return jsonify(keys=len(keys()))


def _streams() -> Streams:
    found = current_app.config["STREAMS"]
    assert isinstance(found, Streams)
    return found


def _catch_up() -> None:
    """Every account lives up to now, under the market as it was until now."""
    for found in keys().alpaca.values():
        with found.account.held():
            passing.catch_up(found.account)


def _body() -> dict[str, object]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}
