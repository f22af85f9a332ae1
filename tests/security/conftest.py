"""Two users who have everything that a user can have, each of their own."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accounts.signing import make_trader
from tests.factories import headers_for, make_bot, make_key
from tests.security.operations import ROBOT, Operation, body_of
from tests.snapshot import populated
from tests.trading_accounts.conftest import app, over_sandbox
from tests.trading_accounts.traders import alpaca
from tests.vault.accounts import keep
from tests.venues import Sandbox, markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.db import new_id
from tradingrobotplug.models import (
    Bot,
    Drift,
    Export,
    ExportChunk,
    NotificationChannel,
    Order,
    Position,
    Signal,
    Site,
    SiteLink,
    Subscription,
    TradingAccount,
    Transaction,
    User,
    UserSession,
)
from tradingrobotplug.notify import channels
from tradingrobotplug.signals.service import record_signal

__all__ = ["app", "markets", "over_sandbox", "sandbox"]

Call = Callable[..., TestResponse]


@pytest.fixture
def fresh_app(over_sandbox: Settings, clean: None, sandbox: Sandbox) -> Flask:
    """An API that may get one more route."""
    sandbox.reset()
    return create_app(over_sandbox)


@dataclass(frozen=True)
class Owner:
    """A user, the ids of what is theirs, and words that stand nowhere but in it."""

    user: User
    ids: dict[str, str]
    marks: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether anything of this user stands in the text."""
        return any(mark in text for mark in self.marks)


def make_owner(name: str) -> Owner:
    """A subscriber with a bot, a signal that has ended, an order, a position, a trading account,
    a drift, an invoice, an API key, a session elsewhere, a connected site, a chat and a file."""
    user = make_trader(f"{name}@example.com")
    account, elsewhere, site = keep(user), live_session(user), connected_site(user)
    bot = make_bot(user, name=f"Bot of {name}", secret_hash=name.ljust(64, "0"))
    with db.transaction() as session:
        signal = _signal(session, bot)
        session.add(_subscription(user))
        order = _order(bot, signal, name)
        drift = _drift(bot, account)
        export, invoice = _export(bot), _invoice(user, name)
        session.add_all([order, _position(bot), drift, export, invoice])
        session.flush()
        session.add(ExportChunk(export_id=export.id, attempt=1, number=0, content=b"id\r\n"))
    key, channel = make_key(user, key_of(name)), make_channel(user, f"Chat of {name}")
    ids = {
        "user_id": str(user.id),
        "bot_id": str(bot.id),
        "signal_id": str(signal.id),
        "account_id": str(account.id),
        "key_id": str(key.id),
        "channel_id": str(channel.id),
        "drift_id": str(drift.id),
        "export_id": str(export.id),
        "transaction_id": str(invoice.id),
        "session_id": str(elsewhere.id),
        "site_id": str(site.id),
        "plugin_id": ROBOT,
        "robot_id": ROBOT,
        "period": "all-time",
    }
    own = {key: ids[key] for key in ids if key not in ("plugin_id", "robot_id", "period")}
    marks = (*own.values(), str(order.id), f"{name}@example.com", f"Bot of {name}", channel.name)
    return Owner(user, ids, marks)


def make_channel(user: User, name: str) -> NotificationChannel:
    """A chat that the user set up."""
    reached = {"bot_token": "123456789:AAF-token-of-a-bot_0123456789", "chat_id": "-100200300"}
    made = channels.prepared("telegram", reached, channels.new_binding(user.id))
    with db.transaction() as session:
        return channels.add(session, name, made, clock.now())


def key_of(name: str) -> str:
    """The API key of the owner of this name."""
    return f"trp_{name.ljust(43, '-')}"


def live_session(user: User, **columns: Any) -> UserSession:
    """Where the user is signed in."""
    now = clock.now()
    row = UserSession(
        user_id=user.id, created_at=now, seen_at=now, expires_at=now + timedelta(hours=1), **columns
    )
    with db.transaction() as session:
        session.add(row)
    return row


def connected_site(user: User) -> Site:
    """A site that may act for the user."""
    site = Site(
        id=new_id(), name="Blog", url="https://blog.example", public_key="", scopes=[],
        created_at=clock.now(),
    )  # fmt: skip
    link = SiteLink(site_id=site.id, subject=str(user.id), user_id=user.id, created_at=clock.now())
    with db.transaction() as session:
        session.add(site)
        session.flush()
        session.add(link)
    return site


def _subscription(user: User) -> Subscription:
    return Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=clock.now())


def _signal(session: Session, bot: Bot) -> Signal:
    """One that was given up, so that it may be repeated and discarded."""
    body = b'{"action":"buy","symbol":"BTC-USD"}'
    found = record_signal(session, bot.id, body, None, "robot", clock.now())
    assert found is not None
    found.status, found.finished_at = "dead", clock.now()
    return found


def _order(bot: Bot, signal: Signal, name: str) -> Order:
    return Order(
        signal_id=signal.id, leg="entry", bot_id=bot.id, user_id=bot.user_id, mode="paper",
        venue="paper", client_order_id=f"order-of-{name}", state="filled", symbol="BTC-USD",
        side="buy", type="market", time_in_force="gtc", quantity=Decimal(1),
        created_at=clock.now(),
    )  # fmt: skip


def _invoice(user: User, name: str) -> Transaction:
    now = clock.now()
    return Transaction(
        id=new_id(), user_id=user.id, kind="invoice", stripe_id=f"in_of_{name}", number="1",
        status="paid", description=f"Invoice of {name}", currency="usd", total_cents=999,
        paid_cents=999, created_at=now, updated_at=now,
    )  # fmt: skip


def _drift(bot: Bot, account: TradingAccount) -> Drift:
    """Of units that the user may say are his own."""
    now = clock.now()
    return Drift(
        id=new_id(), user_id=bot.user_id, account_id=account.id, kind="position", subject="AAPL",
        symbol="AAPL", ours=Decimal(0), theirs=Decimal(1), found_at=now, seen_at=now,
    )  # fmt: skip


def _export(bot: Bot) -> Export:
    """A file that is ready."""
    now = clock.now()
    return Export(
        id=new_id(), user_id=bot.user_id, bot_id=bot.id, kind="trades_csv", mode="paper",
        parameters={}, state="done", progress=100, attempts=1, lease_until=now, size=4,
        sha256=hashlib.sha256(b"id\r\n").hexdigest(), summary={}, created_at=now,
        finished_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip


def _position(bot: Bot) -> Position:
    now = clock.now()
    return Position(
        bot_id=bot.id, symbol="BTC-USD", user_id=bot.user_id, mode="paper", quantity=Decimal(1),
        average_price=Decimal(100), opened_at=now - timedelta(hours=1), updated_at=now,
    )  # fmt: skip


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    alpaca(sandbox)  # the broker knows the keys that a new trading account brings
    return own_copy(populated("owner", lambda: make_owner("owner")))


@pytest.fixture
def stranger(owner: Owner) -> Owner:
    return own_copy(populated("stranger", lambda: make_owner("stranger")))


def own_copy(made: Owner) -> Owner:
    """One whose ids a test may change."""
    return replace(made, ids=dict(made.ids))


@pytest.fixture
def call(app: Flask, client: FlaskClient) -> Call:
    """Carry an operation out with these ids, as this user, or with these headers."""

    def carry_out(
        operation: Operation, ids: dict[str, str], who: Owner | dict[str, str], **more: Any
    ) -> TestResponse:
        headers = who if isinstance(who, dict) else headers_for(app, who.user)
        if operation.body:
            more = {"json": body_of(operation)} | more
        return client.open(
            operation.url({"secret": "s" * 43} | ids),
            method=operation.method,
            headers=headers,
            **more,
        )

    return carry_out


def rows_of_users() -> list[Any]:
    """What nobody may change by naming it in a body."""
    with db.transaction() as session:
        return [
            session.connection().execute(text(query)).all()
            for query in (
                "SELECT u::text FROM users u ORDER BY id",
                "SELECT b::text FROM bots b ORDER BY id",
                "SELECT s::text FROM subscriptions s ORDER BY user_id",
                "SELECT a::text FROM user_trading_accounts a ORDER BY id",
                "SELECT c::text FROM notification_channels c ORDER BY id",
                "SELECT t::text FROM transactions t ORDER BY id",
                "SELECT k.id, k.scopes, k.revoked_at FROM api_keys k ORDER BY id",
            )
        ]
