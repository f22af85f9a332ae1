"""Intake against the floor: durable, verified, limited, numbered, deduplicated accepts."""

import hashlib
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.cli import ports
from tradingrobotplug.embedded import start_postgres, start_redis
from tradingrobotplug.models import Subscription

from .figure import Figure
from .load import load

BOTS = 200
WORKERS, THREADS, CONNECTIONS = 1, 32, 32
ROOT = Path(__file__).parents[2]


def run() -> list[Figure]:
    """Alternating rounds of floor and product on the same engines, flat out; then the answer times
    at 100 alerts a second. The ratio is the median of the rounds' own ratios."""
    with _engines() as environ:
        targets = _bots(environ["DATABASE_URL"])
        with _server("floor", environ) as floor, _server("product", environ) as product:
            for port in (floor, product):  # fresh files, fresh caches: not what is measured
                _flat_out(port, targets)
            rounds = [(_flat_out(floor, targets), _flat_out(product, targets)) for _ in range(5)]
            steady = [_steady(port, targets) for port in (floor, product)]
    ratio = statistics.median(
        ours["accepts_per_second"] / bare["accepts_per_second"] for bare, ours in rounds
    )
    refused = sum(ours["refused"] for _, ours in rounds) + steady[1]["refused"]
    return [
        Figure("intake ÷ floor, accepts per second", ratio, "times", 1.0, "over"),
        Figure("intake, flat out", _median(rounds, 1, "accepts_per_second"), "per s"),
        Figure("floor, flat out", _median(rounds, 0, "accepts_per_second"), "per s"),
        Figure("intake, flat out, p99", _median(rounds, 1, "p99_ms"), "ms"),
        Figure("floor, flat out, p99", _median(rounds, 0, "p99_ms"), "ms"),
        Figure("intake at 100/s, p50", steady[1]["p50_ms"], "ms"),
        Figure("intake at 100/s, p99", steady[1]["p99_ms"], "ms", 50),
        Figure("floor at 100/s, p99", steady[0]["p99_ms"], "ms"),
        Figure("intake, alerts not accepted", refused, "alerts", 1),
    ]


def _flat_out(port: int, targets: list[str]) -> dict[str, float]:
    return load(port=port, targets=targets, connections=CONNECTIONS, seconds=4)


def _steady(port: int, targets: list[str]) -> dict[str, float]:
    return load(port=port, targets=targets, connections=CONNECTIONS, seconds=15, rate=100)


def _median(rounds: list[tuple[dict[str, float], dict[str, float]]], side: int, name: str) -> float:
    return statistics.median(pair[side][name] for pair in rounds)


@contextmanager
def _engines() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        postgres, redis = start_postgres(home), start_redis(home)
        try:
            yield os.environ | {
                "TRP_HOME": folder,
                "TRP_MODE": "embedded",
                "DATABASE_URL": postgres.url,
                "REDIS_URL": redis.url,
                "TRP_WEBHOOKS_PER_MINUTE": "1000000",
                "PYTHONPATH": f"{ROOT / 'backend'}:{ROOT}",
            }
        finally:
            postgres.stop()
            redis.stop()


def _bots(database_url: str) -> list[str]:
    """The webhook paths of 200 bots, each of a user on the largest plan."""
    db.Base.metadata.create_all(db.connect(database_url))
    with db.transaction() as session:
        session.execute(
            text(
                "CREATE TABLE floor_alerts (id uuid PRIMARY KEY, bot_id uuid, body bytea,"
                " received_at timestamptz)"
            )
        )
    targets = []
    for number in range(BOTS):
        user = make_user(f"trader{number}@example.com")
        with db.transaction() as session:
            session.add(
                Subscription(
                    user_id=user.id, plan_id="premium", status="active", updated_at=clock.now()
                )
            )
        secret = secrets.token_urlsafe(32)
        bot = make_bot(user, secret_hash=hashlib.sha256(secret.encode()).hexdigest())
        targets.append(f"/webhook/{bot.id}/{secret}")
    return targets


@contextmanager
def _server(name: str, environ: dict[str, str]) -> Iterator[int]:
    port = ports.free()
    command = [sys.executable, "-m", "gunicorn", f"tests.bench.{name}:app"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--keep-alive", "30", "--log-level", "error", "--no-control-socket"]
    process = subprocess.Popen(command, env=environ, cwd=ROOT)
    try:
        _await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
