"""Setting an authenticator up, stepping up with it, losing it, taking it away, through HTTP."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import headers_for, make_user
from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import backup_codes
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AuditLog, BackupCode, SecondFactor, Site, User, UserSession
from tradingrobotplug.vault import keyring

from .authenticator import STEP, Authenticator, begin, confirm, enrol, enrol_for, stop_clock
from .signing import EMAIL, OTHER, PASSWORD, make_trader, me

PASS = {"password": PASSWORD}


@pytest.fixture
def trader(app: Flask) -> User:
    return make_trader()


@pytest.fixture
def phone(trader: User) -> Authenticator:
    """Set up five minutes ago, so that the present code is free."""
    return enrol_for(trader)


def log_in(client: FlaskClient, **code: str) -> Any:
    return client.post("/api/auth/login", json={"email": EMAIL} | PASS | code)


def unproved(client: FlaskClient, **code: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {log_in(client, **code).json['token']}"}


def post(client: FlaskClient, path: str, headers: dict[str, str], **body: str) -> Any:
    return client.post(f"/api/auth/{path}", json=body or None, headers=headers)


def step_up(client: FlaskClient, headers: dict[str, str], **given: str) -> Any:
    return post(client, "step-up", headers, **given)


def set_sessions(**columns: Any) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(columns))


def through_a_site() -> None:
    """As if a connected site kept every session."""
    site = Site(
        id=db.new_id(),
        name="Blog",
        url="https://blog.example",
        public_key="k" * 43,
        scopes=[],
        created_at=clock.now(),
    )
    with db.transaction() as session:
        session.add(site)
    set_sessions(site_id=site.id)


def kept() -> SecondFactor:
    with db.transaction() as session:
        return session.scalars(select(SecondFactor)).one()


def actions() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog.action).order_by(AuditLog.seq)))


def test_an_app_is_set_up_and_the_session_is_proved(client: FlaskClient, trader: User) -> None:
    headers = unproved(client)
    assert client.get("/api/bots", headers=headers).status_code == 403
    answer = post(client, "2fa/enable", headers).json
    assert base64.b64decode(answer["qr_code"]).startswith(b"\x89PNG")
    read = pyotp.parse_uri(answer["otpauth_url"])
    assert (read.secret, read.name, read.issuer) == (answer["secret"], EMAIL, "TradingRobotPlug")
    codes = confirm(client, headers, Authenticator(answer["secret"]).code()).json["backup_codes"]
    assert len({code.replace("-", "") for code in codes if len(code) == 14}) == 10
    assert client.get("/api/bots", headers=headers).status_code == 200
    shown = me(client, headers).json
    assert shown["user"]["second_factor"] == {"enrolled": True, "backup_codes_left": 10}
    assert (shown["session"]["proved"], shown["session"]["through_site"]) == (True, False)
    assert [mail.recipient for mail in mails("second_factor_on")] == [EMAIL]
    assert actions()[-2:] == ["2fa.begun", "2fa.enabled"]


def test_neither_the_secret_nor_a_backup_code_is_stored_in_plain(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_codes, "COST", 2**14)
    app = enrol(client, unproved(client))
    row, first = kept(), app.backup_codes[0].replace("-", "")
    assert app.secret.encode() not in row.sealed_secret
    expected = hashlib.scrypt(first.encode(), salt=row.backup_salt or b"", n=2**14, r=8, p=1)
    with db.transaction() as session:
        stored = session.scalars(select(BackupCode.code_hash)).all()
    assert expected.hex()[:64] in stored


def test_asking_again_before_confirming_replaces_the_secret(
    client: FlaskClient, trader: User
) -> None:
    headers = unproved(client)
    first, second = begin(client, headers), begin(client, headers)
    assert confirm(client, headers, first.code()).status_code == 422
    assert confirm(client, headers, second.code()).status_code == 200


def test_what_is_not_begun_or_done_already_is_refused(client: FlaskClient, trader: User) -> None:
    headers = unproved(client)
    assert confirm(client, headers, "000000").json["error"] == "not_begun"
    assert step_up(client, headers, **PASS, totp_code="000000").json["error"] == "not_enrolled"
    app = enrol(client, headers)
    assert confirm(client, headers, app.code()).json["error"] == "already_enrolled"
    assert post(client, "2fa/enable", headers).json["error"] == "already_enrolled"


def test_five_wrong_first_codes_lock_the_confirmation(client: FlaskClient, trader: User) -> None:
    headers = unproved(client)
    app = begin(client, headers)
    tried = [confirm(client, headers, "00000x").status_code for _ in range(6)]
    assert tried == [422] * 5 + [429]
    assert confirm(client, headers, app.code()).status_code == 429
    assert log_in(client).json["user"]["second_factor"]["enrolled"] is False


def test_an_old_session_enrols_nobodys_device(client: FlaskClient, trader: User) -> None:
    headers = unproved(client)
    set_sessions(created_at=clock.now() - timedelta(minutes=11))
    refused = post(client, "2fa/enable", headers)
    assert (refused.status_code, refused.json["error"]) == (403, "sign_in_again")
    through_a_site()
    assert post(client, "2fa/enable", headers).status_code == 200


def test_a_login_asks_for_the_code_and_says_so_only_to_who_has_the_password(
    client: FlaskClient, phone: Authenticator
) -> None:
    asked = log_in(client)
    assert (asked.status_code, asked.json["error"]) == (403, "second_factor_required")
    assert asked.json["details"]["needs"] == ["totp_code"]
    wrong = log_in(client, password=OTHER, totp_code=phone.code())
    assert (wrong.status_code, wrong.json["error"]) == (401, "wrong_credentials")
    assert log_in(client, totp_code=phone.code(), backup_code="X").status_code == 422
    assert log_in(client, totp_code=f" {phone.code()[:3]} {phone.code()[3:]}").status_code == 200


def test_a_session_opened_with_a_code_is_proved_and_stays_so_when_refreshed(
    client: FlaskClient, phone: Authenticator
) -> None:
    opened = log_in(client, totp_code=phone.code()).json
    renewal = {"refresh_token": opened["refresh_token"]}
    token = client.post("/api/auth/refresh", json=renewal).json["token"]
    shown = me(client, {"Authorization": f"Bearer {token}"}).json["session"]
    assert (shown["proved"], shown["policy"]) == (True, "required")
    assert shown["fresh_until"] is not None


def test_a_backup_code_signs_in_once_however_it_is_typed_and_a_mail_says_so(
    client: FlaskClient, phone: Authenticator
) -> None:
    typed = phone.backup_codes[3].lower().replace("-", " ")
    headers = unproved(client, backup_code=typed)
    assert log_in(client, backup_code=typed).status_code == 401
    assert me(client, headers).json["user"]["second_factor"]["backup_codes_left"] == 9
    assert "Codes that are left: 9." in mails("backup_code_used")[0].text
    assert "backup_code.used" in actions()


def test_a_step_up_takes_password_and_code_and_lasts_ten_minutes(
    client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    headers = unproved(client, totp_code=phone.code(now))
    later = stop_clock(monkeypatch, now + timedelta(minutes=11))
    code = phone.code(later)
    assert me(client, headers).json["session"]["fresh_until"] is None
    assert step_up(client, headers, **PASS).status_code == 422
    wrong = step_up(client, headers, password=OTHER, totp_code=code)
    assert (wrong.status_code, wrong.json["error"]) == (403, "wrong_password")
    wrong = step_up(client, headers, **PASS, totp_code="12345")
    assert (wrong.status_code, wrong.json["error"]) == (403, "wrong_code")
    fresh = step_up(client, headers, **PASS, totp_code=code).json["fresh_until"]
    assert fresh == (later + timedelta(minutes=10)).isoformat()
    assert me(client, headers).json["session"]["fresh_until"] == fresh
    assert actions()[-3:] == ["password.refused", "2fa.refused", "step_up"]


def test_a_sites_session_gives_the_code_alone(
    app: Flask, client: FlaskClient, trader: User, phone: Authenticator
) -> None:
    headers = headers_for(app, trader)
    through_a_site()
    set_sessions(proved_at=None)
    assert me(client, headers).json["session"]["needs"] == ["totp_code"]
    assert client.get("/api/bots", headers=headers).status_code == 403
    assert step_up(client, headers, **PASS, totp_code=phone.code()).status_code == 422
    assert step_up(client, headers, totp_code=phone.code()).status_code == 200
    assert client.get("/api/bots", headers=headers).status_code == 200


def test_new_backup_codes_replace_the_old(client: FlaskClient, phone: Authenticator) -> None:
    headers = unproved(client, totp_code=phone.code())
    fresh = post(client, "2fa/backup-codes", headers).json["backup_codes"]
    assert log_in(client, backup_code=phone.backup_codes[0]).status_code == 401
    assert log_in(client, backup_code=fresh[0]).status_code == 200


def test_disabling_ends_the_other_sessions_and_unproves_this_one(
    client: FlaskClient, phone: Authenticator
) -> None:
    other = unproved(client, backup_code=phone.backup_codes[0])
    headers = unproved(client, totp_code=phone.code())
    assert post(client, "2fa/disable", headers).json == {"success": True}
    assert me(client, other).status_code == 401
    shown = me(client, headers).json
    assert (shown["user"]["second_factor"]["enrolled"], shown["session"]["proved"]) == (
        False,
        False,
    )
    assert len(mails("second_factor_off")) == 1
    assert actions()[-1] == "2fa.disabled"
    assert log_in(client).status_code == 200


def test_before_risk_asks_only_before_what_is_risky(settings: Settings, app: Flask) -> None:
    app.config["TRP"] = replace(settings, second_factor="before-risk")
    make_trader()
    client = app.test_client()
    headers = unproved(client)
    assert client.get("/api/bots", headers=headers).status_code == 200
    assert me(client, headers).json["session"]["policy"] == "before-risk"
    refused = post(client, "2fa/backup-codes", headers)
    assert (refused.status_code, refused.json["error"]) == (403, "second_factor_required")
    phone = enrol(client, headers)
    assert log_in(client).json["error"] == "second_factor_required"
    assert post(client, "2fa/backup-codes", headers).status_code == 200
    assert len(phone.backup_codes) == 10


def test_while_the_vault_is_away_backup_codes_still_work(
    settings: Settings, client: FlaskClient, phone: Authenticator
) -> None:
    keyring.connect(replace(settings, mode="production"))
    away = log_in(client, totp_code=phone.code())
    assert (away.status_code, away.json["error"]) == (503, "vault_unavailable")
    assert log_in(client, backup_code=phone.backup_codes[0]).status_code == 200


def test_a_secret_moved_to_another_user_opens_nothing(
    client: FlaskClient, phone: Authenticator
) -> None:
    theirs = enrol_for(make_user("other@example.com"))
    with db.transaction() as session:
        mine, other = session.scalars(select(SecondFactor).order_by(SecondFactor.created_at)).all()
        mine.sealed_secret, mine.wrapped_key = other.sealed_secret, other.wrapped_key
    answer = log_in(client, totp_code=theirs.code())
    assert (answer.status_code, answer.json["error"]) == (503, "second_factor_unreadable")


def test_who_has_an_authenticator_leaves_by_it(
    client: FlaskClient, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    headers = unproved(client, totp_code=phone.code(now))
    stop_clock(monkeypatch, now + timedelta(minutes=11))
    stale = client.delete("/api/users/me", json=PASS, headers=headers)
    assert (stale.status_code, stale.json["error"]) == (403, "step_up_required")
    step_up(client, headers, **PASS, totp_code=phone.code(now + timedelta(minutes=11)))
    assert client.delete("/api/users/me", headers=headers).json["status"] == "leaving"


def test_a_sites_session_without_an_authenticator_leaves_by_a_mailed_link(
    client: FlaskClient, trader: User
) -> None:
    headers = unproved(client)
    through_a_site()
    answer = client.delete("/api/users/me", json=PASS, headers=headers)
    assert answer.json["status"] == "confirmation_mailed"


def test_an_erased_users_factor_goes_with_the_user(trader: User, phone: Authenticator) -> None:
    with db.transaction() as session:
        session.delete(session.get_one(User, trader.id))
    with db.transaction() as session:
        assert session.scalars(select(BackupCode)).all() == []
        assert session.scalars(select(SecondFactor)).all() == []


def test_the_code_of_the_confirmation_does_not_sign_in(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = stop_clock(monkeypatch)
    app = enrol(client, unproved(client))
    assert log_in(client, totp_code=app.code(now)).status_code == 401
    later = stop_clock(monkeypatch, now + STEP)
    assert log_in(client, totp_code=app.code(later)).status_code == 200
