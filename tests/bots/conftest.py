"""A signed-in user on a plan that allows several bots."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tradingrobotplug import clock, db
from tradingrobotplug.models import Subscription, User
from tradingrobotplug.plans import catalogue

from ..factories import headers_for, make_bot
from ..trading.conftest import Desk
from ..venues import Sandbox, markets, sandbox
from .traders import LIMITS, SAFEGUARDED, Trader, live_account, subscribe, trade

__all__ = ["markets", "sandbox"]

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


@pytest.fixture
def trader(app: Flask, client: FlaskClient, user: User, markets: Sandbox) -> Trader:
    """Of a plan with safeguards; the bot has a daily loss limit and no trade yet."""
    subscribe(user, SAFEGUARDED)
    bot = make_bot(user, name="Night owl", risk_management=LIMITS)
    return Trader(client, headers_for(app, user), bot.id, live_account(user).id)


@pytest.fixture
def desk(trader: Trader, markets: Sandbox) -> Desk:
    """The trader's bot, at a market whose price the test sets."""
    found = Desk(trader.bot, markets)
    found.price("50000")
    return found


@pytest.fixture
def ready(trader: Trader, desk: Desk) -> Trader:
    """The same, after a trade on paper."""
    trade(desk, "buy", "0.5")
    trade(desk, "close")
    return trader
