"""A user's own sessions, and what a change of password does to them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_user
from tradingrobotplug import db
from tradingrobotplug.models import AuditLog, User

from .signing import (
    EMAIL,
    NEW,
    OTHER,
    PASSWORD,
    later,
    log_in,
    make_trader,
    me,
    prove,
    signed_in,
)

CHANGE = "/api/auth/password/change"


@pytest.fixture(autouse=True)
def trader(clean: None) -> User:
    return make_trader()


def change(client: FlaskClient, headers: dict[str, str], **fields: str) -> Any:
    form = {"current_password": PASSWORD} | NEW | fields
    return client.post(CHANGE, json=form, headers=headers)


def listed(client: FlaskClient, headers: dict[str, str]) -> list[Any]:
    found: list[Any] = client.get("/api/auth/sessions", headers=headers).json["sessions"]
    return found


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"current_password": OTHER}, 403, "wrong_password"),
        ({"confirm_password": PASSWORD}, 422, "invalid_input"),
        ({"password": EMAIL, "confirm_password": EMAIL}, 422, "weak_password"),
        ({"role": "admin"}, 422, "invalid_input"),
    ],
)
def test_a_change_that_is_not_right_changes_nothing(
    client: FlaskClient, fields: dict[str, str], status: int, code: str
) -> None:
    headers = signed_in(client)
    answer = change(client, headers, **fields)
    assert (answer.status_code, answer.json["error"]) == (status, code)
    assert log_in(client).status_code == 200


def test_guessing_in_an_open_session_is_locked_after_five_tries(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed_in(client)
    wrong = [change(client, headers, current_password=OTHER).status_code for _ in range(6)]
    assert wrong == [403, 403, 403, 403, 403, 429]
    assert change(client, headers).status_code == 429
    later(monkeypatch, timedelta(minutes=15, seconds=1))
    prove()
    assert change(client, headers).status_code == 200


def test_sessions_are_listed_with_where_they_are(client: FlaskClient) -> None:
    form = {"email": EMAIL, "password": PASSWORD}
    client.post("/api/auth/login", json=form, headers={"User-Agent": "Phone"})
    headers = signed_in(client)
    found = listed(client, headers)
    assert sorted((row["device"], row["current"]) for row in found)[0] == ("Phone", False)
    assert [row["current"] for row in found].count(True) == 1
    assert {row["address"] for row in found} == {"127.0.0.1"}


def test_a6_a_listed_session_shows_no_token_and_no_hash(client: FlaskClient) -> None:
    [row] = listed(client, signed_in(client))
    assert set(row) == {
        *("id", "device", "address", "site", "created_at", "seen_at", "expires_at", "current")
    }


def test_sessions_that_are_over_are_not_listed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(client)
    later(monkeypatch, timedelta(minutes=30, seconds=1))
    assert len(listed(client, signed_in(client))) == 1


def test_l3_an_ended_session_is_dead_at_once(client: FlaskClient) -> None:
    other, mine = signed_in(client), signed_in(client)
    ended = next(row["id"] for row in listed(client, mine) if not row["current"])
    path = f"/api/auth/sessions/{ended}"
    assert client.delete(path, headers=mine).status_code == 200
    assert (me(client, other).status_code, me(client, mine).status_code) == (401, 200)
    assert client.delete(path, headers=mine).status_code == 404


def test_a1_a_session_of_somebody_else_is_not_there(client: FlaskClient) -> None:
    make_trader("other@example.com")
    mine, theirs = signed_in(client), signed_in(client, email="other@example.com")
    [row] = listed(client, theirs)
    answers = [
        client.delete(f"/api/auth/sessions/{session_id}", headers=mine)
        for session_id in (row["id"], uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json["message"] == answers[1].json["message"]
    assert me(client, theirs).status_code == 200


def test_logging_out_everywhere_ends_this_one_too_and_nobody_elses(client: FlaskClient) -> None:
    make_trader("other@example.com")
    other, mine = signed_in(client), signed_in(client)
    theirs = signed_in(client, email="other@example.com")
    assert client.post("/api/auth/logout-everywhere", headers=mine).status_code == 200
    assert [me(client, headers).status_code for headers in (other, mine, theirs)] == [401, 401, 200]


def test_what_changes_an_account_is_in_its_trail(client: FlaskClient) -> None:
    make_user("else@example.com")
    headers = signed_in(client)
    change(client, headers, current_password=OTHER)
    change(client, headers)
    client.post("/api/auth/logout-everywhere", headers=headers)
    with db.transaction() as session:
        trail = list(session.scalars(select(AuditLog.action).order_by(AuditLog.seq)))
    assert trail == ["login", "password.refused", "password.changed", "logout.everywhere"]
