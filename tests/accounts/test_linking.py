"""Connecting an existing account with a user of a site: the login page and the code it answers."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.models import AuditLog, SiteLink, SiteLinkCode, User, UserSession

from .authenticator import Authenticator, enrol, stop_clock
from .login_page import (
    BACK,
    STATE,
    answered,
    open_page,
    redeem,
    request_of,
    send,
    sign_in,
    step_in,
)
from .signing import EMAIL, OTHER, later, log_in, make_trader, me, signed_in
from .test_sites import SUBJECT, assertion, exchange, make_code, register


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    return str(register(client, make_code()).json["site_id"])


@pytest.fixture
def asked(site_id: str) -> dict[str, str]:
    return request_of(site_id)


@pytest.fixture
def phone(client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch) -> Authenticator:
    """The trader's authenticator, shortly after it was set up."""
    found = enrol(client, signed_in(client))
    stop_clock(monkeypatch, clock.now() + timedelta(minutes=1))
    return found


def links() -> list[SiteLink]:
    with db.transaction() as session:
        return list(session.scalars(select(SiteLink)))


def sessions_at(site_id: str) -> list[UserSession]:
    with db.transaction() as session:
        return list(session.scalars(select(UserSession).where(UserSession.site_id == site_id)))


def test_the_page_names_the_site_and_asks_for_email_and_password(
    client: FlaskClient, asked: dict[str, str]
) -> None:
    page = open_page(client, asked)
    assert page.status_code == 200
    assert "<strong>Blog</strong><span>https://blog.example</span>" in page.text
    assert 'autocomplete="username"' in page.text
    assert 'autocomplete="current-password"' in page.text
    assert "one-time-code" not in page.text


def test_an_account_without_a_second_factor_is_linked_by_its_password_and_not_proved(
    client: FlaskClient, trader: User, site_id: str, asked: dict[str, str]
) -> None:
    answer = answered(sign_in(client, asked))
    assert answer.keys() == {"page", "code", "state"}
    linked = redeem(client, site_id, answer["code"])
    assert linked.status_code == 200
    assert linked.json["expires_in"] == 600
    assert linked.json["user"]["id"] == str(trader.id)
    assert exchange(client, assertion(site_id)).json["user"]["id"] == str(trader.id)
    assert [row.proved_at for row in sessions_at(site_id)] == [None]


def test_the_state_comes_back_untouched_behind_what_the_address_held(
    client: FlaskClient, trader: User, asked: dict[str, str]
) -> None:
    page = sign_in(client, asked)
    assert page.headers["Location"].startswith(f"{BACK}&code=")
    assert answered(page)["state"] == STATE


def test_with_a_second_factor_the_code_is_asked_for_and_the_session_is_proved(
    client: FlaskClient, phone: Authenticator, site_id: str, asked: dict[str, str]
) -> None:
    second = sign_in(client, asked)
    assert (second.status_code, "one-time-code" in second.text) == (200, True)
    assert "Location" not in second.headers
    answer = answered(send(client, asked, step=step_in(second), code=phone.code()))
    linked = redeem(client, site_id, answer["code"])
    assert linked.status_code == 200
    assert [row.proved_at for row in sessions_at(site_id)] == [clock.now()]
    headers = {"Authorization": f"Bearer {linked.json['token']}"}
    assert me(client, headers).json["session"]["proved"] is True


def test_a_backup_code_stands_in_for_the_authenticator(
    client: FlaskClient, phone: Authenticator, site_id: str, asked: dict[str, str]
) -> None:
    step = step_in(sign_in(client, asked))
    answer = answered(send(client, asked, step=step, code=phone.backup_codes[0].lower()))
    assert redeem(client, site_id, answer["code"]).status_code == 200
    again = send(client, asked, step=step_in(sign_in(client, asked)), code=phone.backup_codes[0])
    assert (again.status_code, "wrong, or was used" in again.text) == (422, True)


def test_the_password_alone_never_links_an_account_with_a_second_factor(
    client: FlaskClient, phone: Authenticator, asked: dict[str, str]
) -> None:
    sign_in(client, asked)
    step = step_in(sign_in(client, asked))
    send(client, asked, step=step, code="")
    send(client, asked, step=step, code="000000")
    send(client, asked, step="x", code=phone.code())
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(SiteLinkCode)) == 0


def test_a_form_sent_twice_leads_to_the_same_answer(
    client: FlaskClient, phone: Authenticator, asked: dict[str, str]
) -> None:
    form = {"step": step_in(sign_in(client, asked)), "code": phone.code()}
    first, second = (answered(send(client, asked, **form)) for _ in range(2))
    assert first == second


def test_the_step_between_ends_after_five_minutes_and_with_the_password(
    client: FlaskClient,
    phone: Authenticator,
    asked: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = step_in(sign_in(client, asked))
    later(monkeypatch, timedelta(minutes=5))
    over = send(client, asked, step=step, code=phone.code())
    assert (over.status_code, "start again" in over.text) == (422, True)
    assert "current-password" in over.text
    step = step_in(sign_in(client, asked))
    with db.transaction() as session:
        session.execute(update(User).values(password_hash="another"))
    assert send(client, asked, step=step, code=phone.code()).status_code == 422


def test_a_step_counts_for_its_own_request_only(
    client: FlaskClient, phone: Authenticator, asked: dict[str, str]
) -> None:
    step = step_in(sign_in(client, asked))
    other = asked | {"code_challenge": "x" * 43}
    assert send(client, other, step=step, code=phone.code()).status_code == 422


def test_l8_wrong_passwords_are_counted_with_those_of_the_login(
    client: FlaskClient, trader: User, asked: dict[str, str]
) -> None:
    wrong = [sign_in(client, asked, password=OTHER).status_code for _ in range(5)]
    assert wrong == [422] * 5
    locked = sign_in(client, asked)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert log_in(client).status_code == 429


def test_l13_wrong_codes_are_counted_and_a_right_password_forgives_none(
    client: FlaskClient, phone: Authenticator, asked: dict[str, str]
) -> None:
    step = step_in(sign_in(client, asked))
    codes = [send(client, asked, step=step, code="000000").status_code for _ in range(4)]
    step = step_in(sign_in(client, asked))
    codes.append(send(client, asked, step=step, code="000000").status_code)
    assert codes == [422] * 5
    assert send(client, asked, step=step, code=phone.code()).status_code == 429
    assert log_in(client).status_code == 429


def test_l9_an_unknown_address_is_answered_like_a_wrong_password(
    client: FlaskClient, trader: User, asked: dict[str, str]
) -> None:
    wrong = sign_in(client, asked, password=OTHER)
    unknown = sign_in(client, asked, email="nobody@example.com")
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


def test_no_session_is_opened_by_signing_in_on_the_page(
    client: FlaskClient, trader: User, asked: dict[str, str]
) -> None:
    page = sign_in(client, asked)
    assert "Set-Cookie" not in page.headers
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_cancelling_goes_back_without_a_code(client: FlaskClient, asked: dict[str, str]) -> None:
    answer = answered(send(client, asked, cancel="1"))
    assert answer == {"page": "robots", "error": "access_denied", "state": STATE}


@pytest.mark.parametrize("form", [{}, {"email": "x" * 255}, {"email": "\x00", "password": "x"}])
def test_an_incomplete_form_is_shown_again(
    client: FlaskClient, asked: dict[str, str], form: dict[str, str]
) -> None:
    page = send(client, asked, **form)
    assert (page.status_code, "Enter your email address" in page.text) == (422, True)


def test_linking_is_told_by_mail_and_recorded_once(
    client: FlaskClient, trader: User, site_id: str, asked: dict[str, str]
) -> None:
    codes = [answered(sign_in(client, asked))["code"] for _ in range(2)]
    assert [redeem(client, site_id, code).status_code for code in codes] == [200, 200]
    assert [mail.recipient for mail in mails("site_linked")] == [EMAIL]
    with db.transaction() as session:
        recorded = session.scalars(select(AuditLog).where(AuditLog.action == "site.linked")).all()
    assert [(row.user_id, row.object_id) for row in recorded] == [(trader.id, site_id)]
    assert [(row.user_id, row.subject) for row in links()] == [(trader.id, SUBJECT)]


def test_a_subject_that_stands_for_another_account_stays_with_it(
    client: FlaskClient, trader: User, site_id: str, asked: dict[str, str]
) -> None:
    owner = exchange(client, assertion(site_id)).json["user"]["id"]
    code = answered(sign_in(client, asked))["code"]
    answer = redeem(client, site_id, code)
    assert (answer.status_code, answer.json["error"]) == (409, "already_linked")
    assert [str(row.user_id) for row in links()] == [owner]


def test_a_new_password_ends_codes_that_are_on_their_way(
    app: Flask, client: FlaskClient, trader: User, site_id: str, asked: dict[str, str]
) -> None:
    code = answered(sign_in(client, asked))["code"]
    headers = signed_in(client)
    assert client.post("/api/auth/logout-everywhere", headers=headers).status_code == 200
    assert redeem(client, site_id, code).status_code == 422
