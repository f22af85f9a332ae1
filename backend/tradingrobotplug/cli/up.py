"""`trp up`: everything on this machine, until Ctrl-C."""

import argparse
import fcntl
import json
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from .. import config, db, migrations
from ..config import Settings
from . import billing, demo, demo_file, fleet, ports, running, wordpress
from .problem import Problem
from .supervisor import Supervisor

_STREAM_PORT = 8002


class _Stopped(BaseException):
    """A signal asked for the end; not an error, and nothing on the way may catch it."""


def run(given: argparse.Namespace) -> int:
    """Start everything, print what was started, and watch over it until a signal."""
    _say.stream = sys.stderr if given.json else sys.stdout
    settings = config.load(running.environment_of(given.home))
    wants_wordpress = _wants_wordpress(given)
    settings.home.mkdir(parents=True, exist_ok=True)
    with _alone(settings.home), _signals():
        ports.refuse_taken(given.port, "--port")
        if wants_wordpress:
            ports.refuse_taken(given.wordpress_port, "--wordpress-port")
        if given.stream_port is None:
            given.stream_port = ports.free_from(_STREAM_PORT)
        ports.refuse_taken(given.stream_port, "--stream-port")
        supervisor = Supervisor(_say)
        try:
            _start(supervisor, settings, given, wants_wordpress)
            while True:
                supervisor.watch()
                time.sleep(0.2)
        except _Stopped:
            _say("Stopping …")
        finally:
            _ignore_signals()
            supervisor.stop()
            running.forget(settings.home)
    return 0


def _start(
    supervisor: Supervisor, settings: Settings, given: argparse.Namespace, wants_wordpress: bool
) -> None:
    engines = fleet.engines(settings)
    supervisor.start(engines.services)
    settings = running.with_engines(settings, engines.database_url, engines.redis_url)
    environment = fleet.environment(settings, given)
    migrations.upgrade(settings.database_url)
    running.write(settings.home, environment)
    supervisor.start(fleet.processes(settings, environment, given))
    db.connect(settings.database_url, pool_size=2)
    if fleet.sells_in_test_mode(settings):
        billing.open_shop(config.load({**running.environment_of(given.home), **environment}))
    api_url = f"http://127.0.0.1:{given.port}"
    account = None if given.no_demo else demo.prepare(settings.home, api_url)
    site_url = f"http://127.0.0.1:{given.wordpress_port}" if wants_wordpress else None
    if site_url:
        site = wordpress.Site(given.wordpress_port, settings.home, api_url, account)
        service = wordpress.service(site)
        supervisor.start([service])
        site_url = site_url if service.is_ready else None
    summary = _summary(api_url, site_url, account)
    summary |= {"stream_url": environment["TRP_STREAM_URL"], "alpaca_keys": _keys(environment)}
    summary |= {"stripe": _stripe(environment)}
    _announce(given, summary)


def _keys(environment: dict[str, str]) -> dict[str, str] | None:
    """Of a paper account at the simulated Alpaca, where it is what trades are made at."""
    if "TRP_ALPACA_DATA_KEY" not in environment or "TRP_ALPACA_PAPER_URL" not in environment:
        return None
    return {
        "key": environment["TRP_ALPACA_DATA_KEY"],
        "secret": environment["TRP_ALPACA_DATA_SECRET"],
    }


def _stripe(environment: dict[str, str]) -> dict[str, str] | None:
    """How the simulated Stripe is spoken to, where it is what plans are sold through."""
    if "TRP_STRIPE_API_BASE" not in environment:
        return None
    names = ("api_base", "secret_key", "webhook_secret")
    return {name: environment[f"TRP_STRIPE_{name.upper()}"] for name in names}


def _wants_wordpress(given: argparse.Namespace) -> bool:
    if given.no_wordpress:
        return False
    missing = wordpress.what_is_missing()
    if missing:
        _say(f"WordPress is left out: {missing}")
    return not missing


def _summary(
    api_url: str, site_url: str | None, account: demo_file.Account | None
) -> dict[str, Any]:
    shown = None
    if account is not None:
        shown = {
            "email": account.email,
            "password": account.password,
            "totp_secret": account.totp_secret,
            "user_id": account.user_id,
            "access_token": account.access_token,
            "bot_id": account.bot_id,
            "webhook_url": account.webhook_url,
        }
    return {"api_url": api_url, "wordpress_url": site_url, "demo": shown}


def _announce(given: argparse.Namespace, summary: dict[str, Any]) -> None:
    if given.json:
        print(json.dumps(summary), flush=True)
        return
    _say(f"API         {summary['api_url']}  (documentation: {summary['api_url']}/api/docs)")
    if summary["wordpress_url"]:
        _say(f"WordPress   {summary['wordpress_url']}")
    _say(f"Stream      {summary['stream_url']}")
    if summary["stripe"]:
        _say("Stripe      simulated, in test mode: pay with card 4242 4242 4242 4242")
    account = summary["demo"]
    if account:
        _say(f"Demo login  {account['email']}  {account['password']}")
        home = f" --home {shlex.quote(given.home)}" if given.home else ""
        command = f"{shlex.quote(sys.argv[0])} demo code{home}"
        _say(f"Demo code   {command}  (each works once; the next within 30 seconds)")
        keys = summary["alpaca_keys"]
        if keys:
            _say(f"Alpaca keys {keys['key']}  {keys['secret']}")
            _say("            (a simulated paper account: add it under Accounts, for a stocks bot)")
        _say("Send an alert:\n")
        _say(f"  {demo.curl(account['webhook_url'])}\n")
    _say("Ctrl-C ends everything.")


class _Say:
    """Prints a line for the person at the keyboard; to stderr where stdout is for the JSON."""

    stream = sys.stdout

    def __call__(self, line: str) -> None:
        print(line, file=self.stream, flush=True)


_say = _Say()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the folder's lock, which the kernel frees however this process ends."""
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                f"`trp up` runs already on {home}: end it, or choose another folder with --home."
            ) from None
        yield


@contextmanager
def _signals() -> Iterator[None]:
    kept = {number: signal.signal(number, _stop) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise _Stopped


def _ignore_signals() -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
