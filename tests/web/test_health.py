from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import SECRET, make_bot
from tradingrobotplug import clock, db, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Signal, User


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


def add_signal(user: User, status: str, overdue_seconds: int) -> None:
    due = clock.now() - timedelta(seconds=overdue_seconds)
    bot = make_bot(user)
    with db.transaction() as session:
        session.add(
            Signal(
                bot_id=bot.id,
                seq=1,
                source="webhook",
                body=b"{}",
                status=status,
                received_at=due,
                next_attempt_at=due,
                log=[],
            )
        )


def test_a_process_that_answers_is_healthy(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}


def test_everything_well_is_ready(client: FlaskClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True,
        "parts": {"redis": "ok", "database": "ok", "queue": "ok"},
        "queue_age_seconds": 0.0,
    }


def test_a_signal_that_nobody_processes_is_not_ready(client: FlaskClient, user: User) -> None:
    add_signal(user, "received", overdue_seconds=60)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["parts"]["queue"]) == (503, "stale")
    assert answer.json["queue_age_seconds"] >= 60


@pytest.mark.parametrize(("status", "overdue"), [("retrying", -5), ("done", 3600), ("dead", 3600)])
def test_a_signal_that_is_not_due_hurts_nobody(
    client: FlaskClient, user: User, status: str, overdue: int
) -> None:
    add_signal(user, status, overdue)
    assert client.get("/ready").status_code == 200


def test_redis_away_is_named_but_the_work_goes_on(settings: Settings, clean: None) -> None:
    app = create_app(replace(settings, redis_url="redis://127.0.0.1:1/0"))
    answer = app.test_client().get("/ready")
    queues.connect(settings.redis_url)
    assert (answer.status_code, answer.json["parts"]["redis"]) == (200, "unreachable")


def test_the_database_away_is_not_ready_and_named(settings: Settings, clean: None) -> None:
    app = create_app(replace(settings, database_url="postgresql://127.0.0.1:1/none"))
    client = app.test_client()
    answer, figures = client.get("/ready"), client.get("/metrics").text
    db.connect(settings.database_url)
    assert (answer.status_code, answer.json["parts"]["database"]) == (503, "unreachable")
    assert "trp_database_up 0.0" in figures


def test_metrics_count_by_route_and_never_by_path(app: Flask, client: FlaskClient) -> None:
    client.get("/health")
    client.get(f"/nowhere/{SECRET}")
    text = client.get("/metrics").text
    assert 'trp_requests_total{method="GET",route="/health",status="200"} 1.0' in text
    assert 'trp_request_seconds_count{method="GET",route="/health"} 1.0' in text
    assert SECRET not in text


def test_metrics_count_alerts_by_their_route_and_answer(client: FlaskClient, user: User) -> None:
    bot = make_bot(user)
    alert = {"action": "buy", "symbol": "BTC-USD"}
    client.post(f"/webhook/{bot.id}/{SECRET}", json=alert)
    client.post(f"/webhook/{bot.id}/wrong", json=alert)
    text = client.get("/metrics").text
    labels = 'method="POST",route="/webhook/<bot_id>/<secret>"'
    assert f'trp_requests_total{{{labels},status="200"}} 1.0' in text
    assert f'trp_requests_total{{{labels},status="404"}} 1.0' in text
    assert f"trp_request_seconds_count{{{labels}}} 2.0" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("status", "line"),
    [("received", "trp_signals_open 1.0"), ("dead", "trp_signals_dead 1.0")],
)
def test_metrics_tell_how_the_inbox_stands(
    client: FlaskClient, user: User, status: str, line: str
) -> None:
    add_signal(user, status, overdue_seconds=30)
    assert line in client.get("/metrics").text
