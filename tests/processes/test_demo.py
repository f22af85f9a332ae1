import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from .system import System, run, until

pytestmark = pytest.mark.slow

LASTING = ("email", "password", "totp_secret", "user_id", "bot_id", "webhook_url")


def ask(url: str, token: str | None = None, body: dict[str, Any] | None = None) -> Any:
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.load(answer)


def test_the_demo_outlives_a_restart_and_its_alert_becomes_a_trade(tmp_path: Path) -> None:
    system = System(tmp_path / "home").start()
    first = system.ready()["demo"]
    system.stop()
    again = system.start().ready()
    demo = again["demo"]
    alert = {"symbol": "BTCUSD", "action": "buy", "quantity": 0.01}
    accepted = ask(demo["webhook_url"], body=alert)
    trades = f"{again['api_url']}/api/bots/{demo['bot_id']}/trades"

    def states() -> list[str]:
        return [trade["state"] for trade in ask(trades, demo["access_token"])["trades"]]

    was_filled = until(lambda: states() == ["filled"], 10)
    code = run("demo", "code", "--home", str(system.home)).stdout.strip()
    login = {"email": demo["email"], "password": demo["password"], "totp_code": code}
    by_hand = ask(f"{again['api_url']}/api/auth/login", body=login)
    session = ask(f"{again['api_url']}/api/users/me", by_hand["token"])["session"]
    mode = (system.home / "demo.json").stat().st_mode & 0o777
    system.stop()
    assert [demo[name] for name in LASTING] == [first[name] for name in LASTING]
    assert (accepted["received"], was_filled, mode) == (True, True, 0o600)
    assert (len(code), session["proved"]) == (6, True)


def test_a_start_long_after_the_last_signs_in_with_a_code(tmp_path: Path) -> None:
    system = System(tmp_path / "home").start()
    first = system.ready()["demo"]
    system.stop()
    notes = system.home / "demo.json"
    kept = json.loads(notes.read_text())
    notes.write_text(json.dumps(kept | {"refresh_token": "forgotten"}))
    again = system.start().ready()
    session = ask(f"{again['api_url']}/api/users/me", again["demo"]["access_token"])["session"]
    system.stop()
    assert [again["demo"][name] for name in LASTING] == [first[name] for name in LASTING]
    assert session["proved"] is True


def test_without_a_demo_there_is_no_code(tmp_path: Path) -> None:
    done = run("demo", "code", "--home", str(tmp_path))
    assert (done.returncode, "There is no demo user" in done.stderr) == (1, True)
