"""The product's processes on engines of their own, and the ledger that says what went wrong."""

import contextlib
import hashlib
import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import redis
import requests
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from tests.factories import make_bot, make_user
from tests.faults.launch import Part, launch, wake
from tests.faults.venue import Book
from tradingrobotplug import db, queues
from tradingrobotplug.beats import last_beats
from tradingrobotplug.cli import ports
from tradingrobotplug.embedded import Engine, start_postgres, start_redis
from tradingrobotplug.models import Bot, Order, Signal

ROOT = Path(__file__).parents[2]
ANSWER_BAR_MS = 500
ENDED = ("done", "dead", "refused", "expired", "ignored", "rate_limited")
# Times within which things are put right hold on a quiet machine, and may triple on another.
BUSY = 3


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every accepted alert against the venue's orders."""

    lost: int
    doubled: int
    inverted: int
    slowest_answer_ms: float

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled or out of order, and no sender waited for half a second."""
        wrong = (self.lost, self.doubled, self.inverted)
        return wrong == (0, 0, 0) and self.slowest_answer_ms <= ANSWER_BAR_MS


@dataclass(slots=True)
class Process:
    """A launched process; `port` of an API."""

    running: BaseProcess
    name: str
    role: str
    port: int = 0

    def is_ready(self) -> bool:
        """Whether it answers, or was heard of: as `trp up` finds out."""
        assert self.running.is_alive(), f"{self.name} ended with {self.running.exitcode}"
        if not self.port:
            return last_beats().get(self.name) == self.running.pid
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=1).ok
        except requests.RequestException:
            return False

    def send(self, number: signal.Signals) -> None:
        """A signal to this one process."""
        os.kill(self.running.pid or 0, number)

    def send_group(self, number: signal.Signals) -> None:
        """A signal to it and to what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running.pid or 0, number)

    def ended_with(self, seconds: float) -> int | None:
        """Its exit code, None while it runs on."""
        self.running.join(seconds)
        return self.running.exitcode

    def kill(self) -> None:
        """kill -9 of it and of what it has started."""
        self.send_group(signal.SIGKILL)
        self.running.join()


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
    numbers: Iterator[int] = field(default_factory=count)

    def reset(self) -> None:
        """Empty tables, queues, spool and venue; a fresh bot; nothing foreign at work."""
        tables = ", ".join(f'"{t.name}"' for t in db.Base.metadata.sorted_tables)
        with db.transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
            session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        client = redis.Redis.from_url(self.redis.url)
        assert [name for name in client.smembers("rq:workers") if is_alive(name)] == []
        client.flushall()
        for file in (self.home / "spool").glob("*.jsonl"):
            file.unlink()
        self.book.clear()
        self.answers.clear()
        self.secret = secrets.token_urlsafe(32)
        hashed = hashlib.sha256(self.secret.encode()).hexdigest()
        self.bot = make_bot(make_user(), secret_hash=hashed)

    def start(self, *roles: str, point: str = "") -> list[Process]:
        """Start these processes side by side and wait until they are ready."""
        started = [self.launch(role, point) for role in roles]
        await_that(lambda: all(process.is_ready() for process in started), 60)
        return started

    def launch(self, role: str, point: str = "") -> Process:
        """Start this process, which may die at the point before it is ready."""
        if point:
            self.died.unlink(missing_ok=True)
        self.running.append(self._launched(role, point))
        return self.running[-1]

    def relaunch(self, killed: Process) -> None:
        """Start another process in its place; it is there when it is ready."""
        other = self._launched(killed.role)
        await_that(lambda: not other.port or other.is_ready(), 30)
        self.running[self.running.index(killed)] = other

    def _launched(self, role: str, point: str = "") -> Process:
        name = f"{role}-{next(self.numbers)}"
        port = ports.free() if role.endswith(("api", "sandbox")) else 0
        part = Part(role, name, port, self.venue_url, point, self.died)
        return Process(launch(part, self.environ), name, role, port)

    def lead(self, addresses: dict[str, str], redis_url: str = "") -> None:
        """Processes started from now on find the venues and Redis there, and take every alert."""
        self.environ |= {f"TRP_{name.upper()}": value for name, value in addresses.items()}
        self.environ |= {"REDIS_URL": redis_url or self.redis.url}
        self.environ |= {"TRP_WEBHOOKS_PER_MINUTE": "6000"}

    @property
    def died(self) -> Path:
        """Where a process notes that it has died at its point."""
        return self.home / "died"

    def await_death(self) -> float:
        """Wait until a process has died at its point; when that was."""
        await_that(self.died.exists, 20)
        return float(self.died.read_text())

    def stop_all(self) -> None:
        """End what this test started, and what that has started."""
        for process in self.running:
            process.kill()
        self.running.clear()

    def post(self, api: Process, name: str) -> str | None:
        """Send an alert as a web host would; its signal id, None without a 200."""
        assert self.bot is not None
        symbol = "AAPL" if self.bot.asset_type == "stocks" else "BTC-USD"
        quantity = "1" if self.bot.asset_type == "stocks" else "0.001"
        body = {"action": "buy", "symbol": symbol, "quantity": quantity, "orderId": name}
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

    def await_end(self, number: int = 3, timeout: float = 25) -> float:
        """Wait until so many signals have ended; when that was."""
        await_that(lambda: self._have_ended(number), timeout)
        return max(row.finished_at.timestamp() for row in self.signals() if row.finished_at)

    def _have_ended(self, number: int) -> bool:
        try:
            statuses = [row.status for row in self.signals()]
        except OperationalError:
            return False  # PostgreSQL is away
        return len(statuses) == number and all(status in ENDED for status in statuses)

    def signals(self) -> list[Signal]:
        """The bot's signals in their order."""
        with db.transaction() as session:
            return list(session.scalars(select(Signal).order_by(Signal.seq)))

    def slowest_seconds(self) -> float:
        """The longest way of a signal from its arrival to its end."""
        ways = ((s.finished_at, s.received_at) for s in self.signals() if s.finished_at)
        return max((end - start).total_seconds() for end, start in ways)

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

    def freeze_postgres(self, number: signal.Signals = signal.SIGSTOP) -> None:
        """Every process of the server stands still; with SIGCONT they go on."""
        os.killpg(self.postgres.process.pid, number)

    def restart_postgres(self) -> None:
        """Start it again on the same data and address."""
        self.postgres = start_postgres(self.home)

    def kill_redis(self) -> None:
        """kill -9."""
        self.redis.process.kill()
        self.redis.process.wait()

    def freeze_redis(self, number: signal.Signals = signal.SIGSTOP) -> None:
        """It stands still; with SIGCONT it goes on."""
        self.redis.process.send_signal(number)

    def restart_redis(self) -> None:
        """Start it again on the same data and address."""
        self.redis = start_redis(self.home)


def await_that(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so; AssertionError if it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def is_alive(worker: bytes) -> bool:
    """Whether a worker that Redis has registered runs: its name ends with its process id."""
    return Path("/proc", worker.decode().rpartition(":")[2], "cmdline").exists()


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
    places = {"TRP_HOME": str(home), "DATABASE_URL": postgres.url, "REDIS_URL": redis_engine.url}
    environ = os.environ | addresses | places | {"TRP_MODE": "embedded"}
    wake(f"{ROOT / 'backend'}:{ROOT}")
    return Plant(home, postgres, redis_engine, environ, venue[0], venue[1])
