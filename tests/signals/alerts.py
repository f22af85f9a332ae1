"""Alerts as their senders post them, and what was stored of them."""

import json
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import SECRET
from tradingrobotplug import db
from tradingrobotplug.models import Bot, Signal

BUY = {"action": "buy", "symbol": "BTC-USD", "quantity": 0.001}


def post(
    client: FlaskClient, bot: Bot, body: object = BUY, secret: str = SECRET, **more: Any
) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/webhook/{bot.id}/{secret}", data=data, **more)


def stored(bot: Bot) -> list[Signal]:
    with db.transaction() as session:
        return list(
            session.scalars(select(Signal).where(Signal.bot_id == bot.id).order_by(Signal.seq))
        )


def change(bot: Bot, **columns: object) -> None:
    with db.transaction() as session:
        row = session.get_one(Bot, bot.id)
        for name, value in columns.items():
            setattr(row, name, value)
