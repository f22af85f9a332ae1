"""A shop whose Stripe is the sandbox's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.apis import api
from tests.factories import make_user
from tests.venues import Sandbox, sandbox
from tradingrobotplug import clock
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User

from .shop import Shop, opened, stripe_at

__all__ = ["sandbox"]


@pytest.fixture(scope="session")
def selling(settings: Settings, sandbox: Sandbox) -> Settings:
    """Settings that lead to the simulated Stripe."""
    return replace(settings, **stripe_at(sandbox))


@pytest.fixture
def app(selling: Settings, clean: None) -> Flask:
    return api(selling)


@pytest.fixture
def shop(sandbox: Sandbox, client: FlaskClient) -> Shop:
    """Everything on sale, and nobody has bought anything."""
    return opened(sandbox, client)


@pytest.fixture
def shop_in_time(
    sandbox: Sandbox, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """The same, the product's time being Stripe's, which can be moved."""
    found = opened(sandbox, client)
    monkeypatch.setattr(clock, "now", found.now)
    yield found
    sandbox.tell("stripe/reset")


@pytest.fixture
def buyer(clean: None) -> User:
    return make_user("buyer@example.com")
