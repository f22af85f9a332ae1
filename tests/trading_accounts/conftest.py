"""A user on a plan with live trading, an API whose brokers are the sandbox, a vault of its own."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.apis import api
from tests.billing.shop import stripe_at
from tests.factories import headers_for
from tests.trading_accounts.traders import alpaca
from tests.venues import Sandbox, markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Subscription, User
from tradingrobotplug.plans import catalogue

__all__ = ["markets", "sandbox"]


@pytest.fixture(scope="session")
def over_sandbox(settings: Settings, sandbox: Sandbox, tmp_path_factory: Any) -> Settings:
    """With a key file of its own; no chat service is ever reached."""
    key_file = str(tmp_path_factory.mktemp("vault") / "vault.key")
    places = sandbox.addresses | {"telegram_url": "http://127.0.0.1:9"}
    return replace(settings, **places, **stripe_at(sandbox), vault_key_file=key_file)


@pytest.fixture
def app(over_sandbox: Settings, clean: None, sandbox: Sandbox) -> Flask:
    """The API over the sandbox."""
    sandbox.reset()
    return api(over_sandbox)


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    """Of a user whose plan has live trading."""
    plan = next(plan for plan in catalogue.plans() if plan.live_trading)
    with db.transaction() as session:
        session.add(
            Subscription(user_id=user.id, plan_id=plan.id, status="active", updated_at=clock.now())
        )
    return headers_for(app, user)


@pytest.fixture
def account(client: FlaskClient, headers: dict[str, str], sandbox: Sandbox) -> dict[str, Any]:
    """An Alpaca paper account as the API shows it."""
    answer = client.post("/api/trading-accounts", json=alpaca(sandbox), headers=headers)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json["trading_account"]
    return found
