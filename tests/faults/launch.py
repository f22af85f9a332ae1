"""Starts one process of the product as `trp` does, with two things changed from outside: its
orders go to the test's venue, and it may be made to die at a named point.

python -m tests.faults.launch api|worker|sweeper <name> <port> <venue address> [point, file]
"""

import sys
from pathlib import Path
from threading import Event

from tests.faults import points
from tests.faults.venue import VenueBroker
from tradingrobotplug import config, logs, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.cli.server import serve
from tradingrobotplug.trading import submit
from tradingrobotplug.worker import sweep, work


def main(role: str, name: str, port: str, venue_url: str, point: str = "", died: str = "") -> None:
    settings = config.load()
    logs.configure("WARNING")
    submit.broker_for = lambda _: VenueBroker(venue_url)  # type: ignore[assignment]
    if point:
        points.install(point, Path(died))
    if role == "api":
        address = f"127.0.0.1:{port}"
        serve(lambda: create_app(settings), address, settings.api_threads, name)
    elif role == "worker":
        work(settings, queues.SIGNALS, name)
    else:
        sweep(settings, Event(), name)


if __name__ == "__main__":
    main(*sys.argv[1:])
