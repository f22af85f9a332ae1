"""Signing in and staying signed in, against those who should not. The letters and numbers in the
names are those of the security requirements."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import FrameType
from typing import Any

import bcrypt
import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.accounts.signing import (
    EMAIL,
    NEW,
    OTHER,
    PASSWORD,
    bearer,
    later,
    log_in,
    make_trader,
    me,
)
from tests.factories import make_user
from tests.mailbox import mails
from tests.security.signed_tokens import Claims, ask, claims, trader
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import passwords
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User, UserSession

__all__ = ["claims", "trader"]

WRONG = {"email": EMAIL, "password": "not the password"}


def from_address(client: FlaskClient, address: str, form: dict[str, str]) -> int:
    origin = {"REMOTE_ADDR": address}
    return client.post("/api/auth/login", json=form, environ_overrides=origin).status_code


def refresh(client: FlaskClient, answer: Any) -> Any:
    form = {"refresh_token": answer.json["refresh_token"]}
    return client.post("/api/auth/refresh", json=form)


def sign_up(client: FlaskClient, password: str) -> Any:
    form = {"email": EMAIL, "password": password, "confirm_password": password}
    return client.post("/api/auth/register", json=form)


def restarted(app: Flask) -> FlaskClient:
    """A process that was started after everything before."""
    return create_app(app.config["TRP"]).test_client()


def test_l3_after_logout_both_tokens_are_dead_in_every_process(
    app: Flask, client: FlaskClient, trader: User
) -> None:
    answer, other = log_in(client), restarted(app)
    assert me(other, bearer(answer)).status_code == 200
    assert client.post("/api/auth/logout", headers=bearer(answer)).json == {"success": True}
    assert me(other, bearer(answer)).status_code == 401
    assert me(client, bearer(answer)).status_code == 401
    assert refresh(other, answer).status_code == 401


@pytest.mark.parametrize(
    ("idle", "expected"),
    [(timedelta(minutes=29, seconds=59), 200), (timedelta(minutes=30, seconds=1), 401)],
)
def test_l4_a_session_ends_after_thirty_idle_minutes(
    client: FlaskClient, claims: Claims, settings: Settings,
    monkeypatch: pytest.MonkeyPatch, idle: timedelta, expected: int,
) -> None:  # fmt: skip
    token = jwt.encode(claims | {"exp": claims["exp"] + 86_400}, settings.jwt_secret)
    later(monkeypatch, idle)
    assert ask(client, token) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [(timedelta(hours=24, seconds=-1), 200), (timedelta(hours=24, seconds=1), 401)],
)
def test_l4_a_session_ends_after_a_day_however_busy(
    client: FlaskClient, claims: Claims, settings: Settings,
    monkeypatch: pytest.MonkeyPatch, age: timedelta, expected: int,
) -> None:  # fmt: skip
    token = jwt.encode(claims | {"exp": claims["exp"] + 2 * 86_400}, settings.jwt_secret)
    with db.transaction() as session:
        session.execute(update(UserSession).values(seen_at=clock.now() + age))
    later(monkeypatch, age)
    assert ask(client, token) == expected


def test_l5_of_twelve_parallel_logins_three_sessions_live(app: Flask, trader: User) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: log_in(app.test_client()), range(12)))
    assert [answer.status_code for answer in answers] == [200] * 12
    still_in = [me(app.test_client(), bearer(answer)).status_code for answer in answers]
    assert sorted(still_in) == [200] * 3 + [401] * 9


def test_l6_a_refresh_token_works_once_and_its_replay_ends_the_session(
    client: FlaskClient, trader: User
) -> None:
    first = log_in(client)
    second = refresh(client, first)
    assert (second.status_code, me(client, bearer(second)).status_code) == (200, 200)
    assert refresh(client, first).status_code == 401
    assert me(client, bearer(second)).status_code == 401
    assert refresh(client, second).status_code == 401


def test_l6_of_parallel_refreshes_at_most_one_succeeds(app: Flask, trader: User) -> None:
    answer = log_in(app.test_client())
    with ThreadPoolExecutor(6) as pool:
        outcomes = pool.map(lambda _: refresh(app.test_client(), answer).status_code, range(6))
    assert sorted(outcomes) == [200] + [401] * 5


def test_l7_a_change_of_password_ends_the_other_sessions(client: FlaskClient, trader: User) -> None:
    other, mine = log_in(client), log_in(client)
    form = {"current_password": PASSWORD} | NEW
    changed = client.post("/api/auth/password/change", json=form, headers=bearer(mine))
    assert changed.status_code == 200
    assert me(client, bearer(mine)).status_code == 200
    assert me(client, bearer(other)).status_code == 401
    assert refresh(client, other).status_code == 401
    assert (log_in(client).status_code, log_in(client, OTHER).status_code) == (401, 200)
    assert [mail.recipient for mail in mails("password_changed")] == [EMAIL]


def test_l8_the_sixth_attempt_is_refused_even_with_the_right_password(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = [client.post("/api/auth/login", json=WRONG).status_code for _ in range(5)]
    assert failed == [401] * 5
    locked = log_in(client)
    assert (locked.status_code, locked.json["error"]) == (429, "too_many_attempts")
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    later(monkeypatch, timedelta(minutes=15, seconds=1))
    assert log_in(client).status_code == 200


def test_l8_a_burst_of_guesses_gets_five_verdicts(app: Flask, trader: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        guesses = pool.map(lambda _: log_in(app.test_client(), OTHER).status_code, range(8))
    assert sorted(guesses) == [401] * 5 + [429] * 3


def test_l8_a_lock_out_survives_a_restart(app: Flask, client: FlaskClient, trader: User) -> None:
    answers = [client.post("/api/auth/login", json=WRONG).status_code for _ in range(6)]
    assert answers[-1] == 429
    assert log_in(restarted(app)).status_code == 429


def test_l8_strangers_can_lock_an_account_but_not_its_owner_out(
    client: FlaskClient, trader: User
) -> None:
    right = {"email": EMAIL, "password": PASSWORD}
    assert from_address(client, "198.51.100.1", right) == 200
    guesses = [from_address(client, f"203.0.113.{n // 5}", WRONG) for n in range(100)]
    assert guesses == [401] * 100
    assert from_address(client, "192.0.2.1", right) == 429
    assert from_address(client, "198.51.100.1", right) == 200


def bcrypt_checks_in(act: Callable[[], Any]) -> int:
    """How often bcrypt really compared something in this thread, seen by the interpreter."""
    seen: list[object] = []

    def note(_: FrameType, event: str, called: object) -> None:
        seen.extend([called] if event == "c_call" and called is bcrypt.checkpw else [])

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return len(seen)


@pytest.mark.parametrize("email", ["nobody@example.com", "site@example.com", "gone@example.com"])
def test_l9_an_account_that_cant_sign_in_is_answered_like_a_wrong_password(
    client: FlaskClient, trader: User, email: str
) -> None:
    make_user("site@example.com")  # without a password
    make_trader("gone@example.com", suspended_at=clock.now())
    known = client.post("/api/auth/login", json=WRONG)
    other = client.post("/api/auth/login", json=WRONG | {"email": email})
    assert (known.status_code, known.content_length) == (other.status_code, other.content_length)
    assert known.json | {"request_id": ""} == other.json | {"request_id": ""}
    form = WRONG | {"email": email}
    assert bcrypt_checks_in(lambda: client.post("/api/auth/login", json=WRONG)) == 1
    assert bcrypt_checks_in(lambda: client.post("/api/auth/login", json=form)) == 1


def test_l9_without_an_account_a_hash_of_the_same_cost_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    assert passwords.hashed(PASSWORD)[:7] == passwords._NOBODY[:7] == "$2b$12$"
    assert passwords.verify(PASSWORD, None) is False


@pytest.mark.parametrize(
    "start",
    ["a quiet lamp by the harbour, " + "x" * 43, "wörd " * 39 + "last", "🦦🪔⛵🌊🐚🪸🐙🦀🐠🐡🐬"],
    ids=["73 bytes", "200 characters", "emoji"],
)
def test_l10_every_character_of_a_password_counts(client: FlaskClient, start: str) -> None:
    assert sign_up(client, f"{start}1").status_code == 201
    assert log_in(client, f"{start}2").status_code == 401
    assert log_in(client, start).status_code == 401
    assert log_in(client, f"{start}1").status_code == 200


@pytest.mark.parametrize("password", ["password1234", "qwertyuiopas", EMAIL, EMAIL.upper()])
def test_l11_common_passwords_and_ones_own_address_are_refused(
    client: FlaskClient, password: str
) -> None:
    answer = sign_up(client, password)
    assert (answer.status_code, answer.json["error"]) == (422, "weak_password")


def test_l11_a_passphrase_of_64_characters_is_accepted(client: FlaskClient) -> None:
    passphrase = "kein Mensch kennt die Antwort auf diese eine Frage am See, naja."
    assert len(passphrase) == 64
    assert sign_up(client, passphrase).status_code == 201
    assert log_in(client, passphrase).status_code == 200
