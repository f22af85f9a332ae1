"""A user looks which sites may act for them, and disconnects one."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.factories import headers_for
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import site_users
from tradingrobotplug.models import User, UserSession

from .signing import later, make_trader, prove
from .test_sites import SUBJECT, assertion, exchange, make_code, me, register


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    return str(register(client, make_code()).json["site_id"])


@pytest.fixture
def trader(site_id: str) -> User:
    """Somebody with a password, linked with the site."""
    user = make_trader("visitor@example.com")
    link(site_id, user)
    return user


def link(site_id: str, user: User) -> None:
    with db.transaction() as session:
        site_users.link(session, site_id, SUBJECT, user.id, clock.now())


def linked_sites(client: FlaskClient, headers: dict[str, str]) -> list[Any]:
    listed = client.get("/api/site-links", headers=headers).json["site_links"]
    return [(row["site_id"], row["name"], row["url"]) for row in listed]


def unlink(client: FlaskClient, site_id: str, headers: dict[str, str]) -> Any:
    return client.delete(f"/api/site-links/{site_id}", headers=headers)


def through(client: FlaskClient, site_id: str) -> dict[str, str]:
    """Headers of the visitor's session at the site, as if the second factor had been given."""
    answer = exchange(client, assertion(site_id))
    prove()
    return {"Authorization": f"Bearer {answer.json['token']}"}


def test_an_unlinked_site_no_longer_acts_for_the_user(
    app: Flask, client: FlaskClient, trader: User, site_id: str
) -> None:
    token, headers = exchange(client, assertion(site_id)), headers_for(app, trader)
    assert linked_sites(client, headers) == [(site_id, "Blog", "https://blog.example")]
    assert unlink(client, site_id, headers).json == {"success": True}
    assert linked_sites(client, headers) == []
    assert me(client, token) == 401
    again = exchange(client, assertion(site_id))
    assert (again.status_code, again.json["error"]) == (409, "link_required")
    assert unlink(client, site_id, headers).status_code == 404


def test_sessions_elsewhere_stay(
    app: Flask, client: FlaskClient, trader: User, site_id: str
) -> None:
    other = register(client, make_code(), url="https://other.example").json["site_id"]
    link(other, trader)
    there, headers = exchange(client, assertion(other)), headers_for(app, trader)
    unlink(client, site_id, headers)
    assert (me(client, there), client.get("/api/site-links", headers=headers).status_code) == (
        200,
        200,
    )
    assert [row[0] for row in linked_sites(client, headers)] == [other]


def test_the_last_site_of_an_account_without_a_password_stays(
    client: FlaskClient, site_id: str
) -> None:
    headers = through(client, site_id)
    answer = unlink(client, site_id, headers)
    assert (answer.status_code, answer.json["error"]) == (409, "last_way_in")
    assert answer.json["details"] == {"how": "POST /api/auth/password/forgot"}
    assert exchange(client, assertion(site_id)).status_code == 200


def test_a_revoked_site_does_not_count_as_a_way_in_and_is_not_listed(
    app: Flask, client: FlaskClient, trader: User, site_id: str
) -> None:
    other = register(client, make_code(), url="https://other.example").json["site_id"]
    link(other, trader)
    client.post("/api/sites/unregister", json={"assertion": assertion(other, sub=other)})
    with db.transaction() as session:
        session.execute(update(User).values(password_hash=None))
    headers = headers_for(app, trader)
    assert [row[0] for row in linked_sites(client, headers)] == [site_id]
    assert unlink(client, site_id, headers).status_code == 409


def test_unlinking_needs_a_fresh_second_factor(
    app: Flask,
    client: FlaskClient,
    trader: User,
    site_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = headers_for(app, trader)
    later(monkeypatch, timedelta(minutes=10))
    answer = unlink(client, site_id, headers)
    assert (answer.status_code, answer.json["error"]) == (403, "step_up_required")
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=None))
    assert client.get("/api/site-links", headers=headers).status_code == 403
