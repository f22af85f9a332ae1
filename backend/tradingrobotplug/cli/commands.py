"""The commands that run one thing each."""

import argparse
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event

from .. import clock, db, logs, migrations
from ..accounts import sites
from ..app import create_app
from ..config import Settings
from ..sandbox.app import create_app as create_sandbox
from . import running
from .problem import Problem
from .server import serve

Command = Callable[[argparse.Namespace], int]


def api(given: argparse.Namespace) -> int:
    """Serve the HTTP API: one process with threads; run more of them behind a balancer."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    address = f"{given.host}:{given.port}"
    serve(lambda: create_app(settings), address, settings.api_threads, "trp-api")
    return 0


def worker(given: argparse.Namespace) -> int:
    """Run one worker."""
    from ..worker import work  # noqa: PLC0415 (RQ is imported by processes that need it only)

    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    work(settings, given.queue, given.name or f"worker-{given.queue}-{os.getpid()}")
    return 0


def sweeper(given: argparse.Namespace) -> int:
    """Run the sweeper until a signal ends it."""
    from ..worker import sweep  # noqa: PLC0415

    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    sweep(settings, _stopped_by_signal(), given.name)
    return 0


def scheduler(given: argparse.Namespace) -> int:
    """Run the scheduler until a signal ends it."""
    from ..worker import schedule  # noqa: PLC0415

    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    schedule(settings, _stopped_by_signal(), given.name)
    return 0


def migrate(given: argparse.Namespace) -> int:
    """Migrate to a revision and say which one the database is at."""
    settings = running.settings(given.home)
    if given.revision == "base" or given.revision.startswith("-"):
        migrations.downgrade(settings.database_url, given.revision)
    else:
        migrations.upgrade(settings.database_url, given.revision)
    print(f"The database is at revision {migrations.revision(settings.database_url) or 'none'}.")
    return 0


def openapi(_given: argparse.Namespace) -> int:
    """Print the OpenAPI description. Connects nothing, so the addresses do not matter."""
    settings = Settings(
        home=Path(),
        mode="embedded",
        database_url="postgresql://127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1/0",
        jwt_secret="-" * 32,
    )
    application = create_app(settings)
    described = application.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    print(json.dumps(described, indent=2, ensure_ascii=False))
    return 0


def sandbox(given: argparse.Namespace) -> int:
    """Serve the simulated venues."""
    logs.configure()
    try:
        application = create_sandbox()
    except RuntimeError as error:
        raise Problem(str(error)) from error
    serve(lambda: application, f"127.0.0.1:{given.port}", 16, "trp-sandbox")
    return 0


def add_site(given: argparse.Namespace) -> int:
    """Print a code that lets one WordPress site connect."""
    db.connect(running.settings(given.home).database_url)
    with db.transaction() as session:
        code = sites.make_code(session, clock.now())
    minutes = int(sites.CODE_LIFETIME.total_seconds() // 60)
    print(f"{code}  (paste it into the site's settings within {minutes} minutes)")
    return 0


def _stopped_by_signal() -> Event:
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
