"""The Flask application: settings, blueprints, error handler; nothing else."""

from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from . import db, queues
from .accounts import api_keys, link_pages, pages
from .accounts.admin_routes import blueprint as admin
from .accounts.audit_routes import blueprint as audit
from .accounts.factor_routes import blueprint as second_factor
from .accounts.key_routes import blueprint as account_keys
from .accounts.life_routes import blueprint as account_life
from .accounts.mail_routes import blueprint as account_mail
from .accounts.routes import blueprint as accounts
from .accounts.site_admin_routes import blueprint as site_admin
from .accounts.site_routes import blueprint as sites
from .billing import stripe_api
from .billing.enquiry_routes import admin as enquiry_admin
from .billing.enquiry_routes import blueprint as enquiries
from .billing.routes import blueprint as billing
from .billing.webhook import blueprint as stripe_webhook
from .bots.account_routes import blueprint as bot_accounts
from .bots.plan_routes import blueprint as bot_places
from .bots.routes import blueprint as bots
from .config import Settings
from .marketdata import venue
from .notify import post, senders
from .notify.routes import blueprint as notifications
from .performance.analysis_routes import blueprint as analysis
from .performance.exports.routes import blueprint as exports
from .performance.leaderboard_routes import blueprint as leaderboard
from .performance.routes import blueprint as performance
from .plans import prompts, robot_access
from .plans.routes import blueprint as plans
from .robots import catalogue
from .robots.routes import blueprint as robots
from .signals import door
from .signals.halt_routes import admin as halt_admin
from .signals.halt_routes import blueprint as halts
from .signals.routes import blueprint as signals
from .signals.routes import webhook
from .stream.routes import blueprint as stream
from .trading.routes import blueprint as trading
from .trading_accounts.routes import blueprint as trading_accounts
from .vault import keyring
from .web import (
    bodies,
    cors,
    docs,
    errors,
    headers,
    health,
    limits,
    openapi,
    request_ids,
    tokens,
)
from .web.auth import KEY_HEADER
from .web.meter import Meter
from .web.schemas import Failure

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BLUEPRINTS = (
    *(accounts, sites, account_mail, account_life, account_keys, second_factor),
    *(admin, audit, site_admin),
    *(halts, halt_admin),
    *(billing, stripe_webhook, bot_places, enquiries, enquiry_admin),
    *(analysis, bots, bot_accounts, notifications, performance, plans, robots, signals, stream),
    *(trading, trading_accounts, webhook),
    *(exports, leaderboard),
)


def create_app(settings: Settings) -> Flask:
    """Build the API for these settings; connects nothing until the first request needs it."""
    connect(settings)
    app = Flask(__name__, static_folder=None)
    app.config.update(_openapi(), MAX_CONTENT_LENGTH=256 * 1024, TRP=settings)
    app.config["ROBOTS"] = catalogue.robots()
    app.config["API_KEYS"] = api_keys.caller_by
    app.json.sort_keys = False  # type: ignore[attr-defined]
    meter = Meter()
    app.wsgi_app = _edge(app.wsgi_app, settings, meter)  # type: ignore[method-assign, assignment]
    tokens.configure(app, settings)
    bodies.register()
    headers.register(app)
    limits.register(app, settings)
    health.register(app, meter)
    docs.register(app)
    pages.register(app)
    link_pages.register(app)
    Api.ERROR_SCHEMA = Failure  # what the OpenAPI file says about refusals
    api = Api(app, spec_kwargs={"extra_plugins": [openapi.Everywhere()]})
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    errors.register(app)
    prompts.register(app)
    return app


def connect(settings: Settings) -> None:
    """Set this process's database, Redis, venues, mail server, chats, keyring and Stripe."""
    db.connect(settings.database_url, pool_size=settings.db_pool)
    queues.connect(settings.redis_url)
    venue.connect(settings)
    post.connect(settings)
    senders.connect(settings)
    keyring.connect(settings)
    stripe_api.connect(settings)
    robot_access.know(catalogue.terms())


def _edge(application: "WSGIApplication", settings: Settings, meter: Meter) -> "WSGIApplication":
    """What a request passes before Flask, the last line first: the true address of its sender, its
    number, the origins that may read the answer, the webhook."""
    inner = door.guard(application, settings, meter)
    inner = request_ids.numbered(cors.allow(inner, settings.cors_origins))
    count = settings.proxies
    return ProxyFix(inner, x_for=count, x_proto=count, x_host=count) if count else inner


def _openapi() -> dict[str, Any]:
    return {
        "API_TITLE": "TradingRobotPlug API",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                    "api_key": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
                }
            }
        },
    }
