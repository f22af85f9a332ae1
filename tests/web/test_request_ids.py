"""Whose work a log line belongs to: every request and every job has its number."""

import io
import logging
import re
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from tests.factories import SECRET, make_bot
from tests.security.logged import lines
from tradingrobotplug import db, logs, rq_workers, worker
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User
from tradingrobotplug.signals import jobs

__all__ = ["lines"]

LOGGED = re.compile(r" request_id=([0-9a-f]{16})")


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/plans", 200),
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("GET", "/account/style.css", 200),
        ("GET", "/api/users/me", 401),
        ("GET", "/nowhere", 404),
        ("GET", "/api/auth/login", 405),
        ("POST", f"/webhook/{uuid.UUID(int=1)}/{SECRET}", 404),
        ("GET", f"/webhook/{uuid.UUID(int=1)}/{SECRET}", 405),
    ],
)
def test_every_answer_has_its_number_and_every_error_says_it(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answers = [client.open(path, method=method, data=b"{}") for _ in range(2)]
    numbers = [answer.headers.getlist("X-Request-Id") for answer in answers]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert [len(number) for number in numbers] == [1, 1]
    assert numbers[0] != numbers[1]
    assert (answers[0].json or {}).get("request_id", numbers[0][0]) == numbers[0][0]


def test_a_number_of_the_clients_own_is_not_believed(client: FlaskClient) -> None:
    answer = client.get("/api/plans", headers={"X-Request-Id": "mine", "Trp.Request-Id": "mine"})
    assert answer.headers.getlist("X-Request-Id") != ["mine"]


def test_every_line_of_a_request_has_its_number(
    app: Flask, client: FlaskClient, lines: io.StringIO
) -> None:
    def view() -> str:
        logs.event("first.thing")
        logging.getLogger("somebody.elses").warning("second thing")
        raise RuntimeError("third")

    app.add_url_rule("/api/raises", view_func=view)
    lines.truncate(0)
    numbers = [client.get("/api/raises").headers["X-Request-Id"] for _ in range(2)]
    logs.event("afterwards.nothing")
    assert LOGGED.findall(lines.getvalue()) == [numbers[0]] * 3 + [numbers[1]] * 3
    assert "request_id" not in lines.getvalue().splitlines()[-1]


def test_a_line_of_the_webhook_has_its_number(
    client: FlaskClient, user: User, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradingrobotplug.signals.door.intake", lambda _: 1 / 0)
    answer = client.post(f"/webhook/{make_bot(user).id}/{SECRET}", data=b"{}")
    [line] = [text for text in lines.getvalue().splitlines() if "webhook.failed" in text]
    assert LOGGED.findall(line) == [answer.headers["X-Request-Id"]] == [answer.json["request_id"]]


def test_a_line_of_a_job_names_the_job(settings: Settings, clean: None, lines: io.StringIO) -> None:
    db.dispose()
    client = Redis.from_url(settings.redis_url)
    queue = Queue("tried", connection=client, serializer=JSONSerializer)
    job = queue.enqueue_call("tradingrobotplug.logs.event", args=("from.a_job",))
    rq_workers.GeneralWorker(
        [queue.name], connection=client, serializer=JSONSerializer, name="tried"
    ).work(burst=True)
    [line] = [text for text in lines.getvalue().splitlines() if "INFO from.a_job" in text]
    assert f"job_id={job.id}" in line


def test_a_line_of_a_periodic_job_names_it(clean: None, lines: io.StringIO) -> None:
    worker.run_all(["tradingrobotplug.nowhere.at_all"])
    assert "job.failed job=tradingrobotplug.nowhere.at_all" in lines.getvalue()


def test_a_line_about_a_signal_names_it(
    client: FlaskClient, user: User, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = make_bot(user)
    alert = {"action": "buy", "symbol": "BTC-USD"}
    signal_id = client.post(f"/webhook/{bot.id}/{SECRET}", json=alert).json["signal_id"]
    monkeypatch.setattr("tradingrobotplug.signals.processing.parse_for", lambda *_: 1 / 0)
    jobs.process_signals(str(bot.id))
    [line] = [text for text in lines.getvalue().splitlines() if "signal.failed" in text]
    assert f" signal_id={signal_id} " in line
