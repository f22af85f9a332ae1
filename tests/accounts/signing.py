"""A user with a password, and what its clients send."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import passwords
from tradingrobotplug.models import User, UserSession

PASSWORD = "purple lamp otter 91"
OTHER = "seven quiet harbours"
EMAIL = "trader@example.com"
NEW = {"password": OTHER, "confirm_password": OTHER}


def make_trader(email: str = EMAIL, **columns: Any) -> User:
    return make_user(email, password_hash=passwords.hashed(PASSWORD), **columns)


def log_in(client: FlaskClient, password: str = PASSWORD, email: str = EMAIL) -> Any:
    return client.post("/api/auth/login", json={"email": email, "password": password})


def bearer(answer: Any) -> dict[str, str]:
    """Headers of the session just opened, as if the second factor had been given in it."""
    prove()
    return {"Authorization": f"Bearer {answer.json['token']}"}


def prove() -> None:
    """As if every session had just been given the second factor."""
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=clock.now()))


def signed_in(client: FlaskClient, **given: str) -> dict[str, str]:
    answer = log_in(client, **given)
    assert answer.status_code == 200
    return bearer(answer)


def me(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.get("/api/users/me", headers=headers)


def later(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> None:
    moment = clock.now() + wait
    for module in ("tradingrobotplug.clock.now", "tradingrobotplug.web.auth.read_clock"):
        monkeypatch.setattr(module, lambda: moment)
