"""Stopping trading over HTTP, and what workers then make of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.broker import NotReached
from tradingrobotplug.models import Bot, Halt, Order, User, UserSession
from tradingrobotplug.signals import jobs

from .alerts import stored
from .conftest import post_alert

RESTING = {"symbol": "ETH-USD", "orderType": "limit", "limitPrice": "10", "quantity": "0.1"}
GUARDED = {"symbol": "BTC-USD", "quantity": "0.01", "stop_loss": "1"}


class Person:
    """Somebody who is signed in, with the second factor just given."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def get(self, path: str) -> Any:
        return self.client.get(f"/api{path}", headers=self.headers).json

    def stop(self, path: str = "/halt", **body: str) -> Any:
        return self.client.post(f"/api{path}", json=body, headers=self.headers)

    def resume(self, path: str = "/halt") -> Any:
        return self.client.delete(f"/api{path}", headers=self.headers)


@pytest.fixture
def me(client: FlaskClient, app: Flask, user: User) -> Person:
    return Person(client, headers_for(app, user))


@pytest.fixture
def operator(client: FlaskClient, app: Flask) -> Person:
    chief = make_user("chief@example.com", role="admin")
    return Person(client, headers_for(app, chief))


@pytest.fixture
def holding(me: Person, markets: Any, bot: Bot) -> Bot:
    """The bot holds Bitcoin under a stop loss, and has an entry for Ether at its venue."""
    buy(bot, **GUARDED)
    buy(bot, **RESTING)
    work(bot)
    return bot


def buy(bot: Bot, **fields: object) -> Any:
    """Store an alert to buy."""
    return post_alert(bot, {"action": "buy", "symbol": "BTC-USD", "quantity": "0.001"} | fields)


def work(*bots: Bot) -> None:
    """What workers do once they are rung."""
    jobs.carry_out_halts()
    for bot in bots:
        jobs.process_signals(str(bot.id))


def plan_unsent(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An entry that is planned and that its venue certainly has not: it can't be reached."""

    def away(*_: object) -> None:
        raise NotReached("The venue is away.")

    signal_id = buy(bot)
    with monkeypatch.context() as patch:
        patch.setattr("tradingrobotplug.trading.submit._place", away)
        work(bot)
    assert orders(bot) == [("entry", "BTC-USD", "planned")]
    return signal_id


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next attempt is due."""
    moment = clock.now() + timedelta(seconds=2)
    monkeypatch.setattr(clock, "now", lambda: moment)


def orders(bot: Bot) -> list[tuple[str, str, str]]:
    """(leg, symbol, state) of the bot's orders, the oldest first."""
    mine = select(Order).where(Order.bot_id == bot.id).order_by(Order.created_at, Order.leg)
    with db.transaction() as session:
        return [(row.leg.partition(":")[0], row.symbol, row.state) for row in session.scalars(mine)]


def given_by_stops(bot: Bot) -> list[tuple[bytes, str]]:
    """(body, status) of the signals that stops have given the bot, in its order."""
    return [(row.body, row.status) for row in stored(bot) if row.source == "halt"]


def status_of(bot: Bot) -> str:
    with db.transaction() as session:
        return session.get_one(Bot, bot.id).status


def halts() -> list[Halt]:
    """Every stop that was ordered, the oldest first."""
    with db.transaction() as session:
        return list(session.scalars(select(Halt).order_by(Halt.id)))


def forget_second_factor() -> None:
    """As if it had been given eleven minutes ago in every session."""
    change_sessions(lambda row: setattr(row, "proved_at", clock.now() - timedelta(minutes=11)))


def change_sessions(change: Callable[[UserSession], None]) -> None:
    with db.transaction() as session:
        for row in session.scalars(select(UserSession)):
            change(row)
