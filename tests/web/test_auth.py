"""The access token and the session behind it, on a guarded route."""

import base64
import time
import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import headers_for
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User, UserSession
from tradingrobotplug.web import auth

ROUTE = "/api/users/me"


def session_row() -> UserSession:
    with db.transaction() as session:
        return session.scalars(select(UserSession)).one()


def set_session(**columns: Any) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(**columns))


def claims_of(headers: dict[str, str]) -> dict[str, Any]:
    token = headers["Authorization"].removeprefix("Bearer ")
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def ask(client: FlaskClient, token: str | bytes) -> int:
    text = token if isinstance(token, str) else token.decode()
    return client.get(ROUTE, headers={"Authorization": f"Bearer {text}"}).status_code


def test_a_live_session_gets_in(app: Flask, client: FlaskClient, user: User) -> None:
    answer = client.get(ROUTE, headers=headers_for(app, user))
    assert answer.json["user"]["id"] == str(user.id)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic dTpw",
        "Bearer a.b.c",
        "Bearer é.é.é",
        "Bearer  x y",
    ],
)
def test_a_malformed_header_is_401(client: FlaskClient, user: User, header: str) -> None:
    answer = client.get(ROUTE, headers={"Authorization": header})
    assert (answer.status_code, answer.json["error"]) == (401, "unauthenticated")


def test_no_header_is_401(client: FlaskClient) -> None:
    assert client.get(ROUTE).status_code == 401


def test_a_deeply_nested_token_header_is_401(client: FlaskClient) -> None:
    nested = base64.urlsafe_b64encode(b"[" * 4000).decode().rstrip("=")
    assert ask(client, f"{nested}.e30.x") == 401


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        ({}, "another secret that is long enough"),
        ({"exp": 1}, "right"),
        ({"sid": "x"}, "right"),
        ({"sid": None}, "right"),
        ({"sub": str(uuid.UUID(int=1))}, "right"),
        ({"sid": str(uuid.UUID(int=1))}, "right"),
    ],
    ids=str,
)
def test_a_token_that_differs_in_anything_is_401(
    app: Flask,
    client: FlaskClient,
    user: User,
    settings: Settings,
    changes: dict[str, Any],
    secret: str,
) -> None:
    claims = claims_of(headers_for(app, user)) | changes
    key = settings.jwt_secret if secret == "right" else secret
    assert ask(client, jwt.encode(claims, key)) == 401


def test_a_revoked_session_a_suspended_and_a_deleted_user_are_out_at_once(
    app: Flask, client: FlaskClient, user: User
) -> None:
    headers = headers_for(app, user)
    set_session(revoked_at=clock.now())
    assert client.get(ROUTE, headers=headers).json["error"] == "session_ended"
    set_session(revoked_at=None)
    assert client.get(ROUTE, headers=headers).status_code == 200
    with db.transaction() as session:
        session.execute(update(User).values(suspended_at=clock.now()))
    assert client.get(ROUTE, headers=headers).status_code == 401
    with db.transaction() as session:
        session.delete(session.get(User, user.id))
    assert client.get(ROUTE, headers=headers).status_code == 401


def test_being_seen_is_written_at_most_once_a_minute(
    app: Flask, client: FlaskClient, user: User
) -> None:
    headers = headers_for(app, user)
    opened = session_row().seen_at
    client.get(ROUTE, headers=headers)
    assert session_row().seen_at == opened
    set_session(seen_at=opened - timedelta(seconds=61))
    client.get(ROUTE, headers=headers)
    assert session_row().seen_at >= opened


def test_only_an_admin_passes_the_admins_guard(fresh_app: Flask, user: User) -> None:
    fresh_app.add_url_rule(
        "/api/for-admins", view_func=auth.admin_only(lambda: "in"), endpoint="admins"
    )
    client, headers = fresh_app.test_client(), headers_for(fresh_app, user)
    assert client.get("/api/for-admins").status_code == 401
    assert client.get("/api/for-admins", headers=headers).status_code == 403
    with db.transaction() as session:
        session.execute(update(User).values(role="admin"))
    assert client.get("/api/for-admins", headers=headers).text == "in"


def test_a_token_lives_fifteen_minutes(app: Flask, user: User) -> None:
    claims = claims_of(headers_for(app, user))
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - time.time()) < 60
