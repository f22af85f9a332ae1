"""`trp stop` and `trp resume` on the database of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import make_bot
from tradingrobotplug import clock, db, queues
from tradingrobotplug.cli import doctor, main, running
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AuditLog, Bot, Halt, Signal, User
from tradingrobotplug.signals import jobs

Output = pytest.CaptureFixture[str]


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
    queues.connect(settings.redis_url)


def in_force() -> list[tuple[object, str, str | None]]:
    """(user, level, reason) of the stops that are not lifted."""
    with db.transaction() as session:
        rows = session.scalars(select(Halt).where(Halt.lifted_at.is_(None)))
        return [(row.user_id, row.level, row.reason) for row in rows]


def status_of(bot: Bot) -> str:
    with db.transaction() as session:
        return session.get_one(Bot, bot.id).status


def bodies() -> list[bytes]:
    with db.transaction() as session:
        return list(session.scalars(select(Signal.body).order_by(Signal.seq)))


def trading() -> tuple[bool, str]:
    """What the doctor says of trading."""
    findings = {one.name: one for one in doctor.examine(running.settings(None))}
    return findings["trading"].is_well, findings["trading"].says


def test_without_more_words_everybody_s_entries_are_stopped(capsys: Output) -> None:
    assert main(["stop", "--reason", "The exchange is down"]) == 0
    assert in_force() == [(None, "entries", "The exchange is down")]
    assert "Stopped every bot of this platform. No new positions" in capsys.readouterr().out
    with db.transaction() as session:
        row = session.scalars(select(AuditLog)).one()
    assert (row.action, row.user_id) == ("trading.stopped", None)
    assert row.details["by"] == "command_line"


def test_closing_everybody_s_positions_is_asked_about_first(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(["stop", "--level", "flatten"]) == 1
    assert ("--yes" in capsys.readouterr().err, in_force()) == (True, [])
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert main(["stop", "--level", "flatten"]) == 0
    assert in_force() == [(None, "flatten", None)]


def test_with_yes_nothing_is_asked(user: User) -> None:
    make_bot(user)
    assert main(["stop", "--level", "flatten", "--yes"]) == 0
    jobs.carry_out_halts()
    assert bodies() == [b"CANCEL", b"FLATTEN"]


def test_one_user_is_stopped_and_goes_on(user: User) -> None:
    assert main(["stop", "--user", "Trader@example.com", "--level", "cancel"]) == 0
    assert in_force() == [(user.id, "cancel", None)]
    assert main(["resume", "--user", user.email]) == 0
    assert in_force() == []


def test_one_bot_is_stopped_and_goes_on(user: User) -> None:
    bot = make_bot(user)
    assert main(["stop", "--bot", str(bot.id), "--level", "flatten"]) == 0
    assert (status_of(bot), bodies(), in_force()) == ("paused", [b"CANCEL", b"FLATTEN"], [])
    assert main(["resume", "--bot", str(bot.id)]) == 0
    assert status_of(bot) == "running"


def test_it_works_while_redis_is_down(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bot(user)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["stop", "--level", "cancel"]) == 0
    jobs.carry_out_halts()
    assert bodies() == [b"CANCEL"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stop", "--user", "nobody@example.com"], "no account with the address"),
        (["stop", "--bot", "1234"], "no bot 1234"),
        (["stop", "--bot", "00000000-0000-4000-8000-000000000000"], "no bot 0000"),
        (["resume"], "Nobody has stopped"),
    ],
)
def test_what_is_not_there_is_said(words: list[str], says: str, capsys: Output) -> None:
    assert main(words) == 1
    assert (says in capsys.readouterr().err, in_force()) == (True, [])


def test_a_lower_level_than_the_one_in_force_is_said_and_changes_nothing(capsys: Output) -> None:
    main(["stop", "--level", "cancel"])
    assert main(["stop"]) == 1
    assert "further: at the level cancel" in capsys.readouterr().err
    assert in_force() == [(None, "cancel", None)]


def test_the_doctor_names_a_stop_and_says_when_bots_have_not_heard_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert trading() == (True, "goes on: no stop of the whole platform is in force")
    main(["stop", "--level", "cancel", "--reason", "Maintenance"])
    is_well, says = trading()
    assert (is_well, "(Maintenance). Level: cancel; `trp resume`" in says) == (True, True)
    moment = clock.now() + doctor._LATE_STOP * 2
    monkeypatch.setattr(clock, "now", lambda: moment)
    is_well, says = trading()
    assert (is_well, "does the sweeper run?" in says) == (False, True)
