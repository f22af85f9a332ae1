"""`trp performance rebuild`: says that nothing differs, or what does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import db
from tradingrobotplug.cli import main
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Bot
from tradingrobotplug.performance import rebuild, service

from .books import Traded, give, refresh, snapshot, trade

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
REBUILD = ["performance", "rebuild"]


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


@pytest.fixture
def bot() -> Bot:
    """With five round trips over five days, capital that came in between, and live trades."""
    made = make_bot(make_user(), plugin_id="demo")
    for day in range(5):
        at = START + timedelta(days=day)
        trade(made, Traded(at, "1", "100", "0.1"), Traded(at + timedelta(hours=1), "-1", "103"))
        give(made, "50", at + timedelta(hours=2))
    refresh(made)
    trade(made, Traded(START, "2", "100"), Traded(START, "-2", "99"), mode="live")
    return made


def change(statement: str) -> None:
    with db.transaction() as session:
        session.execute(text(statement))


def test_identical_rows_are_said_to_be_and_stay(
    bot: Bot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service_rows = snapshot([bot])["equity_samples"]
    monkeypatch.setattr(rebuild, "PIECE", 3)  # the journal in many pieces
    assert main(REBUILD) == 0
    said = capsys.readouterr().out
    assert "identical to those before" in said
    assert "6 round trips counted again from their rows: the same figures." in said
    assert [row for row in snapshot([bot])["equity_samples"] if row["mode"] == "paper"] == (
        service_rows
    )


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE user_performance_metrics SET totals = totals || '{\"wins\": 9}'",
         "user_performance_metrics"),
        ("UPDATE bot_performance SET metrics = '{}'", "bot_performance"),
        ("DELETE FROM round_trip_sums", "round_trip_sums"),
        ("UPDATE performance_cursors SET cash = cash + 1", "performance_cursors"),
        ("UPDATE equity_samples SET growth = 2 WHERE kind = 'fill'", "equity_samples"),
    ],
)  # fmt: skip
def test_rows_that_do_not_follow_from_the_fills_are_named_and_replaced(
    bot: Bot, capsys: pytest.CaptureFixture[str], statement: str, table: str
) -> None:
    main(REBUILD)
    before = snapshot([bot])
    change(statement)
    assert main([*REBUILD, "--user", "trader@example.com"]) == 1
    said = capsys.readouterr().out
    assert f"paper: {table}\n" in said
    assert "did not follow from the fills" in said
    assert snapshot([bot]) == before


def test_a_lost_round_trip_is_noticed(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    change(
        "DELETE FROM round_trips WHERE exit_fill_seq = (SELECT min(exit_fill_seq) FROM round_trips)"
    )
    assert main(REBUILD) == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_a_fill_that_the_journal_lost_is_noticed(
    bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    main(REBUILD)
    second = "SELECT fill_seq FROM equity_samples WHERE fill_seq > 0 ORDER BY 1 OFFSET 1 LIMIT 1"
    change(f"DELETE FROM equity_samples WHERE fill_seq = ({second})")
    capsys.readouterr()
    assert main(REBUILD) == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_an_unknown_user_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*REBUILD, "--user", "nobody@example.com"]) == 1
    assert "no account" in capsys.readouterr().err


def test_flows_come_in_without_a_fill_too(bot: Bot) -> None:
    give(bot, "1000", START + timedelta(days=9))
    with db.transaction() as session:
        assert service.behind(session, "paper") == [bot.id]
    refresh(bot)
    with db.transaction() as session:
        assert service.behind(session, "paper") == []
