"""Bots whose signals are worked on, at the sandbox's quotes."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import make_bot
from tests.venues import markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Order, Position, Signal, User
from tradingrobotplug.signals.service import record_signal

__all__ = ["markets", "sandbox"]

BUY = {"action": "buy", "symbol": "BTC-USD", "quantity": "0.001"}
Send = Callable[..., uuid.UUID]


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


@pytest.fixture
def send(bot: Bot) -> Send:
    """Store an alert for the bot, as intake would."""

    def store(**fields: object) -> uuid.UUID:
        with db.transaction() as session:
            body = json.dumps(BUY | fields).encode()
            signal = record_signal(session, bot.id, body, None, "robot", clock.now())
            assert signal is not None
            return signal.id

    return store


@pytest.fixture
def closed_markets(settings: Settings) -> None:
    """Market data at an address where nobody answers."""
    dead = "http://127.0.0.1:9"
    venue.connect(
        replace(settings, alpaca_data_url=dead, alpaca_trading_url=dead, coinbase_url=dead)
    )


def signal_of(signal_id: uuid.UUID) -> Signal:
    with db.transaction() as session:
        return session.get_one(Signal, signal_id)


def orders_of(signal_id: uuid.UUID) -> list[Order]:
    with db.transaction() as session:
        return list(session.scalars(select(Order).where(Order.signal_id == signal_id)))


def post_alert(bot: Bot, body: bytes | dict[str, object]) -> uuid.UUID:
    """Store what a sender posted for this bot, as intake would."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with db.transaction() as session:
        signal = record_signal(session, bot.id, raw, None, "robot", clock.now())
        assert signal is not None
        return signal.id


def positions_of(bot: Bot) -> dict[str, Decimal]:
    """What the bot holds, by symbol."""
    with db.transaction() as session:
        rows = session.scalars(select(Position).where(Position.bot_id == bot.id))
        return {row.symbol: row.quantity for row in rows}
