"""The API for tests, built once for its settings: to build it takes longer than most tests."""

from functools import cache
from typing import Any

from flask import Flask

from tradingrobotplug.app import connect, create_app
from tradingrobotplug.config import Settings


def api(settings: Settings) -> Flask:
    """The API with the configuration it was built with, and this process connected as it asks.

    Tests that add a route to it build their own.
    """
    app, configuration = _built(settings)
    app.config.clear()
    app.config.update(configuration)
    connect(settings)
    return app


@cache
def _built(settings: Settings) -> tuple[Flask, dict[str, Any]]:
    app = create_app(settings)
    return app, dict(app.config)
