"""The sandbox as a WSGI application, for gunicorn with one worker and many threads.

SANDBOX_KEY and SANDBOX_SECRET are the credentials it accepts. SANDBOX_HOURS is `always` (the
simulated stock exchange never closes) or `xnys`. SANDBOX_SEED picks another price path.
SANDBOX_REQUESTS is how many requests a minute an account at Alpaca has (200).
"""

import os
from collections.abc import Mapping

from flask import Flask, Response, jsonify

from . import (
    accounts,
    alpaca,
    coinbase,
    coinbase_history,
    coinbase_stream,
    coinbase_trading,
    coinbase_wallets,
    control,
    spoiling,
)
from .allowance import Allowance
from .coinbase_faults import CoinbaseFaults
from .market import Market
from .stocks import routes, stream
from .stripe import routes as stripe_routes


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
    market = Market(seed=int(environ.get("SANDBOX_SEED", "1")), always_open=hours == "always")
    app.config["MARKET"] = market
    app.config["KEYS"] = accounts.Keys(key, secret, market)
    app.config["ALLOWANCE"] = Allowance(int(environ.get("SANDBOX_REQUESTS", "200")))
    app.config["STREAMS"] = stream.Streams()
    app.config["COINBASE_FAULTS"] = CoinbaseFaults()
    spoiling.watch(app)
    app.add_url_rule("/health", view_func=_health)
    for blueprint in (
        alpaca.blueprint,
        coinbase.blueprint,
        coinbase_history.blueprint,
        coinbase_stream.blueprint,
        coinbase_trading.blueprint,
        coinbase_wallets.blueprint,
        control.blueprint,
        stream.blueprint,
        routes.blueprint,
    ):
        app.register_blueprint(blueprint)
    # Alpaca's live environment is another host; here it is another path.
    app.register_blueprint(routes.blueprint, name="live_trading", url_prefix="/live/v2")
    stripe_routes.register(app, environ)
    return app


def _health() -> Response:
    return jsonify(status="ok")
