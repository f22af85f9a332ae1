"""`trp worker`, `trp sweeper`, `trp listen` and `trp scheduler`."""

import argparse
import os

from .. import logs
from ..worker import listen, schedule, sweep, work
from . import running
from .stopping import stopped_by_signal


def worker(given: argparse.Namespace) -> int:
    """Run one worker."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    work(settings, given.queue, given.name or f"worker-{given.queue}-{os.getpid()}")
    return 0


def sweeper(given: argparse.Namespace) -> int:
    """Run the sweeper until a signal ends it."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    sweep(settings, stopped_by_signal(), given.name)
    return 0


def listener(given: argparse.Namespace) -> int:
    """Hear brokers' streams until a signal ends it."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    listen(settings, stopped_by_signal(), given.name)
    return 0


def scheduler(given: argparse.Namespace) -> int:
    """Run the scheduler until a signal ends it."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    schedule(settings, stopped_by_signal(), given.name)
    return 0
