import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from .system import System, until

pytestmark = pytest.mark.slow

LASTING = ("email", "password", "user_id", "bot_id", "webhook_url")


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
    mode = (system.home / "demo.json").stat().st_mode & 0o777
    system.stop()
    assert [demo[name] for name in LASTING] == [first[name] for name in LASTING]
    assert (accepted["received"], was_filled, mode) == (True, True, 0o600)
    assert demo["totp_secret"] is None
