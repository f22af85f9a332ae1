"""`trp user` on the database of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import make_user
from tradingrobotplug import db
from tradingrobotplug.cli import main
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AuditLog, User


@pytest.fixture(autouse=True)
def _environment(
    settings: Settings, clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("TRP_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    yield
    db.connect(settings.database_url)


def role_of(user: User) -> str:
    with db.transaction() as session:
        return session.get_one(User, user.id).role


def test_a_user_becomes_an_administrator_and_that_is_recorded(user: User) -> None:
    assert main(["user", "role", "Trader@example.com", "admin"]) == 0
    assert role_of(user) == "admin"
    with db.transaction() as session:
        row = session.scalars(select(AuditLog)).one()
    assert (row.action, row.user_id) == ("account.role_changed", user.id)
    assert row.details == {"before": "user", "after": "admin"}


def test_the_last_administrator_keeps_the_role(capsys: pytest.CaptureFixture[str]) -> None:
    chief = make_user("chief@example.com", role="admin")
    assert main(["user", "role", chief.email, "user"]) == 1
    assert "last administrator" in capsys.readouterr().err
    make_user("deputy@example.com", role="admin")
    assert main(["user", "role", chief.email, "user"]) == 0
    assert role_of(chief) == "user"


def test_a_user_is_shown(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "show", "trader@example.com"]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert (lines["id"], lines["plan"], lines["suspended_at"]) == (str(user.id), "free", "-")


@pytest.mark.parametrize("words", [["show", "x@example.com"], ["role", "x@example.com", "admin"]])
def test_who_is_not_there_is_said_so(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", *words]) == 1
    assert "no account with the address x@example.com" in capsys.readouterr().err
