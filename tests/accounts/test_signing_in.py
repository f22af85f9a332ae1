"""Registering, signing in, refreshing and signing out, through HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import passwords
from tradingrobotplug.models import AuditLog, User

PASSWORD = "purple lamp otter 91"
EMAIL = "trader@example.com"
WRONG = {"email": EMAIL, "password": "not the password"}


@pytest.fixture
def password_hash() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def trader(clean: None, password_hash: str) -> User:
    return make_user(EMAIL, password_hash=password_hash)


def sign_up(client: FlaskClient, **fields: Any) -> Any:
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD} | fields
    return client.post("/api/auth/register", json=form)


def log_in(client: FlaskClient, **fields: Any) -> Any:
    return client.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD} | fields)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['token']}"}


def me(client: FlaskClient, answer: Any) -> Any:
    return client.get("/api/users/me", headers=bearer(answer))


def rows(query: Any) -> Any:
    with db.transaction() as session:
        return session.scalar(query)


def test_a_new_user_is_signed_in_and_on_the_default_plan(client: FlaskClient) -> None:
    answer = sign_up(client, email="  New.Trader@Example.com ".strip())
    assert answer.status_code == 201
    assert answer.json["user"]["email"] == "new.trader@example.com"
    assert answer.json["user"]["username"] == "new.trader"
    assert (answer.json["user"]["role"], answer.json["user"]["plan"]) == ("user", "free")
    assert me(client, answer).json["user"] == answer.json["user"]


def test_the_first_login_after_registering_works_in_camel_case_too(client: FlaskClient) -> None:
    form = {"email": EMAIL, "password": PASSWORD, "confirmPassword": PASSWORD}
    assert client.post("/api/auth/register", json=form).status_code == 201
    assert log_in(client, email=EMAIL.upper()).status_code == 200


def test_an_email_can_be_registered_once_in_whatever_case(client: FlaskClient) -> None:
    sign_up(client)
    answer = sign_up(client, email="Trader@EXAMPLE.com")
    assert (answer.status_code, answer.json["error"]) == (409, "email_taken")


def test_a_taken_username_is_refused_and_a_derived_one_is_made_unique(client: FlaskClient) -> None:
    sign_up(client)
    taken = sign_up(client, email="other@example.com", username="Trader")
    assert (taken.status_code, taken.json["error"]) == (409, "username_taken")
    derived = sign_up(client, email="trader@example.org")
    assert derived.status_code == 201
    assert derived.json["user"]["username"].startswith("trader-")


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "admin"},
        {"is_admin": True},
        {"subscription_tier": "premium"},
        {"user_id": "1"},
        {"emailVerified": True},
        {"balance": 1},
        {"email": "no address"},
        {"email": f"{'a' * 250}@example.com"},
        {"email": "nul\x00@example.com"},
        {"username": "a b"},
        {"username": "x"},
        {"confirm_password": "something else"},
        {"password": "short", "confirm_password": "short"},
        {"password": None},
    ],
    ids=str,
)
def test_what_must_not_be_in_a_registration_changes_nothing(
    client: FlaskClient, fields: dict[str, Any]
) -> None:
    assert sign_up(client, **fields).status_code == 422
    assert rows(select(func.count()).select_from(User)) == 0


def test_no_answer_holds_a_hash_or_a_password(client: FlaskClient) -> None:
    text = sign_up(client).text
    stored = rows(select(User.password_hash))
    assert stored.startswith("$2b$")
    assert stored not in text
    assert PASSWORD not in text


def test_an_account_without_a_password_or_suspended_cannot_sign_in(
    client: FlaskClient, password_hash: str
) -> None:
    make_user(EMAIL)
    make_user("s@example.com", password_hash=password_hash, suspended_at=clock.now())
    assert log_in(client).status_code == 401
    assert log_in(client, email="s@example.com").status_code == 401


def test_a_code_is_ignored_where_no_authenticator_is_set_up(
    client: FlaskClient, trader: User
) -> None:
    assert log_in(client, totp_code="123456").status_code == 200
    assert log_in(client, totp_code="").status_code == 200


def test_an_unknown_account_is_locked_like_a_known_one(client: FlaskClient, clean: None) -> None:
    answers = [client.post("/api/auth/login", json=WRONG).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_lock_out_from_one_address_leaves_another_alone(
    client: FlaskClient, trader: User
) -> None:
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    for _ in range(6):
        client.post("/api/auth/login", json=WRONG, environ_overrides=stranger)
    assert log_in(client).status_code == 200


def test_a_success_starts_the_count_again(client: FlaskClient, trader: User) -> None:
    four = [client.post("/api/auth/login", json=WRONG).status_code for _ in range(4)]
    assert log_in(client).status_code == 200
    again = [client.post("/api/auth/login", json=WRONG).status_code for _ in range(4)]
    assert (four, again) == ([401] * 4, [401] * 4)


def test_the_fourth_session_ends_the_oldest(client: FlaskClient, trader: User) -> None:
    answers = [log_in(client) for _ in range(4)]
    assert [me(client, answer).status_code for answer in answers] == [401, 200, 200, 200]


@pytest.mark.parametrize("token", ["x", "0" * 32 + ".abc", "é" * 9, "a.b.c"])
def test_a_made_up_refresh_token_is_refused(client: FlaskClient, token: str) -> None:
    answer = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert answer.status_code == 401


def test_registering_signing_in_failing_and_signing_out_leave_a_trail(client: FlaskClient) -> None:
    sign_up(client)
    client.post("/api/auth/login", json=WRONG)
    client.post("/api/auth/logout", headers=bearer(log_in(client)))
    with db.transaction() as session:
        trail = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
    assert [row.action for row in trail] == ["registered", "login.failed", "login", "logout"]
    assert {row.address for row in trail} == {"127.0.0.1"}
