"""What a connected site may do: said by its code, changed by administrators, checked each time."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for, make_user
from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import letters, sites
from tradingrobotplug.accounts.assertions import SiteScope
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AuditLog, User
from tradingrobotplug.notify import outbox, post

from .signing import later
from .test_sites import assertion, exchange, make_code, me, register

BOTH = ["act_for_users", "mailbox"]


@pytest.fixture
def admin(clean: None) -> User:
    return make_user("admin@example.com", role="admin")


@pytest.fixture
def headers(app: Flask, admin: User) -> dict[str, str]:
    return headers_for(app, admin)


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    return str(register(client, make_code()).json["site_id"])


@pytest.fixture
def trusted(client: FlaskClient) -> str:
    """A site that may do everything."""
    with db.transaction() as session:
        code = sites.make_code(session, clock.now(), list(SiteScope))
    return str(register(client, code).json["site_id"])


def mailbox(client: FlaskClient, site_id: str, **claims: str) -> Any:
    text = assertion(site_id, **{"sub": site_id} | claims)
    return client.post("/api/sites/mailbox", json={"assertion": text})


def recorded(action: str) -> list[tuple[Any, Any, dict[str, Any]]]:
    with db.transaction() as session:
        rows = session.scalars(select(AuditLog).where(AuditLog.action == action)).all()
    return [(row.user_id, row.object_id, row.details) for row in rows]


def test_a_code_of_an_administrator_connects_a_site_with_its_scopes(
    client: FlaskClient, headers: dict[str, str], admin: User
) -> None:
    made = client.post("/api/admin/site-codes", json={"scopes": BOTH}, headers=headers)
    assert (made.status_code, made.json["scopes"]) == (201, BOTH)
    assert register(client, made.json["code"]).json["scopes"] == BOTH
    assert recorded("site_code.made") == [(admin.id, None, {"scopes": "act_for_users mailbox"})]


def test_without_a_wish_a_site_may_act_for_its_users_only(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    made = client.post("/api/admin/site-codes", json={}, headers=headers)
    assert made.json["scopes"] == ["act_for_users"]
    assert register(client, made.json["code"]).json["scopes"] == ["act_for_users"]


@pytest.mark.parametrize("scopes", [[], ["admin"], "mailbox", [None], BOTH * 2])
def test_a_scope_that_is_none_is_refused(
    client: FlaskClient, headers: dict[str, str], site_id: str, scopes: Any
) -> None:
    made = client.post("/api/admin/site-codes", json={"scopes": scopes}, headers=headers)
    path = f"/api/admin/sites/{site_id}"
    changed = client.put(path, json={"scopes": scopes}, headers=headers)
    assert (made.status_code, changed.status_code) == (422, 422)


def test_the_list_shows_every_site_and_what_it_may_do(
    client: FlaskClient, headers: dict[str, str], site_id: str, trusted: str
) -> None:
    client.delete(f"/api/admin/sites/{site_id}", headers=headers)
    listed = client.get("/api/admin/sites", headers=headers).json
    assert listed["total"] == 2
    assert [
        (site["site_id"], site["scopes"], site["revoked_at"] is None) for site in listed["sites"]
    ] == [(trusted, BOTH, True), (site_id, ["act_for_users"], False)]


def test_a_site_that_may_no_longer_act_for_users_loses_its_tokens_and_gets_no_more(
    client: FlaskClient, headers: dict[str, str], admin: User, trusted: str
) -> None:
    before = exchange(client, assertion(trusted))
    path = f"/api/admin/sites/{trusted}"
    changed = client.put(path, json={"scopes": ["mailbox"]}, headers=headers)
    assert changed.json["site"]["scopes"] == ["mailbox"]
    assert me(client, before) == 401
    after = exchange(client, assertion(trusted))
    assert (after.status_code, after.json["error"]) == (403, "scope_missing")
    details = {"before": "act_for_users mailbox", "scopes": "mailbox"}
    assert recorded("site.scopes_changed") == [(admin.id, trusted, details)]


def test_a_revoked_site_is_gone_for_good(
    client: FlaskClient, headers: dict[str, str], admin: User, site_id: str
) -> None:
    token, path = exchange(client, assertion(site_id)), f"/api/admin/sites/{site_id}"
    assert client.delete(path, headers=headers).json == {"success": True}
    assert (me(client, token), exchange(client, assertion(site_id)).status_code) == (401, 401)
    assert client.delete(path, headers=headers).status_code == 404
    assert client.put(path, json={"scopes": BOTH}, headers=headers).status_code == 404
    assert recorded("site.revoked") == [(admin.id, site_id, {})]


def test_the_mailbox_shows_the_newest_mails_to_a_site_that_may_read_them(
    client: FlaskClient, trusted: str
) -> None:
    with db.transaction() as session:
        outbox.put(session, letters.verify("https://a.example/1"), "a@example.com", clock.now())
        outbox.put(session, letters.restored(), "b@example.com", clock.now())
    shown = mailbox(client, trusted).json["mails"]
    assert [mail["to"] for mail in shown] == ["b@example.com", "a@example.com"]
    assert shown[1].keys() == {"id", "to", "subject", "text", "html", "created_at"}
    assert shown[1]["text"] == mails("verify")[0].text
    assert recorded("site.mailbox_read") == [(None, trusted, {})]


def test_no_more_than_fifty_mails_are_shown(client: FlaskClient, trusted: str) -> None:
    with db.transaction() as session:
        session.add_all(
            [
                outbox.put(session, letters.restored(), f"{n}@example.com", clock.now())
                for n in range(51)
            ]
        )
    assert len(mailbox(client, trusted).json["mails"]) == 50


def test_a_site_without_the_scope_reads_no_mail(client: FlaskClient, site_id: str) -> None:
    answer = mailbox(client, site_id)
    assert (answer.status_code, answer.json["error"]) == (403, "scope_missing")
    assert answer.json["details"] == {"scope": "mailbox"}


def test_what_a_site_signs_for_a_user_opens_no_mailbox(client: FlaskClient, trusted: str) -> None:
    assert mailbox(client, trusted, sub=str(uuid.uuid4())).status_code == 401


def test_where_a_server_takes_the_mails_there_is_no_mailbox(
    client: FlaskClient, trusted: str, settings: Settings
) -> None:
    post.connect(replace(settings, smtp_url="smtp://localhost:25"))
    answer = mailbox(client, trusted)
    post.connect(settings)
    assert (answer.status_code, answer.json["error"]) == (409, "mail_is_sent")


@pytest.mark.parametrize("name", ["logout", "unregister"])
def test_to_end_something_no_scope_is_needed(
    client: FlaskClient, headers: dict[str, str], trusted: str, name: str
) -> None:
    client.put(f"/api/admin/sites/{trusted}", json={"scopes": ["mailbox"]}, headers=headers)
    text = assertion(trusted, sub=trusted)
    assert client.post(f"/api/sites/{name}", json={"assertion": text}).status_code == 200


def test_changes_need_a_fresh_second_factor(
    client: FlaskClient,
    headers: dict[str, str],
    site_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later(monkeypatch, timedelta(minutes=10))
    path = f"/api/admin/sites/{site_id}"
    answers = [
        client.post("/api/admin/site-codes", json={}, headers=headers),
        client.put(path, json={"scopes": BOTH}, headers=headers),
        client.delete(path, headers=headers),
    ]
    assert [answer.json["error"] for answer in answers] == ["step_up_required"] * 3
    assert client.get("/api/admin/sites", headers=headers).status_code == 200
