"""Bots at accounts of their own in the sandbox, and what their brokers say happened there."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import requests
from coinbase.rest import RESTClient

from tests.coinbase_trader import SECRET, trader
from tests.factories import make_bot
from tests.faults.plant import Plant
from tests.trading.accounts import keep
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.models import Bot, Subscription, User
from tradingrobotplug.plans import catalogue

MOST_ORDERS = 500  # that one request shows, at Alpaca


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as its broker has it."""

    client_order_id: str
    quantity: Decimal
    average_price: Decimal


class Desk(Protocol):
    """A bot, and its broker's own books, read past our adapters."""

    @property
    def bot(self) -> Bot: ...

    def orders(self) -> list[Seen]:
        """In the order in which the broker took them."""

    def holds(self) -> Decimal:
        """Units of the symbol."""


@dataclass(frozen=True, slots=True)
class AlpacaDesk:
    """A stocks bot at an Alpaca paper account."""

    bot: Bot
    sandbox: Sandbox
    key: str

    def orders(self) -> list[Seen]:
        found = self._get("orders", status="all", limit=str(MOST_ORDERS), direction="asc")
        return [
            Seen(o["client_order_id"], Decimal(o["filled_qty"]), _price(o["filled_avg_price"]))
            for o in found
        ]

    def holds(self) -> Decimal:
        return sum((Decimal(position["qty"]) for position in self._get("positions")), Decimal(0))

    def _get(self, what: str, **params: str) -> Any:
        headers = {"APCA-API-KEY-ID": self.key, "APCA-API-SECRET-KEY": SECRET_OF_ALPACA}
        url = f"{self.sandbox.url}/v2/{what}"
        answer = requests.get(url, params=params, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True, slots=True)
class CoinbaseDesk:
    """A crypto bot at a Coinbase account."""

    bot: Bot
    client: RESTClient

    def orders(self) -> list[Seen]:
        found = self.client.list_orders(limit=MOST_ORDERS).orders
        return [
            Seen(o.client_order_id, Decimal(o.filled_size), _price(o.average_filled_price))
            for o in sorted(found, key=lambda order: order.created_time)
        ]

    def holds(self) -> Decimal:
        [coins] = [a for a in self.client.get_accounts().accounts if a.currency == "BTC"]
        return Decimal(coins.available_balance["value"]) + Decimal(coins.hold["value"])


def owner(plant: Plant) -> tuple[User, dict[str, Any]]:
    """The plant's user, on a plan that may trade live; what makes a bot take the plant's alerts."""
    assert plant.bot is not None
    with db.transaction() as session:
        user = session.get_one(User, plant.bot.user_id)
        plan = next(plan for plan in reversed(catalogue.plans()) if plan.live_trading)
        now = clock.now()
        session.add(Subscription(user_id=user.id, plan_id=plan.id, status="active", updated_at=now))
    return user, {"secret_hash": plant.bot.secret_hash}


SECRET_OF_ALPACA = "secret-of-the-chaos-run"


def open_alpaca(user: User, sandbox: Sandbox, name: str, **columns: Any) -> AlpacaDesk:
    """An account of its own with $1,000,000."""
    key = f"PK{name.upper()}{uuid.uuid4().hex[:12].upper()}"
    given = {"key": key, "secret": SECRET_OF_ALPACA, "cash": 1_000_000}
    sandbox.tell("keys", broker="alpaca", environment="paper", **given)
    account = keep(user, "alpaca", "paper", BrokerKeys(key, SECRET_OF_ALPACA), name)
    columns |= {"asset_type": "stocks", "exchange": "alpaca", "trading_account_id": account.id}
    return AlpacaDesk(make_bot(user, name=name, **columns), sandbox, key)


def open_coinbase(user: User, sandbox: Sandbox, name: str, **columns: Any) -> CoinbaseDesk:
    """An account of its own with $1,000,000 and no coins; the bot is live."""
    key = f"organizations/0a1b/apiKeys/{name}-{uuid.uuid4().hex[:12]}"
    client = trader(sandbox, key, balances={"USD": "1000000", "BTC": "0"})
    account = keep(user, "coinbase", "live", BrokerKeys(key, SECRET), name)
    columns |= {"trading_account_id": account.id, "trading_mode": "live"}
    return CoinbaseDesk(make_bot(user, name=name, went_live_at=clock.now(), **columns), client)


def _price(shown: str | None) -> Decimal:
    return Decimal(shown or 0)
