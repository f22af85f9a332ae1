"""A folder's system ends by Ctrl-C, by a kill of everything and by a kill of its supervisor, and
is started again: what it keeps, and what it leaves behind."""

import json
import socket
from dataclasses import dataclass
from typing import Any

import pytest

from .system import System, ask, run, until

pytestmark = pytest.mark.slow

STOPPED_WITHIN = 20  # seconds, on a machine that does other things besides
LASTING = ("email", "password", "totp_secret", "user_id", "bot_id", "webhook_url")


@dataclass(frozen=True, slots=True)
class Ended:
    """A system that was ended as Ctrl-C does, and what was seen of it."""

    system: System
    demo: dict[str, Any]
    seconds: float
    leftovers: list[int]
    noted: bool


@pytest.fixture(scope="module")
def ended(system: System, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Beside another one that runs."""
    other = System(tmp_path_factory.mktemp("restarts") / "home").start()
    demo = other.ready()["demo"]
    seconds = other.stop()
    return Ended(other, demo, seconds, other.leftovers(), (other.home / "runtime.json").exists())


@pytest.fixture(scope="module")
def again(ended: Ended) -> dict[str, Any]:
    """What it says when it is started again."""
    return ended.system.start().ready()


@pytest.fixture(scope="module")
def after_a_kill(ended: Ended, again: dict[str, Any]) -> dict[str, Any]:
    """What it says after a kill of everything, long after the demo's session has ended."""
    ended.system.kill_all()
    notes = ended.system.home / "demo.json"
    kept = json.loads(notes.read_text())
    notes.write_text(json.dumps(kept | {"refresh_token": "forgotten"}))
    return ended.system.start().ready()


def test_it_ends_by_ctrl_c_and_leaves_nothing_behind(ended: Ended) -> None:
    assert ended.seconds < STOPPED_WITHIN
    assert (ended.system.process.returncode, ended.leftovers, ended.noted) == (0, [], False)


def test_two_folders_run_side_by_side(system: System, ended: Ended) -> None:
    assert run("doctor", "--home", str(system.home)).returncode == 0


def test_the_demo_outlives_a_restart_and_its_alert_becomes_a_trade(
    ended: Ended, again: dict[str, Any]
) -> None:
    demo = again["demo"]
    alert = {"symbol": "BTCUSD", "action": "buy", "quantity": 0.01}
    accepted = ask(demo["webhook_url"], body=alert)
    trades = f"{again['api_url']}/api/bots/{demo['bot_id']}/trades"

    def states() -> list[str]:
        return [trade["state"] for trade in ask(trades, demo["access_token"])["trades"]]

    was_filled = until(lambda: states() == ["filled"], 10)
    code = run("demo", "code", "--home", str(ended.system.home)).stdout.strip()
    login = {"email": demo["email"], "password": demo["password"], "totp_code": code}
    by_hand = ask(f"{again['api_url']}/api/auth/login", body=login)
    session = ask(f"{again['api_url']}/api/users/me", by_hand["token"])["session"]
    mode = (ended.system.home / "demo.json").stat().st_mode & 0o777
    assert [demo[name] for name in LASTING] == [ended.demo[name] for name in LASTING]
    assert (accepted["received"], was_filled, mode) == (True, True, 0o600)
    assert (len(code), session["proved"]) == (6, True)


def test_a_start_after_a_kill_of_everything_signs_in_with_a_code(
    ended: Ended, after_a_kill: dict[str, Any]
) -> None:
    demo, api_url = after_a_kill["demo"], after_a_kill["api_url"]
    session = ask(f"{api_url}/api/users/me", demo["access_token"])["session"]
    assert api_url == f"http://127.0.0.1:{ended.system.port}"
    assert [demo[name] for name in LASTING] == [ended.demo[name] for name in LASTING]
    assert session["proved"] is True


@pytest.mark.usefixtures("after_a_kill")
def test_nothing_outlives_a_killed_supervisor(ended: Ended) -> None:
    killed = ended.system
    killed.process.kill()
    killed.process.wait()
    assert until(lambda: killed.leftovers() == [], 10)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", killed.port))
