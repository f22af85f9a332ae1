"""One API for tests that go over every route: building it takes longer than most of them."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.venues import Sandbox
from tradingrobotplug import app as product
from tradingrobotplug.config import Settings


@pytest.fixture(scope="session")
def built(settings: Settings, sandbox: Sandbox, tmp_path_factory: Any) -> Flask:
    key_file = str(tmp_path_factory.mktemp("vault") / "vault.key")
    places = sandbox.addresses | {"telegram_url": "http://127.0.0.1:9"}  # nobody is told anything
    return product.create_app(replace(settings, **places, vault_key_file=key_file))


@pytest.fixture
def app(built: Flask, clean: None, sandbox: Sandbox) -> Flask:
    """The API over the sandbox. Tests that add to it or change its settings build their own."""
    sandbox.reset()
    product.connect(built.config["TRP"])
    return built
