"""`trp sandbox`."""

import argparse

from .. import logs
from ..sandbox.app import create_app
from .problem import Problem
from .server import serve

_THREADS = 600  # every open stream keeps one, and requests need theirs beside them


def run(given: argparse.Namespace) -> int:
    """Serve the simulated venues."""
    logs.configure()
    try:
        application = create_app()
    except RuntimeError as error:
        raise Problem(str(error)) from error
    serve(lambda: application, f"127.0.0.1:{given.port}", _THREADS, "trp-sandbox")
    return 0
