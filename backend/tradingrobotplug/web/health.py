"""/health, /ready and /metrics, for those who watch the service.

Counts and times are this process's own: each API process is one gunicorn worker with threads, and
Prometheus asks every one of them.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .. import db, queues
from ..models import Signal
from ..models.signals import OPEN_STATES
from .meter import Meter

STALE_SECONDS = 10  # a due signal that waits longer means that nobody works


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How the inbox stands. The age is that of the signal overdue for longest."""

    age_seconds: float
    open_signals: int
    dead_letters: int


def register(app: Flask, meter: Meter) -> None:
    """Add the three routes and count every request."""
    registry = CollectorRegistry()
    app.add_url_rule("/health", view_func=_health)
    app.add_url_rule("/ready", view_func=_ready)
    app.add_url_rule("/metrics", view_func=lambda: _metrics(registry), endpoint="metrics")
    _count_requests(app, meter)
    registry.register(meter)
    registry.register(_QueueCollector())


def queue_figures(session: Session) -> QueueFigures:
    """Read from partial indexes, so that it costs the same however long the history is."""
    waited = func.extract("epoch", func.now() - func.min(Signal.next_attempt_at))
    count, age = session.execute(
        select(func.count(), waited).where(Signal.status.in_(OPEN_STATES))
    ).one()
    dead = session.scalar(select(func.count()).where(Signal.status == "dead"))
    return QueueFigures(max(0.0, float(age or 0)), count, dead or 0)


def _health() -> ResponseReturnValue:
    return {"status": "ok"}


def _ready() -> ResponseReturnValue:
    parts, age = _database_parts()
    # Without Redis signals still execute, a little later: not ready means 'can't do the work'.
    is_ready = all(state == "ok" for state in parts.values())
    body = {"ready": is_ready, "parts": parts | _redis_part(), "queue_age_seconds": age}
    return body, 200 if is_ready else 503


def _redis_part() -> dict[str, str]:
    try:
        queues.redis().ping()
    except RedisError:
        return {"redis": "unreachable"}
    return {"redis": "ok"}


def _database_parts() -> tuple[dict[str, str], float | None]:
    try:
        with db.transaction() as session:
            age = queue_figures(session).age_seconds
    except SQLAlchemyError:
        return {"database": "unreachable", "queue": "unknown"}, None
    return {"database": "ok", "queue": "stale" if age > STALE_SECONDS else "ok"}, age


def _metrics(registry: CollectorRegistry) -> Response:
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _count_requests(app: Flask, meter: Meter) -> None:
    def begin() -> None:
        g.began = time.perf_counter()

    def count(response: Response) -> Response:
        # The rule, never the path: paths carry ids and webhook secrets.
        route = request.url_rule.rule if request.url_rule else "none"
        meter.count(request.method, route, response.status_code, g.get("began"))
        return response

    app.before_request(begin)
    app.after_request(count)


class _QueueCollector(Collector):
    """Asks the database at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with db.transaction() as session:
                figures = queue_figures(session)
        except SQLAlchemyError:
            yield GaugeMetricFamily("trp_database_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("trp_database_up", "Whether the database answers", 1)
        yield GaugeMetricFamily(
            "trp_queue_age_seconds", "How long a signal is overdue", figures.age_seconds
        )
        yield GaugeMetricFamily("trp_signals_open", "Signals not finished", figures.open_signals)
        yield GaugeMetricFamily("trp_signals_dead", "Signals given up", figures.dead_letters)
