"""From the webhook's arrival to the order stored as filled at the paper broker, at 20 a second."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from sqlalchemy import func, select

from tradingrobotplug import db
from tradingrobotplug.models import Bot, Order, Signal

from ..factories import SECRET, make_bot, make_user
from .figure import Figure, percentile

PER_SECOND, SECONDS, BOTS = 20, 30, 200


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        up = _start(home)
        try:
            addresses = json.loads(up.stdout.readline())
            db.connect(json.loads((home / "runtime.json").read_text())["database_url"])
            bots = _bots()
            _post_at_rate(addresses["api_url"], bots)
            latencies = _latencies(bots)
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(20)
    return [
        Figure("webhook → filled, p50 at 20/s", percentile(latencies, 0.50), "ms"),
        Figure("webhook → filled, p99 at 20/s", percentile(latencies, 0.99), "ms", 150),
        Figure("webhook → filled, orders", len(latencies), "of", PER_SECOND * SECONDS, "over"),
    ]


def _start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tradingrobotplug.cli",
            "up",
            "--home",
            str(home),
            "--port",
            "0",
            "--no-wordpress",
            "--json",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TRP_WEBHOOKS_PER_MINUTE": "100000"},
    )


def _bots() -> list[Bot]:
    owner = make_user("bench@example.com")
    sizing = {"type": "fixed_units", "value": "0.01"}
    return [make_bot(owner, name=f"Bot {n}", position_sizing=sizing) for n in range(BOTS)]


def _post_at_rate(api_url: str, bots: list[Bot]) -> None:
    started = time.monotonic()
    for n in range(PER_SECOND * SECONDS):
        time.sleep(max(0.0, started + n / PER_SECOND - time.monotonic()))
        body = json.dumps({"action": "buy", "symbol": "BTC-USD", "orderId": f"bench-{n}"})
        address = f"{api_url}/webhook/{bots[n % len(bots)].id}/{SECRET}"
        with urllib.request.urlopen(urllib.request.Request(address, body.encode())) as answer:
            answer.read()
    time.sleep(3)


def _latencies(bots: list[Bot]) -> list[float]:
    elapsed = func.extract("epoch", Order.finished_at - Signal.received_at) * 1000
    with db.transaction() as session:
        rows = session.scalars(
            select(elapsed)
            .join(Signal, Signal.id == Order.signal_id)
            .where(Order.bot_id.in_([bot.id for bot in bots]), Order.state == "filled")
        )
        return [float(row) for row in rows]
