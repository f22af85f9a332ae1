"""/health: the process lives. /ready: it can do its work. /metrics: figures for Prometheus."""

import time
from collections.abc import Callable

from flask import Blueprint, Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from .. import db, queues
from ..clock import now
from ..models import Signal
from ..models.signals import OPEN_STATES

STALE_SECONDS = 10  # an open signal older than this means that nobody works
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

blueprint = Blueprint("health", __name__)
# Each API process keeps its own figures: Prometheus scrapes and sums them.
_registry = CollectorRegistry()
_requests = Counter(
    "trp_requests_total", "Answers", ["method", "route", "status"], registry=_registry
)
_seconds = Histogram(
    "trp_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=_registry
)
_open_signals = Gauge("trp_signals_open", "Signals not finished yet", registry=_registry)
_queue_age = Gauge(
    "trp_queue_age_seconds", "Age of the oldest open signal that is due", registry=_registry
)
_dead_signals = Gauge("trp_signals_dead", "Signals that wait for a person", registry=_registry)


def register(app: Flask) -> None:
    """Add the three routes, and count and time every request."""
    app.register_blueprint(blueprint)
    app.before_request(_start_watch)
    app.after_request(_count)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    parts = {"database": _state(_ask_database), "redis": _state(queues.redis().ping)}
    age = _oldest_open_seconds() if parts["database"] == "ok" else None
    parts["queue"] = "ok" if age is not None and age < STALE_SECONDS else "stale"
    # Without Redis signals still execute, a little later: not ready means 'can't do the work'.
    is_ready = parts["database"] == "ok" and parts["queue"] == "ok"
    body = {"ready": is_ready, "parts": parts, "queue_age_seconds": age}
    return body, 200 if is_ready else 503


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    age = _oldest_open_seconds()
    with db.transaction() as session:
        count = select(func.count()).select_from(Signal)
        _open_signals.set(session.scalar(count.where(Signal.status.in_(OPEN_STATES))) or 0)
        _dead_signals.set(session.scalar(count.where(Signal.status == "dead")) or 0)
    _queue_age.set(age)
    return Response(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def _state(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (OperationalError, PoolTimeout, RedisError):
        return "unreachable"
    return "ok"


def _ask_database() -> None:
    with db.transaction() as session:
        session.execute(select(1))


def _oldest_open_seconds() -> float:
    with db.transaction() as session:
        oldest = session.scalar(
            select(func.min(Signal.next_attempt_at)).where(Signal.status.in_(OPEN_STATES))
        )
    return 0.0 if oldest is None else max(0.0, (now() - oldest).total_seconds())


def _start_watch() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    # The rule, not the path: a path carries ids, and the webhook's carries its secret.
    route = request.url_rule.rule if request.url_rule else "unknown"
    _requests.labels(request.method, route, response.status_code).inc()
    if "started" in g:
        _seconds.labels(route).observe(time.perf_counter() - g.started)
    return response
