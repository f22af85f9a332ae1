"""Runs one process of the product as `trp` does, with two things changed from outside: its orders
go to the test's venue, and it may be made to die at a named point.

Each is forked from one process that has imported the product: an import takes longer than most
drills. Nothing but modules is inherited.
"""

import multiprocessing
import os
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

from werkzeug.serving import make_server

from tests.faults import naive, points
from tests.faults.venue import VenueBroker
from tests.venues import KEY, SECRET
from tradingrobotplug import config, logs, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.cli.server import serve
from tradingrobotplug.config import Settings
from tradingrobotplug.sandbox import app as simulation
from tradingrobotplug.trading import submit
from tradingrobotplug.worker import schedule, sweep, work

_MOTHER = multiprocessing.get_context("forkserver")
_MOTHER.set_forkserver_preload(
    ["__main__", "tests.faults.launch", "tests.faults.naive", "tests.faults.preloaded"]
)


_QUEUES = {"worker": queues.SIGNALS, "general": queues.GENERAL}


@dataclass(frozen=True, slots=True)
class Part:
    """Which process: a `role` of the product, or of the naive mode; `port` is an API's."""

    role: str
    name: str
    port: int
    venue_url: str
    point: str = ""
    died: Path = Path()


def launch(part: Part, environ: dict[str, str]) -> BaseProcess:
    """A process of its own session, with this environment and no other."""
    process = _MOTHER.Process(target=_run, args=(part, environ), daemon=True)
    process.start()
    return process


def wake(path: str) -> None:
    """Start the process that the others are forked from, with this PYTHONPATH."""
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = path
    forkserver.ensure_running()
    os.environ["PYTHONPATH"] = before


def _run(part: Part, environ: dict[str, str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    logs.configure("WARNING")
    if part.role == "sandbox":
        application = simulation.create_app({"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET})
        make_server("127.0.0.1", part.port, application, threaded=True).serve_forever()
    elif part.role.startswith("naive"):
        naive.main(part.role, part.port, part.venue_url)
    else:
        _run_product(part, config.load())


def _run_product(part: Part, settings: Settings) -> None:
    if part.venue_url:
        submit.broker_for = lambda _: VenueBroker(part.venue_url)  # type: ignore[assignment]
    if part.point:
        points.install(part.point, part.died)
    if part.role == "api":
        address = f"127.0.0.1:{part.port}"
        serve(lambda: create_app(settings), address, settings.api_threads, part.name)
    elif part.role in _QUEUES:
        work(settings, _QUEUES[part.role], part.name)
    else:
        {"sweeper": sweep, "scheduler": schedule}[part.role](settings, Event(), part.name)
