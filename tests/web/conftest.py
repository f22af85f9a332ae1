"""An API of a test's own, for those that add routes to it or count its requests."""

import pytest
from flask import Flask

from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings


@pytest.fixture
def fresh_app(settings: Settings, clean: None) -> Flask:
    return create_app(settings)
