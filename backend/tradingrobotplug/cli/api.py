"""`trp api` and `trp openapi`."""

import argparse
import json
from pathlib import Path

from .. import logs
from ..app import create_app
from ..config import Settings
from . import running
from .server import serve


def run(given: argparse.Namespace) -> int:
    """Serve the HTTP API: one process with threads; run more of them behind a balancer."""
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    address = f"{given.host}:{given.port}"
    serve(lambda: create_app(settings), address, settings.api_threads, "trp-api")
    return 0


def describe(_given: argparse.Namespace) -> int:
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
