"""Secrets that go in by every door and must come out nowhere: logs, errors, tables, Redis, mails.

W2 does the same for a webhook's secret with the real processes, K1 for the keys of a broker.
"""

import io
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from gunicorn.config import Config

from tests.accounts.signing import NEW, prove
from tests.accounts.test_export import export
from tests.security.keys import sinks
from tests.security.logged import lines
from tests.security.operations import NEW_BOT
from tests.signals.alerts import BUY
from tests.trading_accounts.traders import alpaca
from tests.venues import Sandbox
from tradingrobotplug import beats, clock, db, logs, queues
from tradingrobotplug.cli.server import _OurLog
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User
from tradingrobotplug.notify import jobs, outbox, post
from tradingrobotplug.notify.letter import Letter

__all__ = ["lines"]

# Words as people and programs send them; each would be recognised wherever it came out.
PHRASE = "violet canary sings 8431"
BROKER_SECRET = "canary-of-a-broker-5f0c2a9e"
CODE, BACKUP = "canary-code-843117", "canary-backup-7731"
API_KEY = "trp_canary0a1b2c3d4e5f6a7b8c9d"
SMTP_PASSWORD, REDIS_PASSWORD = "canary-of-the-mail-server", "canary-of-redis"


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


@pytest.fixture
def answers(
    app: Flask, client: FlaskClient, sandbox: Sandbox, lines: io.StringIO
) -> dict[str, Any]:
    """What came of every secret sent by every door; the refusals among it under `refusals`."""

    def view() -> str:
        raise RuntimeError(
            f"{dict(request.headers)} {request.get_data(as_text=True)} {request.url}"
        )

    app.add_url_rule("/api/raises", view_func=view, methods=["POST"])
    form = {"email": "canary@example.com", "password": PHRASE, "confirm_password": PHRASE}
    made = client.post("/api/auth/register", json=form).json
    prove()
    bearer = {"Authorization": f"Bearer {made['token']}", "Idempotency-Key": "k" * 16}
    bot = client.post("/api/bots", json=NEW_BOT, headers=bearer).json
    client.post("/api/bots", json=NEW_BOT, headers=bearer)
    stock = alpaca(sandbox) | {"api_secret": BROKER_SECRET}
    hook = bot["webhook_url"].partition("/webhook/")[2]
    login = {"email": form["email"], "password": PHRASE}
    everything = form | stock | {"totp_code": CODE, "backup_code": BACKUP, "token": made["token"]}
    refusals = [
        client.post("/api/auth/login", json=login | {"password": f"{PHRASE}!"}),
        client.post("/api/auth/login", json=login | {"surprise": PHRASE}),
        client.post("/api/auth/login", data=json.dumps(everything)[:-1], content_type="text/json"),
        client.post(
            "/api/auth/login", data=json.dumps(login)[:-1], content_type="application/json"
        ),
        client.post("/api/auth/register", json=form),
        client.post("/api/auth/refresh", json={"refresh_token": f"{made['refresh_token']}x"}),
        client.post("/api/auth/password/reset", json=NEW | {"token": made["refresh_token"]}),
        client.post("/api/trading-accounts", json=stock, headers=bearer),
        client.post("/api/raises?token=" + made["token"], json=everything, headers=bearer),
        client.post("/api/raises", json=everything, headers={"X-API-Key": API_KEY}),
        client.get(f"/webhook/{hook}"),
        client.post(f"/webhook/{hook}", data=b"{"),
        client.post(f"/webhook/{hook}x", json=BUY),
    ]
    return made | {"refusals": refusals, "secret": hook.partition("/")[2]}


@pytest.fixture
def words(answers: dict[str, Any]) -> list[str]:
    """Every secret that was sent or given out."""
    given = [answers[name] for name in ("token", "refresh_token", "secret")]
    return [PHRASE, BROKER_SECRET, CODE, BACKUP, API_KEY, *given]


def holding(words: list[str], everything: str) -> list[str]:
    return [word for word in words if sinks.traces_of(word, everything)]


def test_no_refusal_repeats_a_secret(answers: dict[str, Any], words: list[str]) -> None:
    refusals = answers["refusals"]
    assert {answer.status_code for answer in refusals} >= {401, 404, 405, 409, 422, 500}
    assert holding(words, "\n".join(f"{a.text} {a.headers}" for a in refusals)) == []


def test_no_log_line_holds_a_secret(words: list[str], lines: io.StringIO) -> None:
    assert lines.getvalue().count("request.failed") == 2
    assert "[redacted]" in lines.getvalue()
    assert holding(words, lines.getvalue()) == []
    assert holding(["canary sings", "sings 8431"], lines.getvalue()) == []


def test_no_table_no_key_of_redis_and_no_file_holds_a_secret(
    words: list[str], tmp_path: Path
) -> None:
    assert "canary@example.com" in sinks.database()
    assert holding(words, sinks.database()) == []
    assert holding(words, sinks.redis()) == []
    assert holding(words, sinks.files(tmp_path)) == []


def test_no_export_holds_a_secret(app: Flask, answers: dict[str, Any], words: list[str]) -> None:
    with db.transaction() as session:
        user = session.get_one(User, answers["user"]["id"])
    _, archive = export(app, user)
    everything = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "canary@example.com" in everything
    assert holding(words, everything) == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_password_of_the_mail_server_is_nowhere(
    settings: Settings, clean: None, lines: io.StringIO, scheme: str
) -> None:
    url = f"{scheme}://robots:{SMTP_PASSWORD}@127.0.0.1:9"
    post.connect(replace(settings, smtp_url=url, mail_from="robots@example.com"))
    with db.transaction() as session:
        mail = outbox.put(session, Letter("k", "s", ()), "a@example.com", clock.now())
    jobs.send(str(mail.id))
    logging.getLogger("trp").error("mail.failed", extra={"fields": {"error": url}})
    assert "mail.failed" in lines.getvalue()
    assert holding([SMTP_PASSWORD], lines.getvalue() + sinks.database()) == []


def test_the_password_of_redis_is_nowhere(settings: Settings, lines: io.StringIO) -> None:
    url = f"redis://:{REDIS_PASSWORD}@127.0.0.1:9/0"
    queues.connect(url)
    queues.enqueue(queues.PROCESS_SIGNALS, "an-id")
    beats.beat("api")
    logging.getLogger("trp").error("redis.failed", extra={"fields": {"error": f"no {url}"}})
    queues.connect(settings.redis_url)
    assert "queue.unreachable" in lines.getvalue()
    assert holding([REDIS_PASSWORD], lines.getvalue()) == []


def test_the_servers_own_lines_hold_no_secret(lines: io.StringIO) -> None:
    line = "POST /webhook/a/canary-of-a-webhook?token=canary-of-a-link HTTP/1.1"
    log = _OurLog(Config())
    log.warning("Invalid request from ip=%s: %s", "203.0.113.7", line)
    log.exception("Error handling request %s", line.split()[1])
    log.access(None, None, {"RAW_URI": line}, None)
    assert lines.getvalue().count("203.0.113.7") == 1
    assert lines.getvalue().count("[redacted]") == 4
    assert holding(["canary-of-a-webhook", "canary-of-a-link"], lines.getvalue()) == []


@pytest.mark.parametrize(
    "written",
    [
        '{"password": "%s"}',
        "{'password': '%s', 'x': 1}",
        '"{\\"api_secret\\": \\"%s\\"}"',
        '{"password": "a\\\\"%s b"}',
        '{"password": "%s',
        "token=%s&x=1",
        "X-API-Key: %s",
        "Authorization: Bearer %s",
        "smtp://user:%s@host",
        "redis://:%s@host",
        "/webhook/2f0c/%s",
        "trp_%s",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.%s",
        "-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----",
    ],
)
def test_a_secret_is_known_by_what_stands_around_it(lines: io.StringIO, written: str) -> None:
    text = written.replace("%s", "canary-5f0c2a9e")
    logging.getLogger("trp").warning(text)
    logs.event("it.happened", error=text)
    logs.event("it.happened", error=RuntimeError(json.dumps({"body": text})))
    assert lines.getvalue().count("redacted") >= 3
    assert "canary" not in lines.getvalue()
