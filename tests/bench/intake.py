"""Intake against the floor: durable, verified, limited, numbered, deduplicated accepts."""

import hashlib
import json
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
from typing import Any

from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.embedded import start_postgres, start_redis
from tradingrobotplug.models import Subscription

BOTS = 200
WORKERS, THREADS, CONNECTIONS = 2, 16, 32
ROOT = Path(__file__).parents[2]


def measure(rounds: int = 3, seconds: float = 5) -> dict[str, float]:
    """Alternating runs of floor and product on the same engines: the ratio of accepts per second
    (median of the rounds), and the answer times at 100 alerts a second."""
    with _engines() as environ:
        targets = _bots(environ["DATABASE_URL"])
        with _server("floor", environ) as floor, _server("product", environ) as product:
            for port in (floor, product):
                _load(port=port, targets=targets, connections=CONNECTIONS, seconds=1)
            pairs = [
                [
                    _load(port=port, targets=targets, connections=CONNECTIONS, seconds=seconds)
                    for port in (floor, product)
                ]
                for _ in range(rounds)
            ]
            steady = _load(port=product, targets=targets, connections=32, seconds=15, rate=100)
            steady_floor = _load(port=floor, targets=targets, connections=32, seconds=5, rate=100)
    ours = statistics.median(pair[1]["accepts_per_second"] for pair in pairs)
    bare = statistics.median(pair[0]["accepts_per_second"] for pair in pairs)
    return {
        "intake_accepts_per_second": ours,
        "floor_accepts_per_second": bare,
        "intake_to_floor_ratio": statistics.median(
            pair[1]["accepts_per_second"] / pair[0]["accepts_per_second"] for pair in pairs
        ),
        "intake_flat_out_p99_ms": statistics.median(pair[1]["p99_ms"] for pair in pairs),
        "floor_flat_out_p99_ms": statistics.median(pair[0]["p99_ms"] for pair in pairs),
        "intake_p50_ms_at_100": steady["p50_ms"],
        "intake_p99_ms_at_100": steady["p99_ms"],
        "floor_p99_ms_at_100": steady_floor["p99_ms"],
        "refused": sum(pair[1]["refused"] for pair in pairs) + steady["refused"],
    }


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
    port = _free_port()
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


def _load(**plan: Any) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.load", json.dumps(plan)]
    output = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, text=True).stdout
    result: dict[str, float] = json.loads(output)
    return result


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
