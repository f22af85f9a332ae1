"""The second factor against somebody who has the password. The letters and numbers in the names are
those of the security requirements."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.authenticator import STEP, Authenticator, enrol_for, stop_clock
from tests.accounts.signing import EMAIL, NEW, OTHER, PASSWORD, make_trader
from tests.mailbox import mails, token
from tests.trading_accounts.traders import KEY, SECRET
from tradingrobotplug import db
from tradingrobotplug.accounts import jobs
from tradingrobotplug.models import ForgottenPassword, User

WRONG = "000000"


@pytest.fixture
def trader(app: Flask) -> User:
    return make_trader()


@pytest.fixture
def phone(trader: User) -> Authenticator:
    return enrol_for(trader)


def log_in(client: FlaskClient, password: str = PASSWORD, **code: str) -> Any:
    given = {"email": EMAIL, "password": password} | code
    return client.post("/api/auth/login", json=given)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['token']}"}


def twelve(act: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(12) as pool:
        return sorted(pool.map(act, range(12)))


def from_elsewhere(number: int) -> dict[str, str]:
    """Each from an address of its own, so that no address runs into its lock."""
    return {"REMOTE_ADDR": f"203.0.113.{number + 1}"}


def test_l12_the_same_code_twelve_times_in_parallel_opens_one_session(
    app: Flask, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = phone.code(stop_clock(monkeypatch))

    def once(number: int) -> int:
        given = {"email": EMAIL, "password": PASSWORD, "totp_code": code}
        elsewhere = from_elsewhere(number)
        client = app.test_client()
        return client.post("/api/auth/login", json=given, environ_overrides=elsewhere).status_code

    answers = twelve(once)
    assert answers.count(200) == 1
    assert set(answers) == {200, 401, 429}


def test_l12_a_used_code_is_refused_afterwards(
    client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    first = log_in(client, totp_code=phone.code(now)).status_code
    again = log_in(client, totp_code=phone.code(now)).status_code
    before = log_in(client, totp_code=phone.code(now - STEP)).status_code
    assert (first, again, before) == (200, 401, 401)


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 401), (2, 401)])
def test_l13_only_the_present_step_and_the_one_before_count(
    client: FlaskClient,
    phone: Authenticator,
    monkeypatch: pytest.MonkeyPatch,
    steps: int,
    status: int,
) -> None:
    now = stop_clock(monkeypatch)
    assert log_in(client, totp_code=phone.code(now + steps * STEP)).status_code == status


def test_l13_of_ten_wrong_codes_five_get_a_verdict_and_then_a_right_one_is_refused_too(
    client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    wrong = [log_in(client, totp_code=WRONG).status_code for _ in range(10)]
    assert wrong == [401] * 5 + [429] * 5
    assert log_in(client, totp_code=phone.code(now)).status_code == 429
    later = stop_clock(monkeypatch, now + timedelta(minutes=15, seconds=1))
    assert log_in(client, totp_code=phone.code(later)).status_code == 200


def test_l13_wrong_codes_are_counted_per_user_across_addresses_and_parallel_tries(
    app: Flask, phone: Authenticator
) -> None:
    def once(number: int) -> int:
        given = {"email": EMAIL, "password": PASSWORD, "totp_code": WRONG}
        elsewhere = from_elsewhere(number)
        client = app.test_client()
        return client.post("/api/auth/login", json=given, environ_overrides=elsewhere).status_code

    assert twelve(once) == [401] * 5 + [429] * 7


def test_l13_a_step_up_guesses_no_more_than_a_login(
    app: Flask, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    headers = bearer(log_in(app.test_client(), totp_code=phone.code(now)))

    def once(_: int) -> int:
        given = {"password": PASSWORD, "totp_code": WRONG}
        client = app.test_client()
        return client.post("/api/auth/step-up", json=given, headers=headers).status_code

    assert twelve(once) == [403] * 5 + [429] * 7


def test_l14_the_same_backup_code_twelve_times_in_parallel_opens_one_session(
    app: Flask, phone: Authenticator
) -> None:
    def once(number: int) -> int:
        given = {"email": EMAIL, "password": PASSWORD, "backup_code": phone.backup_codes[0]}
        elsewhere = from_elsewhere(number)
        client = app.test_client()
        return client.post("/api/auth/login", json=given, environ_overrides=elsewhere).status_code

    answers = twelve(once)
    assert answers.count(200) == 1
    assert set(answers) == {200, 401, 429}
    assert len(mails("backup_code_used")) == 1


def test_l15_a_reset_password_does_not_skip_the_second_factor(
    client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    client.post("/api/auth/password/forgot", json={"email": EMAIL})
    with db.transaction() as session:
        asked = session.scalars(select(ForgottenPassword.id)).one()
    jobs.answer_forgotten(str(asked))
    reset = NEW | {"token": token("reset")}
    assert client.post("/api/auth/password/reset", json=reset).status_code == 200
    refused = log_in(client, OTHER)
    assert (refused.status_code, refused.json["error"]) == (403, "second_factor_required")
    assert log_in(client, OTHER, totp_code=phone.code(now)).status_code == 200


RISKY = [
    ("/api/halt", {"level": "flatten"}),
    ("/api/auth/2fa/disable", {}),
    ("/api/auth/2fa/backup-codes", {}),
    ("/api/auth/email/change", {"email": "thief@example.com"}),
    ("/api/auth/password/change", NEW | {"current_password": PASSWORD}),
    (
        "/api/trading-accounts",
        {
            "label": "Alpaca",
            "broker": "alpaca",
            "environment": "paper",
            "api_key": KEY,
            "api_secret": SECRET,
        },
    ),
]


@pytest.mark.parametrize(("path", "body"), RISKY, ids=[path for path, _ in RISKY])
def test_l16_what_is_risky_needs_password_and_code_of_the_last_ten_minutes(
    client: FlaskClient,
    phone: Authenticator,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    body: dict[str, str],
) -> None:
    now = stop_clock(monkeypatch)
    headers = bearer(log_in(client, totp_code=phone.code(now)))
    later = stop_clock(monkeypatch, now + timedelta(minutes=10))
    refused = client.post(path, json=body, headers=headers)
    assert (refused.status_code, refused.json["error"]) == (403, "step_up_required")
    assert refused.json["details"]["needs"] == ["password", "totp_code"]
    code_alone = {"totp_code": phone.code(later)}
    assert client.post("/api/auth/step-up", json=code_alone, headers=headers).status_code == 422
    both = code_alone | {"password": PASSWORD}
    assert client.post("/api/auth/step-up", json=both, headers=headers).status_code == 200
    assert client.post(path, json=body, headers=headers).status_code != 403
