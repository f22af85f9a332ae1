import socket
from pathlib import Path

import pytest

from tradingrobotplug.cli import main, ports, supervisor
from tradingrobotplug.config import Settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("TRP_HOME", str(tmp_path))


@pytest.mark.parametrize(
    "words",
    [["api"], ["worker", "signals"], ["sweeper"], ["listen"], ["scheduler"], ["migrate"]],
    ids=str,
)
def test_a_command_without_engines_says_what_to_start(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    assert "start `trp up` there, or set DATABASE_URL and REDIS_URL" in capsys.readouterr().err


def test_the_doctor_says_that_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 1
    assert "TROUBLE  settings: Nothing runs in" in capsys.readouterr().out


def test_an_unknown_setting_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRP_COLOUR", "blue")
    assert main(["up"]) == 1
    assert "TRP_COLOUR: no such setting" in capsys.readouterr().err


def test_the_doctor_names_what_does_not_answer(
    settings: Settings,
    schema: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRP_MODE", "embedded")
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    address = f"http://127.0.0.1:{ports.free()}"
    for name in ("PUBLIC", "ALPACA_DATA", "ALPACA_TRADING", "COINBASE"):
        monkeypatch.setenv(f"TRP_{name}_URL", address)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "TROUBLE  database: does not answer" in said
    assert "ok       Redis: answers, noeviction" in said
    assert f"TROUBLE  API: {address}/health can't be reached" in said


def test_a_taken_port_is_named_with_the_option_to_change() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(supervisor.Problem, match=rf"Port {port} .*--port"):
            ports.refuse_taken(port, "--port")


def test_the_sandbox_says_which_credentials_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SANDBOX_KEY", raising=False)
    assert main(["sandbox"]) == 1
    assert "SANDBOX_KEY" in capsys.readouterr().err
