"""Which engines and processes `trp up` runs, and what each is started with."""

import argparse
import hmac
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from redis import RedisError

from .. import queues
from ..beats import last_beats
from ..config import Settings
from ..embedded import Engine, start_postgres, start_redis
from . import ports
from .supervisor import Process, Service, child

# A worker carries out the signals of several bots at a time, and takes up to a processor for it.
SIGNAL_WORKERS = os.cpu_count() or 1


@dataclass(slots=True)
class Engines:
    """The engines to run here, and the addresses that everything will use."""

    database_url: str
    redis_url: str
    services: list[Service]


def engines(settings: Settings) -> Engines:
    """PostgreSQL and Redis, as far as the settings name none. Starts them."""
    found = Engines(settings.database_url, settings.redis_url, [])
    if not found.database_url:
        database = start_postgres(settings.home)
        found.database_url = database.url
        found.services.append(_engine(database, start_postgres, settings.home))
    if not found.redis_url:
        redis = start_redis(settings.home)
        found.redis_url = redis.url
        found.services.append(_engine(redis, start_redis, settings.home))
    return found


def environment(settings: Settings, given: argparse.Namespace) -> dict[str, str]:
    """What every process is started with on top of our own environment."""
    found = {
        "TRP_HOME": str(settings.home),
        "TRP_MODE": settings.mode,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRP_PUBLIC_URL": os.environ.get("TRP_PUBLIC_URL") or f"http://127.0.0.1:{given.port}",
        "TRP_STREAM_URL": os.environ.get("TRP_STREAM_URL")
        or f"ws://127.0.0.1:{given.stream_port}/stream",
    }
    address = f"http://127.0.0.1:{ports.free()}"
    if sells_in_test_mode(settings):
        found |= {
            "TRP_STRIPE_API_BASE": f"{address}/stripe",
            "TRP_STRIPE_SECRET_KEY": f"sk_test_{_lasting(settings, 'stripe key')}",
            "TRP_STRIPE_WEBHOOK_SECRET": f"whsec_{_lasting(settings, 'stripe webhook')}",
        }
    if settings.mode == "embedded" and not (settings.sales_email or settings.smtp_url):
        found["TRP_SALES_EMAIL"] = "sales@localhost"  # mails stay here, and can be read
    if needs_sandbox(settings):
        found |= {
            "TRP_ALPACA_DATA_URL": address,
            "TRP_ALPACA_TRADING_URL": address,
            "TRP_ALPACA_PAPER_URL": address,
            "TRP_ALPACA_LIVE_URL": f"{address}/live",
            "TRP_COINBASE_URL": address,
            "TRP_COINBASE_STREAM_URL": f"ws{address.removeprefix('http')}/coinbase/stream",
            "TRP_ALPACA_DATA_KEY": _lasting(settings, "key"),
            "TRP_ALPACA_DATA_SECRET": _lasting(settings, "secret"),
        }
    return found


def needs_sandbox(settings: Settings) -> bool:
    """Whether market data is simulated: in the embedded mode, until a key for real data is set."""
    return settings.mode == "embedded" and not settings.alpaca_data_key


def sells_in_test_mode(settings: Settings) -> bool:
    """Whether Stripe is simulated: in the embedded mode, until a key for a real account is set."""
    return settings.mode == "embedded" and not settings.stripe_secret_key


def _lasting(settings: Settings, name: str) -> str:
    """The sandbox's credentials are those of a folder: an account that keeps them keeps working."""
    words = f"sandbox {name}".encode()
    return hmac.new(settings.jwt_secret.encode(), words, "sha256").hexdigest()[:32]


def processes(
    settings: Settings, environment: dict[str, str], given: argparse.Namespace
) -> list[Service]:
    """The product's processes in the order of their starts."""
    queues.connect(settings.redis_url)
    start = partial(_service, {**os.environ, **environment}, settings.home / "logs")
    found = [
        start("api", ["api", "--port", str(given.port)], _healthy(given.port)),
        *(
            start(name, ["worker", "signals", "--name", name], _beats(name))
            for name in (f"signals-{n}" for n in range(1, SIGNAL_WORKERS + 1))
        ),
        start("general", ["worker", "general", "--name", "general"], _beats("general")),
        start("exports", ["worker", "exports", "--name", "exports"], _beats("exports")),
        start("sweeper", ["sweeper"], _beats("sweeper")),
        start("listener", ["listen", "--name", "listener"], _beats("listener")),
        start("scheduler", ["scheduler"], _beats("scheduler")),
        start(
            "stream",
            ["stream", "--port", str(given.stream_port)],
            _healthy(given.stream_port),
        ),
    ]
    if needs_sandbox(settings) or sells_in_test_mode(settings):
        found.insert(0, _sandbox(settings, environment, given.port))
    return found


def _sandbox(settings: Settings, environment: dict[str, str], api_port: int) -> Service:
    """The simulated venues, and the simulated Stripe, which tells the API what happens there."""
    told = environment.get("TRP_ALPACA_DATA_URL") or environment["TRP_STRIPE_API_BASE"]
    port = urlsplit(told).port
    variables = {
        **os.environ,
        "SANDBOX_KEY": _lasting(settings, "key"),
        "SANDBOX_SECRET": _lasting(settings, "secret"),
    }
    if sells_in_test_mode(settings):
        variables |= {
            "SANDBOX_STRIPE_KEY": environment["TRP_STRIPE_SECRET_KEY"],
            "SANDBOX_STRIPE_WEBHOOK_URL": f"http://127.0.0.1:{api_port}/webhook/stripe",
            "SANDBOX_STRIPE_WEBHOOK_SECRET": environment["TRP_STRIPE_WEBHOOK_SECRET"],
            "SANDBOX_STRIPE_STATE": str(settings.home / "stripe.json"),
            "SANDBOX_STRIPE_ADDRESS": f"http://127.0.0.1:{port}",
        }
    words = ["sandbox", "--port", str(port)]
    is_up = _http(f"http://127.0.0.1:{port}/health")
    return _service(variables, settings.home / "logs", "sandbox", words, is_up)


def _service(
    environment: dict[str, str],
    logs: Path,
    name: str,
    words: list[str],
    answers: Callable[[Process], bool],
) -> Service:
    log = logs / f"{name}.log"
    command = [sys.executable, "-m", "tradingrobotplug.cli", *words]
    return Service(name, lambda: child(command, environment, log), answers, log=log)


def _engine(engine: Engine, start: Callable[[Path], Engine], home: Path) -> Service:
    """The engine that runs already is what the first launch hands over."""
    waiting = [engine.process]

    def launch() -> Process:
        return waiting.pop() if waiting else start(home).process

    return Service(
        engine.name,
        launch,
        lambda _: True,
        is_engine=True,
        stop_signal=engine.stop_signal,
        log=home / f"{engine.name.lower().replace('sql', '')}.log",
    )


def _healthy(port: int) -> Callable[[Process], bool]:
    return _http(f"http://127.0.0.1:{port}/health")


def _http(url: str) -> Callable[[Process], bool]:
    def answers(_: Process) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=1) as response:  # nosec B310  # our own
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return answers


def _beats(name: str) -> Callable[[Process], bool]:
    def answers(process: Process) -> bool:
        try:
            return last_beats().get(name) == process.pid
        except RedisError:
            return False

    return answers
