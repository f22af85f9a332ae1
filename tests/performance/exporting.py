"""Files as their owners get them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from sqlalchemy import text

from tests.factories import headers_for
from tradingrobotplug import clock, db
from tradingrobotplug.models import Export, Subscription
from tradingrobotplug.performance.exports import jobs, routes

from .books import Traded, refresh, trade


def subscribe(user, plan="premium"):
    row = Subscription(user_id=user.id, plan_id=plan, status="active", updated_at=clock.now())
    with db.transaction() as session:
        session.add(row)


def round_trips(bot, *pnls, start=None, apart=timedelta(minutes=1)):
    """One round trip per P&L, an order each way."""
    start = start or clock.now() - apart * len(pnls)
    for n, pnl in enumerate(pnls):
        at = start + n * apart
        trade(bot, Traded(at, "1", "1000"))
        trade(bot, Traded(at + timedelta(seconds=30), "-1", str(1000 + pnl)))
    refresh(bot)


def made_live(bot):
    """As if the bot had traded with real money all along."""
    with db.transaction() as session:
        for table in ("trades", "fills", "round_trips", "performance_cursors", "bot_performance"):
            session.execute(
                text(f"UPDATE {table} SET mode = 'live' WHERE bot_id = :bot"), {"bot": bot.id}
            )


def ask(app, user, **wish):
    answer = app.test_client().post("/api/exports", json=wish, headers=headers_for(app, user))
    return answer.status_code, answer.get_json()


def made(app, user, **wish):
    """The finished export, and its bytes as they are downloaded."""
    status, answer = ask(app, user, **wish)
    assert status == 202, answer
    found = answer["export"]
    jobs.make(found["id"])
    headers, client = headers_for(app, user), app.test_client()
    shown = client.get(f"/api/exports/{found['id']}", headers=headers).get_json()["export"]
    answer = client.get(f"/api/exports/{found['id']}/download", headers=headers)
    assert answer.status_code == 200, answer.text
    return shown, answer


def table(content):
    """A CSV file as dictionaries."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def row_of(export_id):
    with db.transaction() as session:
        return session.get(Export, export_id)


def later(monkeypatch, **more):
    """Let time pass."""
    at = clock.now() + timedelta(**more)
    monkeypatch.setattr(clock, "now", lambda: at)


def asked_at(monkeypatch, *moment):
    """Files are asked for at this moment; signing in knows the true one."""
    at = datetime(*moment, tzinfo=UTC)
    monkeypatch.setattr(routes, "clock", SimpleNamespace(now=lambda: at))
