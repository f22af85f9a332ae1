"""An authenticator app: enrols a user over the API and makes codes of a given time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from tradingrobotplug import clock, db
from tradingrobotplug.accounts import authenticator, enrolment
from tradingrobotplug.accounts.second_factor import Client, Code
from tradingrobotplug.models import User

STEP = timedelta(seconds=30)


@dataclass(frozen=True)
class Authenticator:
    """An app that holds a user's secret, and the backup codes beside it."""

    secret: str
    backup_codes: tuple[str, ...] = ()

    def code(self, at: datetime | None = None) -> str:
        """The code shown at this time, or now."""
        return str(pyotp.TOTP(self.secret).at(at or clock.now()))


def begin(client: FlaskClient, headers: dict[str, str]) -> Authenticator:
    """A secret that is not confirmed yet."""
    answer = client.post("/api/auth/2fa/enable", headers=headers)
    assert answer.status_code == 200, answer.json
    return Authenticator(answer.json["secret"])


def confirm(client: FlaskClient, headers: dict[str, str], code: str) -> Any:
    """What the API says to a first code."""
    return client.post("/api/auth/2fa/confirm", json={"totp_code": code}, headers=headers)


def enrol(client: FlaskClient, headers: dict[str, str]) -> Authenticator:
    """The app, set up in this session. The present step's code is used up, as by a person."""
    app = begin(client, headers)
    answer = confirm(client, headers, app.code())
    assert answer.status_code == 200, answer.json
    return Authenticator(app.secret, tuple(answer.json["backup_codes"]))


def begin_for(user: User) -> Authenticator:
    """A secret that is not confirmed yet, as the API would have stored it."""
    secret = authenticator.new_secret()
    factor = enrolment.sealed_for(user.id, secret)
    with db.transaction() as session:
        enrolment.enrol(session, factor, "", clock.now())
    return Authenticator(secret)


def enrol_for(user: User) -> Authenticator:
    """The app, as the API would have stored it, and set up five minutes ago."""
    app, past = begin_for(user), clock.now() - timedelta(minutes=5)
    with db.transaction() as session:
        factor = enrolment.unconfirmed(session, user.id, past)
    confirmation = enrolment.examined(factor, Code(app.code(past)), past)
    assert confirmation is not None
    with db.transaction() as session:
        enrolment.confirm(session, factor, confirmation, Client("", ""), past)
    return Authenticator(app.secret, confirmation.codes.shown)


def stop_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime | None = None) -> datetime:
    """The time stands still, in the middle of a step unless it is said when."""
    read = moment or _middle_of_step(clock.now())
    for module in ("tradingrobotplug.clock.now", "tradingrobotplug.web.auth.read_clock"):
        monkeypatch.setattr(module, lambda: read)
    return read


def _middle_of_step(moment: datetime) -> datetime:
    begun = int(moment.timestamp()) // 30 * 30
    return datetime.fromtimestamp(begun + 15, moment.tzinfo)
