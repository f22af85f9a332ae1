"""Links that are mailed: addresses confirmed, passwords reset, addresses changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from tests.factories import headers_for, make_user
from tests.mailbox import link, mails, token
from tradingrobotplug import db
from tradingrobotplug.accounts import jobs
from tradingrobotplug.models import AccountToken, ForgottenPassword, User

from .signing import EMAIL, NEW, OTHER, PASSWORD, later, log_in, make_trader, me, signed_in

FORGOT = "/api/auth/password/forgot"
RESET = "/api/auth/password/reset"


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


def forget(client: FlaskClient, email: str = EMAIL, **headers: str) -> Any:
    answer = client.post(FORGOT, json={"email": email}, headers=headers)
    with db.transaction() as session:
        asked = list(session.scalars(select(ForgottenPassword.id)))
    for request_id in asked:
        jobs.answer_forgotten(str(request_id))
    return answer


def reset(client: FlaskClient, given: str, **fields: str) -> Any:
    return client.post(RESET, json={"token": given} | NEW | fields)


def register(client: FlaskClient) -> dict[str, str]:
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    answer = client.post("/api/auth/register", json=form, headers={"User-Agent": "<b>"})
    assert answer.status_code == 201
    return {"Authorization": f"Bearer {answer.json['token']}"}


def test_registering_mails_a_link_that_verifies_the_address_once(client: FlaskClient) -> None:
    headers = register(client)
    assert me(client, headers).json["user"]["email_verified"] is False
    given = {"token": token("verify")}
    assert client.post("/api/auth/verify-email", json=given).status_code == 200
    assert me(client, headers).json["user"]["email_verified"] is True
    again = client.post("/api/auth/verify-email", json=given)
    assert (again.status_code, again.json["error"]) == (422, "link_not_valid")


def test_a_verification_link_lives_a_day(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(client)
    later(monkeypatch, timedelta(hours=24, seconds=1))
    answer = client.post("/api/auth/verify-email", json={"token": token("verify")})
    assert answer.json["error"] == "link_not_valid"


def test_the_link_is_mailed_again_at_most_three_times_an_hour(client: FlaskClient) -> None:
    headers = register(client)
    path = "/api/auth/verify-email/resend"
    statuses = [client.post(path, headers=headers).status_code for _ in range(3)]
    assert (statuses, len(mails("verify"))) == ([200, 200, 429], 3)


def test_a_verified_address_needs_no_other_link(client: FlaskClient) -> None:
    headers = register(client)
    client.post("/api/auth/verify-email", json={"token": token("verify")})
    answer = client.post("/api/auth/verify-email/resend", headers=headers)
    assert (answer.status_code, answer.json["error"]) == (409, "already_verified")


def test_a_link_of_one_purpose_does_not_serve_another(client: FlaskClient, trader: User) -> None:
    forget(client)
    answer = client.post("/api/auth/verify-email", json={"token": token("reset")})
    assert answer.json["error"] == "link_not_valid"


def test_only_the_hash_of_a_token_is_stored(client: FlaskClient, trader: User) -> None:
    forget(client)
    with db.transaction() as session:
        [row] = session.execute(text("SELECT account_tokens::text FROM account_tokens")).all()
    assert token("reset") not in row[0]
    assert len(token("reset")) >= 43


def test_l15_a_reset_link_works_once_and_ends_every_session(
    client: FlaskClient, trader: User
) -> None:
    headers = signed_in(client)
    forget(client)
    assert reset(client, token("reset")).status_code == 200
    assert me(client, headers).status_code == 401
    assert log_in(client).status_code == 401
    assert log_in(client, OTHER).status_code == 200
    assert reset(client, token("reset")).json["error"] == "link_not_valid"
    assert len(mails("password_changed")) == 1


def test_l15_of_parallel_resets_with_one_link_one_succeeds(app: Flask, trader: User) -> None:
    forget(app.test_client())
    given = token("reset")
    with ThreadPoolExecutor(6) as pool:
        statuses = pool.map(lambda _: reset(app.test_client(), given).status_code, range(6))
    assert sorted(statuses) == [200, *[422] * 5]


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 422)])
def test_l15_a_reset_link_lives_an_hour(
    client: FlaskClient,
    trader: User,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    status: int,
) -> None:
    moment = trader.created_at
    monkeypatch.setattr("tradingrobotplug.clock.now", lambda: moment)
    forget(client)
    later(monkeypatch, timedelta(seconds=seconds))
    assert reset(client, token("reset")).status_code == status


def test_l15_the_host_header_does_not_change_where_a_link_leads(
    client: FlaskClient, trader: User
) -> None:
    forget(client, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    [mail] = mails("reset")
    assert link("reset").startswith("http://127.0.0.1:8000/account/reset?token=")
    assert "evil.example" not in mail.text + mail.html


def test_l15_nor_where_the_link_of_a_registration_leads(client: FlaskClient) -> None:
    form = {"email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD}
    client.post("/api/auth/register", json=form, headers={"Host": "evil.example"})
    assert link("verify").startswith("http://127.0.0.1:8000/account/verify?token=")


def test_l9_forgetting_answers_alike_whether_or_not_there_is_an_account(
    client: FlaskClient, trader: User
) -> None:
    known, unknown = forget(client), forget(client, "nobody@example.com")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert [mail.recipient for mail in mails()] == [EMAIL]


def test_l9_the_request_itself_does_not_look_for_an_account(
    client: FlaskClient, trader: User
) -> None:
    """What is not looked up can't be told by the time it takes."""
    client.post(FORGOT, json={"email": EMAIL})
    client.post(FORGOT, json={"email": "nobody@example.com"})
    with db.transaction() as session:
        asked = session.scalar(select(func.count()).select_from(ForgottenPassword))
        made = session.scalar(select(func.count()).select_from(AccountToken))
    assert (asked, made, mails()) == (2, 0, [])


def test_forgetting_mails_at_most_three_links_an_hour(client: FlaskClient, trader: User) -> None:
    statuses = [forget(client).status_code for _ in range(5)]
    assert (statuses, len(mails("reset"))) == ([200] * 5, 3)


def test_a_request_whose_ring_was_lost_is_answered_by_the_sweep(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(FORGOT, json={"email": EMAIL})
    later(monkeypatch, timedelta(seconds=6))
    jobs.sweep()
    jobs.sweep()
    assert len(mails("reset")) == 1


def test_a_weak_password_leaves_the_link_unused(client: FlaskClient, trader: User) -> None:
    forget(client)
    weak = reset(client, token("reset"), password=EMAIL, confirm_password=EMAIL)
    assert (weak.status_code, weak.json["error"]) == (422, "weak_password")
    assert reset(client, token("reset")).status_code == 200


def test_a_user_without_a_password_gets_one_by_the_link(client: FlaskClient, clean: None) -> None:
    make_user(EMAIL)
    forget(client)
    assert reset(client, token("reset")).status_code == 200
    user = me(client, signed_in(client, password=OTHER)).json["user"]
    assert (user["has_password"], user["email_verified"]) == (True, True)


def test_a_suspended_user_gets_no_link(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as session:
        session.get_one(User, trader.id).suspended_at = trader.created_at
    forget(client)
    assert mails() == []


def change_email(client: FlaskClient, headers: dict[str, str], **fields: str) -> Any:
    form = {"email": "new@example.com"} | fields
    return client.post("/api/auth/email/change", json=form, headers=headers)


def confirm_email(client: FlaskClient, given: str) -> Any:
    return client.post("/account/email", data={"token": given})


def test_a_new_address_counts_once_its_mailbox_has_confirmed_it(
    client: FlaskClient, trader: User
) -> None:
    headers = signed_in(client)
    assert change_email(client, headers).status_code == 200
    assert me(client, headers).json["user"]["email"] == EMAIL
    notice = mails("email_change_asked")[0]
    assert (notice.recipient, "new@example.com" in notice.text) == (EMAIL, True)
    assert mails("new_email")[0].recipient == "new@example.com"
    assert confirm_email(client, token("new_email")).status_code == 200
    user = me(client, headers).json["user"]
    assert (user["email"], user["email_verified"]) == ("new@example.com", True)
    assert mails("email_changed")[0].recipient == EMAIL
    assert log_in(client, email="new@example.com").status_code == 200


def test_changing_to_a_taken_address_says_so_to_its_owner_alone(
    client: FlaskClient, trader: User
) -> None:
    make_user("new@example.com")
    headers = signed_in(client)
    assert change_email(client, headers).status_code == 200
    assert confirm_email(client, token("new_email")).status_code == 409
    assert me(client, headers).json["user"]["email"] == EMAIL


def test_links_mailed_to_the_old_address_die_with_it(client: FlaskClient, trader: User) -> None:
    forget(client)
    change_email(client, signed_in(client))
    confirm_email(client, token("new_email"))
    assert reset(client, token("reset")).json["error"] == "link_not_valid"


def test_a_reset_ends_a_change_of_address_that_a_thief_began(
    client: FlaskClient, trader: User
) -> None:
    change_email(client, signed_in(client))
    forget(client)
    assert reset(client, token("reset")).status_code == 200
    assert confirm_email(client, token("new_email")).status_code == 422


def test_an_account_without_a_password_is_told_how_to_get_one(app: Flask, clean: None) -> None:
    headers = headers_for(app, make_user(EMAIL))
    change = NEW | {"current_password": PASSWORD}
    path = "/api/auth/password/change"
    answer = app.test_client().post(path, json=change, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, "no_password")


def test_i3_the_device_in_a_mail_is_text(client: FlaskClient, trader: User) -> None:
    forget(client)
    form = {"token": token("reset")} | NEW
    client.post(RESET, json=form, headers={"User-Agent": "<script>alert(1)</script>"})
    [mail] = mails("password_changed")
    assert ("<script>" in mail.html, "&lt;script&gt;" in mail.html) == (False, True)


@pytest.mark.parametrize(
    "email",
    ['"a b"@example.com', "a@example.com\r\nBcc: b@example.com", '"<x>"@example.com', "a@[::1]"],
)
def test_i6_an_address_that_could_break_a_header_can_not_register(
    client: FlaskClient, email: str
) -> None:
    form = {"email": email, "password": PASSWORD, "confirm_password": PASSWORD}
    assert client.post("/api/auth/register", json=form).status_code == 422


def test_links_that_are_over_are_forgotten(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(client)
    later(monkeypatch, timedelta(hours=25, seconds=1))
    jobs.prune()
    with db.transaction() as session:
        left = [
            session.scalar(select(func.count()).select_from(table))
            for table in (AccountToken, ForgottenPassword)
        ]
    assert left == [0, 0]
