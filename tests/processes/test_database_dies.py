"""PostgreSQL is killed while alerts come in, and the supervisor starts it again."""

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from .system import System, ask, until

pytestmark = pytest.mark.slow

ALERTS = 60
PAUSE_SECONDS = 0.05
ANSWER_BAR_SECONDS = 0.5


class Sender:
    """Sends numbered alerts, one after the other, as a web host would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.slowest = 0.0

    def send(self, number: int) -> str:
        """The signal's id. An answer other than 200 raises."""
        alert = {"action": "buy", "symbol": "BTC-USD", "quantity": 0.001, "orderId": str(number)}
        started = time.perf_counter()
        request = urllib.request.Request(self.url, json.dumps(alert).encode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            signal_id = str(json.load(answer)["signal_id"])
        self.slowest = max(self.slowest, time.perf_counter() - started)
        time.sleep(PAUSE_SECONDS)
        return signal_id


def test_alerts_sent_while_the_database_dies_all_trade_in_their_order(tmp_path: Path) -> None:
    system = System(tmp_path / "home", TRP_WEBHOOKS_PER_MINUTE="600").start()
    ready = system.ready()
    demo = ready["demo"]
    sender = Sender(demo["webhook_url"])
    accepted = [sender.send(number) for number in range(10)]
    system.kill_database()
    accepted += [sender.send(number) for number in range(10, ALERTS)]
    bot = f"{ready['api_url']}/api/bots/{demo['bot_id']}"

    def read(what: str) -> list[dict[str, Any]]:
        page: dict[str, Any] = ask(f"{bot}/{what}?limit=100", demo["access_token"])
        return list(reversed(page[what]))

    assert until(lambda: "PostgreSQL runs again" in system.errors.read_text(), 30)
    has_ended = until(lambda: [s["status"] for s in read("signals")] == ["done"] * ALERTS, 30)
    signals, trades = read("signals"), read("trades")
    system.stop()
    assert has_ended
    assert [signal["id"] for signal in signals] == accepted
    assert [trade["signal_id"] for trade in trades] == accepted
    assert {trade["state"] for trade in trades} == {"filled"}
    assert sender.slowest <= ANSWER_BAR_SECONDS
