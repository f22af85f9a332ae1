"""A signed-in user on a plan that allows several bots."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tradingrobotplug import clock, db
from tradingrobotplug.models import Subscription, User
from tradingrobotplug.plans import catalogue

from ..factories import headers_for

NEW_BOT: dict[str, Any] = {
    "name": "Momentum",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "trading_mode": "paper",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}


@pytest.fixture
def subscribed(user: User) -> User:
    with db.transaction() as session:
        plan_id = catalogue.plans()[-1].id
        session.add(
            Subscription(user_id=user.id, plan_id=plan_id, status="active", updated_at=clock.now())
        )
    return user


@pytest.fixture
def headers(app: Flask, subscribed: User) -> dict[str, str]:
    return headers_for(app, subscribed)


@pytest.fixture
def bot(client: FlaskClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = client.post("/api/bots", json=NEW_BOT, headers=headers)
    assert answer.json is not None
    return dict(answer.json["bot"])
