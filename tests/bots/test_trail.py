"""What is done to bots and alerts stands in the audit trail."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for, make_bot
from tests.security.operations import NEW_BOT
from tradingrobotplug import clock, db
from tradingrobotplug.models import AuditLog, Bot, Signal, Subscription, User
from tradingrobotplug.signals.service import record_signal


def last() -> tuple[str, str | None, dict[str, Any]]:
    with db.transaction() as session:
        row = session.scalars(select(AuditLog).order_by(AuditLog.seq.desc())).first()
    assert row is not None
    assert row.address == "127.0.0.1"
    return row.action, row.object_id, row.details


def dead_signal(bot: Bot) -> Signal:
    body = b'{"action":"buy","symbol":"BTC-USD"}'
    with db.transaction() as session:
        found = record_signal(session, bot.id, body, None, "robot", clock.now())
        assert found is not None
        found.status, found.finished_at = "dead", clock.now()
    return found


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "details"),
    [
        ("PUT", "", {"name": "New", "description": "d"}, "changed", {"fields": "description name"}),
        ("POST", "/status", {"status": "paused"}, "paused", {}),
        ("POST", "/status", {"status": "running"}, "running", {}),
        (
            "POST",
            "/rotate-secret",
            {"overlap_seconds": 60},
            "secret_rotated",
            {"overlap_seconds": 60},
        ),
        ("DELETE", "", None, "deleted", {}),
    ],
)
def test_what_is_done_to_a_bot_is_recorded(
    app: Flask,
    client: FlaskClient,
    user: User,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    action: str,
    details: dict[str, Any],
) -> None:
    bot = make_bot(user)
    url = f"/api/bots/{bot.id}{path}"
    answer = client.open(url, method=method, json=body, headers=headers_for(app, user))
    assert answer.status_code == 200
    assert last() == (f"bot.{action}", str(bot.id), {"by": "session"} | details)


def test_new_bots_are_recorded(app: Flask, client: FlaskClient, user: User) -> None:
    headers = headers_for(app, user)
    made = client.post("/api/bots", json=NEW_BOT, headers=headers).json["bot"]["id"]
    assert last() == ("bot.created", made, {"by": "session", "mode": "paper"})


def test_copied_bots_are_recorded(app: Flask, client: FlaskClient, user: User) -> None:
    bot, headers = make_bot(user), headers_for(app, user)
    with db.transaction() as session:
        session.add(
            Subscription(
                user_id=user.id, plan_id="premium", status="active", updated_at=clock.now()
            )
        )
    path = f"/api/bots/{bot.id}/clone"
    copy = client.post(path, json={}, headers=headers).json["bot"]["id"]
    details = {"by": "session", "mode": "paper", "copy_of": str(bot.id)}
    assert last() == ("bot.created", copy, details)


def test_replayed_and_discarded_alerts_are_recorded(
    app: Flask, client: FlaskClient, user: User
) -> None:
    signal, headers = dead_signal(make_bot(user)), headers_for(app, user)
    made = client.post(f"/api/signals/{signal.id}/replay", headers=headers).json["signal_id"]
    facts = {"by": "session", "to": "bot", "made": made}
    assert last() == ("signal.replayed", str(signal.id), facts)
    client.post(f"/api/signals/{signal.id}/discard", headers=headers)
    assert last() == ("signal.discarded", str(signal.id), {"by": "session"})
