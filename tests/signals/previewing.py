"""Previews as their owner asks for them, at prices that stand still."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import headers_for, make_bot
from tests.venues import Sandbox
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, User

PRICES = {"BTC-USD": "50000", "ETH-USD": "3000", "SOL-USD": "150", "AAPL": "150"}
Preview = Callable[..., dict[str, Any]]


@pytest.fixture
def mine(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


@pytest.fixture
def preview(client: FlaskClient, mine: dict[str, str]) -> Preview:
    """The preview of an alert, pasted as text."""

    def ask(bot: Bot, alert: str, status: int = 200) -> dict[str, Any]:
        answer = client.post(f"/api/bots/{bot.id}/preview", json={"alert": alert}, headers=mine)
        assert answer.status_code == status, answer.json
        found: dict[str, Any] = answer.json
        return found

    return ask


@pytest.fixture
def prices(app: Flask, markets: Sandbox) -> Sandbox:
    """Markets whose prices stand still; they take over from those that the API was built with."""
    for symbol, price in PRICES.items():
        markets.tell("price", symbol=symbol, price=price)
    venue.forget()
    return markets


def stocks_bot(user: User, **columns: Any) -> Bot:
    """A bot for stocks."""
    return make_bot(user, asset_type="stocks", exchange="alpaca", **columns)
