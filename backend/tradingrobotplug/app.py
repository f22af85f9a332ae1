"""The Flask application: settings, blueprints, error handler; nothing else."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from . import db, queues
from .accounts import link_pages, pages
from .accounts.audit_routes import blueprint as audit
from .accounts.factor_routes import blueprint as second_factor
from .accounts.life_routes import blueprint as account_life
from .accounts.mail_routes import blueprint as account_mail
from .accounts.routes import blueprint as accounts
from .accounts.site_admin_routes import blueprint as site_admin
from .accounts.site_routes import blueprint as sites
from .bots.routes import blueprint as bots
from .config import Settings
from .marketdata import venue
from .notify import post
from .performance.routes import blueprint as performance
from .plans.routes import blueprint as plans
from .robots import catalogue
from .robots.routes import blueprint as robots
from .signals import door
from .signals.routes import blueprint as signals
from .signals.routes import webhook
from .trading_accounts.routes import blueprint as trading_accounts
from .vault import keyring
from .web import docs, errors, headers, health, limits, tokens
from .web.auth import KEY_HEADER
from .web.meter import Meter
from .web.schemas import Failure

BLUEPRINTS = (
    *(accounts, sites, account_mail, account_life, second_factor, audit, site_admin),
    *(bots, performance, plans, robots, signals, trading_accounts, webhook),
)


def create_app(settings: Settings) -> Flask:
    """Build the API for these settings; connects nothing until the first request needs it."""
    app = Flask(__name__, static_folder=None)
    app.config.update(_openapi(), MAX_CONTENT_LENGTH=256 * 1024, TRP=settings)
    app.config["ROBOTS"] = catalogue.robots()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    meter = Meter()
    app.wsgi_app = door.guard(app.wsgi_app, settings, meter)  # type: ignore[method-assign, assignment]
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    db.connect(settings.database_url, pool_size=settings.db_pool)
    queues.connect(settings.redis_url)
    venue.connect(settings)
    post.connect(settings)
    keyring.connect(settings)
    tokens.configure(app, settings)
    headers.register(app)
    limits.register(app, settings)
    health.register(app, meter)
    docs.register(app)
    pages.register(app)
    link_pages.register(app)
    Api.ERROR_SCHEMA = Failure  # what the OpenAPI file says about refusals
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    errors.register(app)
    return app


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
