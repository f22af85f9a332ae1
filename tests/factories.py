"""Rows that tests start from. Each is what the product itself would have stored."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from tradingrobotplug import clock, db
from tradingrobotplug.models import ApiKey, Bot, User, UserSession
from tradingrobotplug.web.tokens import access_token

SECRET = "s" * 43
KEY = "trp_" + "k" * 43


def make_user(email: str = "trader@example.com", **columns: Any) -> User:
    name = email.partition("@")[0]
    row = User(email=email, username=name, created_at=clock.now(), **columns)
    with db.transaction() as session:
        session.add(row)
    return row


def headers_for(app: Flask, user: User) -> dict[str, str]:
    """Authorization headers of a fresh session of this user, the second factor just given."""
    now = clock.now()
    row = UserSession(
        user_id=user.id,
        created_at=now,
        seen_at=now,
        proved_at=now,
        expires_at=now + timedelta(hours=24),
    )
    with db.transaction() as session:
        session.add(row)
    with app.app_context():
        return {"Authorization": f"Bearer {access_token(row)}"}


def make_key(user: User, key: str = KEY, **columns: Any) -> ApiKey:
    """A live API key of this user with both scopes."""
    now = clock.now()
    values: dict[str, Any] = {
        "user_id": user.id,
        "name": "Key",
        "prefix": key[:12],
        "key_hash": hashlib.sha256(key.encode()).hexdigest(),
        "scopes": ["read", "trade"],
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }
    row = ApiKey(**(values | columns))
    with db.transaction() as session:
        session.add(row)
    return row


def make_bot(user: User, **columns: Any) -> Bot:
    """A running crypto paper bot with the webhook secret SECRET, sizing one fixed unit."""
    now = clock.now()
    values: dict[str, Any] = {
        "user_id": user.id,
        "name": "Bot",
        "asset_type": "crypto",
        "exchange": "coinbase",
        "trading_mode": "paper",
        "status": "running",
        "signal_source": "webhook",
        "symbols": [],
        "position_sizing": {"type": "fixed_units", "value": "1"},
        "risk_management": {},
        "execution": {},
        "starting_cash": Decimal(100_000),
        "secret_hash": hashlib.sha256(SECRET.encode()).hexdigest(),
        "created_at": now,
        "updated_at": now,
    }
    row = Bot(**(values | columns))
    with db.transaction() as session:
        session.add(row)
    return row
