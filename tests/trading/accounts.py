"""A bot that trades at a broker's account in the sandbox, through the vault and the real SDKs."""

import time
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.coinbase_trader import PUBLIC
from tests.coinbase_trader import SECRET as PEM
from tests.factories import make_bot
from tests.trading.conftest import Desk, rows
from tests.venues import KEY, SECRET, Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.broker import Broker, NotReached
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Bot, Order, Subscription, TradingAccount, User
from tradingrobotplug.plans import catalogue
from tradingrobotplug.trading import jobs, polling
from tradingrobotplug.trading.accounts import patiently
from tradingrobotplug.trading.service import Plan
from tradingrobotplug.trading_accounts import access, keys, service
from tradingrobotplug.vault import keyring
from tradingrobotplug.vault.keyring import Binding


class AccountDesk(Desk):
    """Signals of one bot at an account, and what its broker has of it."""

    def __init__(self, bot: Bot, market: Sandbox, symbol: str) -> None:
        super().__init__(bot, market)
        self.symbol = symbol

    def trade(self, *asked: Any, **fields: Any) -> Plan:
        """As a signal is tried again where the account's requests are used up for the moment."""
        for _ in range(3):
            with suppress(NotReached):
                return super().trade(*asked, **fields)
            time.sleep(0.5)
        return super().trade(*asked, **fields)

    @property
    def broker(self) -> Broker:
        """The account as the product opens it."""
        assert self.bot.trading_account_id is not None
        return access.broker_of(self.bot.trading_account_id)

    def held(self) -> Decimal:
        """Units at the broker."""
        return patiently(self.broker.positions).get(self.symbol, Decimal(0))

    def settle(self, times: int = 1) -> None:
        """What the sweeper does in so many seconds, each of which brings requests back."""
        for _ in range(times):
            time.sleep(0.1)
            jobs.poll()
            wait(list(polling._under_way.values()), timeout=20)  # an answer later than a pass
            jobs.settle()

    def orders(self, *where: Any) -> list[tuple[str, str, str]]:
        """Leg, type and state of every order, oldest first."""
        return [(o.leg, o.type, o.state) for o in rows(Order, *where)]


def keep(
    user: User, broker: str, environment: str, shown: BrokerKeys, label: str = "Account"
) -> TradingAccount:
    """A trading account as the product stores it."""
    binding = Binding(user.id, db.new_id(), 1)
    given = {
        "label": label,
        "broker": broker,
        "environment": environment,
        "permissions": "trade",
        "api_key": shown.key,
    }
    sealed = keys.seal(shown, binding)
    with db.transaction() as session:
        return service.add(session, given, binding, sealed, clock.now())


def open_vault(settings: Settings, folder: Path) -> None:
    """A key file of the test's own."""
    keyring.connect(replace(settings, home=folder))


def at_alpaca(user: User, market: Sandbox, **columns: Any) -> AccountDesk:
    """A stocks bot at the sandbox's Alpaca paper account, AAPL at 200."""
    account = keep(user, "alpaca", "paper", BrokerKeys(KEY, SECRET))
    return bot_at(account, user, market, asset_type="stocks", exchange="alpaca", **columns)


def bot_at(account: TradingAccount, user: User, market: Sandbox, **columns: Any) -> AccountDesk:
    """Another bot at the account."""
    bot = make_bot(user, trading_account_id=account.id, **columns)
    is_stocks = bot.asset_type == "stocks"
    desk = AccountDesk(bot, market, "AAPL" if is_stocks else "BTC-USD")
    desk.price("200" if is_stocks else "50000", symbol=desk.symbol)
    return desk


def at_coinbase(user: User, market: Sandbox, **columns: Any) -> AccountDesk:
    """A live crypto bot at the sandbox's Coinbase with a million dollars, Bitcoin at 50,000."""
    key = f"trader-{db.new_id()}"
    balances = {"USD": "1000000"}
    market.tell("keys", broker="coinbase", key=key, public_key=PUBLIC, balances=balances)
    account = keep(user, "coinbase", "live", BrokerKeys(key, PEM))
    let_trade_live(user)
    live = {"trading_mode": "live", "starting_cash": Decimal(100_000)}
    return bot_at(account, user, market, **(live | columns))


def let_trade_live(user: User) -> None:
    """A plan with live trading and without safeguards."""
    plan = next(p for p in catalogue.plans() if p.live_trading and not p.live_safeguards)
    with db.transaction() as session:
        session.add(
            Subscription(user_id=user.id, plan_id=plan.id, status="active", updated_at=clock.now())
        )
