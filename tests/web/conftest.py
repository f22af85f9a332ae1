"""These tests add routes to the API and count its requests: each has one of its own."""

import pytest
from flask import Flask

from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings


@pytest.fixture
def app(settings: Settings, clean: None) -> Flask:
    return create_app(settings)
