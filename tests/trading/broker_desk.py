"""A bot that trades at a user's Coinbase account, and the same account in the user's own hands."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from coinbase.rest import RESTClient
from flask import Flask
from flask.testing import FlaskClient

from tests.apis import api
from tests.coinbase_trader import SECRET, trader
from tests.factories import headers_for, make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AccountState, Bot, Drift, TradingAccount, User
from tradingrobotplug.trading.reconciliation import reconciler

from .accounts import keep, let_trade_live
from .conftest import SYMBOL, Desk, rows

KEY = "organizations/0a1b/apiKeys/trader"


class BrokerDesk(Desk):
    """`hands`: the bare SDK with the account's keys, as the user himself would trade."""

    def __init__(
        self, bot: Bot, market: Sandbox, account: TradingAccount, hands: RESTClient
    ) -> None:
        super().__init__(bot, market)
        self.account = account
        self.hands = hands
        self.later = timedelta()

    def look(self, times: int = 1) -> None:
        """Reconcile, half a minute after the last time."""
        for _ in range(times):
            self.later += timedelta(seconds=30)
            reconciler.look(self.account.id, clock.now() + self.later)

    def by_hand(self, side: str, size: str, name: str | None = None, **limit: str) -> str:
        """An order of the user's own: at the market, or resting at a limit. Its id there."""
        wanted = {"limit_limit_gtc": {"base_size": size, **limit}} if limit else {
            "market_market_ioc": {"base_size": size}
        }  # fmt: skip
        answer = self.hands.create_order(name or uuid.uuid4().hex, SYMBOL, side, wanted)
        assert answer.success, answer.error_response
        return str(answer.success_response["order_id"])

    def state(self) -> AccountState:
        """The account as it was stored."""
        (found,) = rows(AccountState)
        return found

    def drifts(self) -> list[tuple[Any, ...]]:
        """Open drifts: kind, subject, ours, theirs."""
        found = rows(Drift, Drift.resolved_at.is_(None))
        return [(one.kind, one.subject, one.ours, one.theirs) for one in found]


def second_bot(desk: BrokerDesk, **columns: Any) -> BrokerDesk:
    """Another bot of the same user at the same account."""
    owner = User(id=desk.bot.user_id)
    bot = make_bot(owner, trading_mode="live", trading_account_id=desk.account.id, **columns)
    found = BrokerDesk(bot, desk.market, desk.account, desk.hands)
    found.later = desk.later
    return found


@pytest.fixture
def app(settings: Settings, clean: None, markets: Sandbox) -> Flask:
    """The API over the sandbox, with a vault of its own."""
    places = markets.addresses | {"vault_key_file": str(settings.home / "desk.key")}
    return api(replace(settings, **places))


@pytest.fixture
def broker_desk(app: Flask, user: User, markets: Sandbox) -> BrokerDesk:
    """The account holds 100,000 dollars and three Bitcoin of the user's own."""
    hands = trader(markets, KEY, balances={"USD": "100000", "BTC": "3"}, taker_fee_rate="0.006")
    account = keep(user, "coinbase", "live", BrokerKeys(KEY, SECRET), "Coinbase")
    let_trade_live(user)
    bot = make_bot(user, trading_mode="live", trading_account_id=account.id)
    desk = BrokerDesk(bot, markets, account, hands)
    desk.price("10000")
    return desk


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


class Desktop:
    """What the user does in the browser."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    def drifts(self, **query: Any) -> list[dict[str, Any]]:
        """The list that is shown."""
        answer = self._client.get("/api/drifts", headers=self._headers, query_string=query)
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json["drifts"]
        return found

    def repair(self, way: str, drift_id: str | None = None) -> Any:
        """Click one of the repairs of the (only) drift."""
        found = drift_id or self.drifts()[0]["id"]
        path = f"/api/drifts/{found}/repair"
        return self._client.post(path, json={"with": way}, headers=self._headers)

    def refresh(self, account_id: uuid.UUID) -> dict[str, Any]:
        """Ask the broker now."""
        path = f"/api/trading-accounts/{account_id}/refresh"
        answer = self._client.post(path, headers=self._headers)
        assert answer.status_code == 200
        state: dict[str, Any] = answer.json["state"]
        return state


@pytest.fixture
def desktop(client: FlaskClient, headers: dict[str, str]) -> Desktop:
    return Desktop(client, headers)
