"""`trp stream`."""

import argparse
import asyncio

from .. import logs
from ..stream.server import serve
from . import ports, running
from .stopping import stopped_by_signal


def run(given: argparse.Namespace) -> int:
    """Serve live updates until a signal ends it."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    ports.refuse_taken(given.port, "--port")
    asyncio.run(serve(settings, given.host, given.port, stopped_by_signal()))
    return 0
