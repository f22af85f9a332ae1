"""From the webhook's arrival to the order stored as filled at the paper broker, at 20 a second.

Everything that `trp up` starts runs, but for WordPress; the load generator is the only addition.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from tests.factories import SECRET, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.cli import ports
from tradingrobotplug.models import Bot, Order, Signal, Subscription

from .figure import Figure, percentile
from .load import ROOT, load

PER_SECOND, SECONDS, BOTS = 20, 30, 200
_SETTLE_SECONDS = 20


def run() -> list[Figure]:
    """Percentiles of the time between the alert's arrival and the filled order's commit, as the
    rows tell it."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with product(home) as port:
            noted = json.loads((home / "runtime.json").read_text())
            db.connect(noted["DATABASE_URL"])
            bots = _bots()
            targets = [f"/webhook/{bot.id}/{SECRET}" for bot in bots]
            plan = {"port": port, "targets": targets, "connections": 8, "rate": PER_SECOND}
            load(**plan, seconds=3)  # connections are made and plans prepared
            since = clock.now()
            answers = load(**plan, seconds=SECONDS)
            latencies = _latencies(bots, since)
            db.dispose()
    return [
        Figure("webhook → filled at 20/s, p50", percentile(latencies, 0.50), "ms"),
        Figure("webhook → filled at 20/s, p99", percentile(latencies, 0.99), "ms", 150),
        Figure("webhook → filled at 20/s, slowest", max(latencies), "ms"),
        Figure("webhook → filled, orders", len(latencies), "orders", PER_SECOND * SECONDS, "over"),
        Figure("webhook at 20/s, answer p99", answers["p99_ms"], "ms", 50),
    ]


@contextmanager
def product(home: Path) -> Iterator[int]:
    """`trp up` without WordPress on this folder; the API's port."""
    port = ports.free()
    words = ["up", "--home", str(home), "--port", str(port), "--no-wordpress", "--json"]
    path = f"{ROOT / 'backend'}:{os.environ.get('PYTHONPATH', '')}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tradingrobotplug.cli", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TRP_WEBHOOKS_PER_MINUTE": "1000000", "PYTHONPATH": path},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "trp up did not start; its lines are above"
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _bots() -> list[Bot]:
    owner = make_user("bench@example.com")
    plan = Subscription(
        user_id=owner.id, plan_id="premium", status="active", updated_at=clock.now()
    )
    with db.transaction() as session:
        session.add(plan)
    return [make_bot(owner, name=f"Bot {n}") for n in range(BOTS)]


def _latencies(bots: list[Bot], since: object) -> list[float]:
    """Milliseconds per filled order, once the last one has come to its end."""
    elapsed = func.extract("epoch", Order.finished_at - Signal.received_at) * 1000
    filled = (
        select(elapsed)
        .join(Signal, Signal.id == Order.signal_id)
        .where(Order.bot_id.in_([bot.id for bot in bots]), Order.state == "filled")
        .where(Signal.received_at >= since)
    )
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        with db.transaction() as session:
            rows = [float(row) for row in session.scalars(filled)]
        if len(rows) >= PER_SECOND * SECONDS or time.monotonic() > deadline:
            return rows
        time.sleep(0.5)
