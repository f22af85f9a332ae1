"""The API for tests that go over every route: over the sandbox, with a vault of its own."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.apis import api
from tests.venues import Sandbox
from tradingrobotplug.config import Settings


@pytest.fixture(scope="session")
def over_sandbox(settings: Settings, sandbox: Sandbox, tmp_path_factory: Any) -> Settings:
    key_file = str(tmp_path_factory.mktemp("vault") / "vault.key")
    places = sandbox.addresses | {"telegram_url": "http://127.0.0.1:9"}  # nobody is told anything
    return replace(settings, **places, vault_key_file=key_file)


@pytest.fixture
def app(over_sandbox: Settings, clean: None, sandbox: Sandbox) -> Flask:
    """The API over the sandbox."""
    sandbox.reset()
    return api(over_sandbox)
