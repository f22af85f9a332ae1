"""Deleting an account: everything stops at once, seven days to come back, then nothing is left."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import SECRET, headers_for, make_bot, make_user
from tests.mailbox import mails, token
from tests.vault.accounts import keep
from tradingrobotplug import clock, db, models
from tradingrobotplug.accounts import audit, jobs
from tradingrobotplug.models import (
    AuditLog,
    Bot,
    ForgottenPassword,
    LoginAttempt,
    Signal,
    TradingAccount,
    User,
)

from .signing import EMAIL, OTHER, PASSWORD, bearer, later, log_in, make_trader, me, signed_in

ALERT = {"action": "buy", "symbol": "BTC-USD", "quantity": "1"}


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


def leave(client: FlaskClient, headers: dict[str, str], password: str = PASSWORD) -> Any:
    return client.delete("/api/users/me", json={"password": password}, headers=headers)


def alert(client: FlaskClient, bot: Bot) -> int:
    return client.post(f"/webhook/{bot.id}/{SECRET}", json=ALERT).status_code


def restore(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.post("/api/users/me/restore", headers=headers)


def bots(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.get("/api/bots", headers=headers)


def test_a7_tokens_and_webhooks_of_a_deleted_user_die_at_once(
    client: FlaskClient, trader: User
) -> None:
    bot, signed = make_bot(trader), log_in(client)
    assert alert(client, bot) == 200
    answer = leave(client, bearer(signed))
    assert (answer.status_code, answer.json["status"]) == (200, "leaving")
    assert alert(client, bot) == 404
    assert me(client, bearer(signed)).status_code == 401
    refresh = {"refresh_token": signed.json["refresh_token"]}
    assert client.post("/api/auth/refresh", json=refresh).status_code == 401
    with db.transaction() as session:
        assert session.get_one(Bot, bot.id).status == "stopped"
    assert [mail.recipient for mail in mails("leaving")] == [EMAIL]


def test_broker_keys_of_who_leaves_are_erased_at_once_and_for_good(
    client: FlaskClient, trader: User
) -> None:
    account, other = keep(trader), keep(make_user("other@example.com"))
    leave(client, signed_in(client))
    restore(client, signed_in(client))
    with db.transaction() as session:
        mine, theirs = (session.get_one(TradingAccount, row.id) for row in (account, other))
        noted = session.scalars(
            select(AuditLog).where(AuditLog.action == "trading_account.revoked")
        ).all()
    assert (mine.sealed_keys, mine.wrapped_key, theirs.revoked_at) == (None, None, None)
    assert mine.revoked_at is not None
    assert [(row.object_id, row.details) for row in noted] == [
        (str(account.id), {"reason": "account.left"})
    ]


def test_a_wrong_password_deletes_nothing(client: FlaskClient, trader: User) -> None:
    headers = signed_in(client)
    assert leave(client, headers, OTHER).status_code == 403
    assert client.delete("/api/users/me", headers=headers).status_code == 403
    assert me(client, headers).json["user"]["leaving_at"] is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/users/me", 200),
        ("GET", "/api/auth/sessions", 200),
        ("POST", "/api/users/me/export", 200),
        ("POST", "/api/auth/logout", 200),
        ("GET", "/api/bots", 403),
        ("GET", "/api/dashboard", 403),
        ("POST", "/api/auth/password/change", 403),
        ("DELETE", "/api/users/me", 403),
    ],
)
def test_a7_within_the_grace_a_session_can_restore_export_and_leave(
    client: FlaskClient, trader: User, method: str, path: str, status: int
) -> None:
    leave(client, signed_in(client))
    answer = client.open(path, method=method, headers=signed_in(client))
    assert answer.status_code == status


def test_who_restores_has_the_bots_back_stopped_with_their_webhooks(
    client: FlaskClient, trader: User
) -> None:
    deleted, kept = make_bot(trader, deleted_at=clock.now()), make_bot(trader)
    leave(client, signed_in(client))
    headers = signed_in(client)
    assert restore(client, headers).json["user"]["leaving_at"] is None
    [back] = bots(client, headers).json["bots"]
    assert (back["id"], back["status"]) == (str(kept.id), "stopped")
    assert (alert(client, kept), alert(client, deleted)) == (200, 404)
    assert restore(client, headers).json["error"] == "not_leaving"


def test_signing_in_alone_does_not_restore(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(client, signed_in(client))
    signed_in(client)
    later(monkeypatch, timedelta(days=7))
    jobs.erase()
    assert log_in(client).status_code == 401


def test_a_user_without_a_password_confirms_by_mail(app: Flask, clean: None) -> None:
    client, user = app.test_client(), make_user(EMAIL)
    headers = headers_for(app, user)
    answer = client.delete("/api/users/me", headers=headers)
    assert answer.json == {"status": "confirmation_mailed", "erased_at": None}
    assert me(client, headers).status_code == 200
    assert client.get("/account/delete", query_string={"token": token("delete")}).status_code == 200
    assert me(client, headers).status_code == 200
    assert client.post("/account/delete", data={"token": token("delete")}).status_code == 200
    assert me(client, headers).status_code == 401


def test_the_account_of_the_public_record_stays(app: Flask, clean: None) -> None:
    headers = headers_for(app, make_user(EMAIL, is_house=True))
    assert app.test_client().delete("/api/users/me", headers=headers).status_code == 403


def leftovers(user: User) -> dict[str, int]:
    """Table → rows that the user still has, found by the columns that tables name users with."""
    found = {}
    with db.transaction() as session:
        for table in db.Base.metadata.sorted_tables:
            column = table.columns.get("id" if table.name == "users" else "user_id")
            if column is not None:
                query = select(func.count()).select_from(table).where(column == user.id)
                found[table.name] = session.scalar(query) or 0
    return {name: count for name, count in found.items() if count}


def test_a7_after_seven_days_only_the_anonymous_trail_is_left(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = make_bot(trader)
    other = make_bot(make_user("other@example.com"))
    assert (alert(client, bot), alert(client, other)) == (200, 200)
    log_in(client, OTHER)
    client.post("/api/auth/password/forgot", json={"email": EMAIL})
    leave(client, signed_in(client))
    later(monkeypatch, timedelta(days=7) - timedelta(seconds=1))
    jobs.erase()
    assert "users" in leftovers(trader)
    later(monkeypatch, timedelta(seconds=1))
    jobs.erase()
    assert set(leftovers(trader)) == {"audit_logs"}
    with db.transaction() as session:
        assert session.scalars(select(Signal.bot_id)).all() == [other.id]
        assert session.scalars(select(User.email)).all() == ["other@example.com"]
        assert session.scalars(select(ForgottenPassword)).all() == []
        trail = session.execute(
            select(AuditLog.action, AuditLog.address, AuditLog.details)
            .where(AuditLog.user_id == trader.id)
            .order_by(AuditLog.seq)
        ).all()
        chain = audit.verify(session)
    assert [row.action for row in trail] == [
        *("login.failed", "login", "account.left", "account.erased")
    ]
    assert {(row.address, str(row.details)) for row in trail} == {("", "{}")}
    assert chain.reason is None


def test_the_address_of_an_erased_account_can_be_used_again(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(client, signed_in(client))
    later(monkeypatch, timedelta(days=7))
    jobs.erase()
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    answer = client.post("/api/auth/register", json=form)
    assert answer.status_code == 201
    assert bots(client, bearer(answer)).json["total"] == 0


def test_every_table_with_a_users_rows_goes_with_the_user() -> None:
    """A new table can't be forgotten: it hangs on a user or a bot, or is named here."""
    roots = {"users", "market_marks", "sites", LoginAttempt.__tablename__, "audit_logs"}
    roots |= {"site_codes", "site_assertions", ForgottenPassword.__tablename__}
    # The customer at Stripe is ended there before it is forgotten here; events name it by its id.
    roots |= {"billing_customers", "stripe_events"}
    # What was published stays published, under a handle and with no user's id.
    roots |= {"leaderboard_days", "leaderboard_pages"}
    parents = (
        "users",
        "bots",
        "webhook_logs",
        "second_factors",
        "user_trading_accounts",
        "exports",
    )
    hanging = {
        table.name
        for table in models.User.metadata.sorted_tables
        if any(
            key.ondelete == "CASCADE" and key.column.table.name in parents
            for key in table.foreign_keys
        )
    }
    assert {table.name for table in models.User.metadata.sorted_tables} - hanging == roots
