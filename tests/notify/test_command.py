"""`trp mail`: the mailbox of who has no mail server."""

from pathlib import Path

import pytest

from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.cli import main
from tradingrobotplug.config import Settings
from tradingrobotplug.notify import outbox, post
from tradingrobotplug.notify.letter import Letter

LETTER = Letter("verify", "Confirm", ("Please.",), "Yes", "https://x.example/?token=abc")


@pytest.fixture(autouse=True)
def _mailbox(
    settings: Settings, clean: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("TRP_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    post.connect(settings)
    with db.transaction() as session:
        outbox.put(session, LETTER, "one@example.com", clock.now())
        outbox.put(session, LETTER, "two@example.com", clock.now())


def test_the_mailbox_lists_the_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[4:] for line in lines] == [
        ["two@example.com", "Confirm"],
        ["one@example.com", "Confirm"],
    ]


def test_the_mailbox_of_one_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "--to", "One@example.com"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert "one@example.com" in line


def test_a_mail_is_shown_with_its_link(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "--show", str(mails()[0].id)]) == 0
    shown = capsys.readouterr().out
    assert "To: one@example.com" in shown
    assert "https://x.example/?token=abc" in shown


@pytest.mark.parametrize("name", ["7", "00000000-0000-0000-0000-000000000000"])
def test_a_mail_that_is_not_there_is_said_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "--show", name]) == 1
    assert "`trp mail` lists them" in capsys.readouterr().err
