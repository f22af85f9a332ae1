"""The sandbox as a WSGI application, for gunicorn with one worker and many threads.

SANDBOX_KEY and SANDBOX_SECRET are the credentials it accepts. SANDBOX_HOURS is `always` (the
simulated stock exchange never closes) or `xnys`. SANDBOX_SEED picks another price path.
"""

import os
import time
from collections.abc import Mapping

from flask import Flask, Response, jsonify, request

from . import (
    accounts,
    alpaca,
    coinbase,
    coinbase_history,
    coinbase_stream,
    coinbase_trading,
    coinbase_wallets,
    control,
)
from .coinbase_faults import CoinbaseFaults
from .market import Market


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Build it from the environment. RuntimeError names what is missing."""
    environ = os.environ if environ is None else environ
    key, secret = environ.get("SANDBOX_KEY", ""), environ.get("SANDBOX_SECRET", "")
    hours = environ.get("SANDBOX_HOURS", "always")
    if not key or not secret:
        raise RuntimeError("Set SANDBOX_KEY and SANDBOX_SECRET: the credentials it will accept.")
    if hours not in ("always", "xnys"):
        raise RuntimeError(f"SANDBOX_HOURS is {hours!r}: set it to always or xnys.")
    app = Flask(__name__, static_folder=None)
    app.config["CREDENTIALS"] = (key, secret)
    app.config["MARKET"] = Market(
        seed=int(environ.get("SANDBOX_SEED", "1")), always_open=hours == "always"
    )
    app.before_request(_meet_fault)
    app.config["COINBASE_FAULTS"] = CoinbaseFaults()
    app.config["KEYS"] = accounts.Keys(key, secret)
    app.add_url_rule("/health", view_func=_health)
    for blueprint in (
        alpaca.blueprint,
        coinbase.blueprint,
        coinbase_history.blueprint,
        coinbase_stream.blueprint,
        coinbase_trading.blueprint,
        coinbase_wallets.blueprint,
        control.blueprint,
        accounts.blueprint,
        accounts.live,
    ):
        app.register_blueprint(blueprint)
    return app


def _health() -> Response:
    return jsonify(status="ok")


def _meet_fault() -> Response | None:
    if request.path.startswith("/sandbox"):
        return None
    fault = alpaca.market().take_fault(request.path)
    if fault is None:
        return None
    if fault.kind == "hang":
        time.sleep(fault.seconds)
        return None
    if fault.kind == "html":
        return Response("<html><body>Bad Gateway</body></html>", fault.status, mimetype="text/html")
    response = jsonify(message="the sandbox was told to fail")
    response.status_code = fault.status
    if fault.status == 429:
        response.headers.update({"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "0"})
    return response
