"""The product's processes on engines of their own, and the ledger that says what went wrong."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import redis
import requests
from sqlalchemy import select, text

from tests.factories import make_bot, make_user
from tests.faults.venue import Book
from tradingrobotplug import db, queues
from tradingrobotplug.embedded import Engine, start_postgres, start_redis
from tradingrobotplug.models import Bot, Order, Signal

ROOT = Path(__file__).parents[2]
ENDED = ("done", "dead", "refused", "expired", "ignored", "rate_limited")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every accepted alert against the venue's orders."""

    lost: int
    doubled: int
    inverted: int
    slowest_answer_ms: float


@dataclass(slots=True)
class Process:
    """A launched process; `port` of an API."""

    popen: subprocess.Popen[str]
    port: int | None

    def died_at(self, timeout: float = 20) -> float:
        """Wait for its death; when that was."""
        self.popen.wait(timeout)
        return time.time()


@dataclass(slots=True)
class Plant:
    """One bot, one venue, and whatever processes a test starts."""

    home: Path
    postgres: Engine
    redis: Engine
    environ: dict[str, str]
    venue_url: str
    book: Book
    bot: Bot | None = None
    secret: str = ""
    answers: list[float] = field(default_factory=list)
    running: list[Process] = field(default_factory=list)

    def reset(self) -> None:
        """Empty tables, queues, spool and venue; a fresh bot; nothing foreign at work."""
        tables = ", ".join(f'"{t.name}"' for t in db.Base.metadata.sorted_tables)
        with db.transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
            session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        client = redis.Redis.from_url(self.redis.url)
        client.flushall()
        assert client.smembers("rq:workers") == set()
        for file in (self.home / "spool").glob("*.jsonl"):
            file.unlink()
        self.book.clear()
        self.answers.clear()
        self.secret = secrets.token_urlsafe(32)
        hashed = hashlib.sha256(self.secret.encode()).hexdigest()
        self.bot = make_bot(make_user(), secret_hash=hashed)

    def start(self, *roles: str, point: str = "") -> list[Process]:
        """Start these processes side by side and wait until they are ready."""
        started = [
            self._launch("tests.faults.launch", role, self.venue_url, point) for role in roles
        ]
        return [self._await(popen, role) for popen, role in zip(started, roles, strict=True)]

    def launch(self, module: str, *arguments: str) -> Process:
        """Start another module, and wait for its line."""
        return self._await(self._launch(module, *arguments), arguments[0])

    def _launch(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", module, *(a for a in arguments if a)]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdout=subprocess.PIPE, text=True
        )

    def _await(self, popen: subprocess.Popen[str], role: str) -> Process:
        assert popen.stdout is not None
        line = popen.stdout.readline().strip()
        assert line, f"{role} did not start"
        process = Process(popen, int(line) if line.isdigit() else None)
        self.running.append(process)
        return process

    def stop_all(self) -> None:
        """End what this test started."""
        for process in self.running:
            if process.popen.poll() is None:
                process.popen.send_signal(signal.SIGCONT)
                process.popen.kill()
            process.popen.wait()
        self.running.clear()

    def post(self, api: Process, name: str) -> str | None:
        """Send an alert as a web host would; its signal id, None without a 200."""
        assert self.bot is not None
        body = {"action": "buy", "symbol": "BTC-USD", "quantity": "0.001", "orderId": name}
        url = f"http://127.0.0.1:{api.port}/webhook/{self.bot.id}/{self.secret}"
        started = time.perf_counter()
        try:
            answer = requests.post(url, data=json.dumps(body), timeout=3)
        except requests.RequestException:
            return None
        self.answers.append((time.perf_counter() - started) * 1000)
        return str(answer.json()["signal_id"]) if answer.status_code == 200 else None

    def post_three(self, api: Process) -> list[str | None]:
        """Three alerts, one after the other."""
        return [self.post(api, name) for name in ("a", "b", "c")]

    def await_end(self, count: int = 3, timeout: float = 25) -> float:
        """Wait until so many signals have ended; when that was."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                statuses = [row.status for row in self.signals()]
            except Exception:
                statuses = []  # PostgreSQL is away
            if len(statuses) == count and all(status in ENDED for status in statuses):
                return time.time()
            time.sleep(0.02)
        raise AssertionError(
            f"not ended: {[(s.seq, s.status, s.last_error) for s in self.signals()]}"
        )

    def signals(self) -> list[Signal]:
        """The bot's signals in their order."""
        with db.transaction() as session:
            return list(session.scalars(select(Signal).order_by(Signal.seq)))

    def ledger(self, accepted: list[str | None]) -> Ledger:
        """Compare what was answered with 200 with what the venue has."""
        with db.transaction() as session:
            rows = session.execute(
                select(Order.client_order_id, Order.signal_id, Signal.seq)
                .join(Signal, Signal.id == Order.signal_id)
                .order_by(Signal.seq)
            ).all()
        signal_of = {row.client_order_id: str(row.signal_id) for row in rows}
        seq_of = {row.client_order_id: row.seq for row in rows}
        return compare(
            [name for name in accepted if name],
            [signal_of.get(order, order) for order in self.book.orders],
            [seq_of.get(order, 0) for order in self.book.orders],
            max(self.answers, default=0),
        )

    def kill_postgres(self) -> None:
        """kill -9 of the server, as a power cut for it alone."""
        os.killpg(self.postgres.process.pid, signal.SIGKILL)
        self.postgres.process.wait()

    def restart_postgres(self) -> None:
        """Start it again on the same data and address."""
        self.postgres = start_postgres(self.home)

    def kill_redis(self) -> None:
        """kill -9."""
        self.redis.process.kill()
        self.redis.process.wait()

    def restart_redis(self) -> None:
        """Start it again on the same data and address."""
        self.redis = start_redis(self.home)


def compare(
    accepted: list[str], executed: list[str], sequence: list[int], slowest: float
) -> Ledger:
    """`executed` names the alert behind each of the venue's orders, in the venue's order."""
    return Ledger(
        lost=len(set(accepted) - set(executed)),
        doubled=len(executed) - len(set(executed)),
        inverted=sum(later < earlier for earlier, later in pairwise(sequence)),
        slowest_answer_ms=slowest,
    )


def make_plant(home: Path, sandbox_addresses: dict[str, Any], venue: tuple[str, Book]) -> Plant:
    """Engines of their own under `home`, with every table."""
    postgres, redis_engine = start_postgres(home), start_redis(home)
    db.Base.metadata.create_all(db.connect(postgres.url))
    queues.connect(redis_engine.url)
    addresses = {f"TRP_{name.upper()}": value for name, value in sandbox_addresses.items()}
    environ = (
        os.environ
        | addresses
        | {
            "TRP_HOME": str(home),
            "TRP_MODE": "embedded",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis_engine.url,
            "PYTHONPATH": f"{ROOT / 'backend'}:{ROOT}",
        }
    )
    return Plant(home, postgres, redis_engine, environ, venue[0], venue[1])
