"""A Coinbase account at the sandbox, opened by our adapter, and orders to send to it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from coinbase.rest import RESTClient

from tests.coinbase_trader import SECRET, trader
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker, NotReached, OrderRequest, Outcome, Reference
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.marketdata import venue

D = Decimal
KEY = "organizations/0a1b/apiKeys/trader"
ORDERS = "/api/v3/brokerage/orders"
Move = Callable[[str, float], None]


def opened() -> Broker:
    return venues.opened("coinbase", "live", BrokerKeys(KEY, SECRET))


@pytest.fixture
def account(markets: Sandbox, clean: None) -> RESTClient:
    """The bare SDK with the same key: what Coinbase itself says."""
    markets.tell("price", symbol="BTC-USD", price=100_000)
    venue.forget()
    return trader(markets, KEY, balances={"USD": "10000", "BTC": "1"})


@pytest.fixture
def coinbase(account: RESTClient) -> Broker:
    return opened()


def an_order(**changes: object) -> OrderRequest:
    """A market buy of a thousandth of a Bitcoin."""
    order = OrderRequest(
        client_order_id=uuid.uuid4().hex,
        bot_id=uuid.uuid4(),
        asset_type="crypto",
        symbol="BTC-USD",
        side="buy",
        type="market",
        time_in_force="ioc",
        quantity=D("0.001"),
    )
    return replace(order, **changes)  # type: ignore[arg-type]


def resting(**changes: object) -> OrderRequest:
    """A limit buy far below the market."""
    given: dict[str, object] = {"type": "limit", "time_in_force": "gtc", "limit_price": D(90_000)}
    return an_order(**(given | changes))


def sent(order: OrderRequest, outcome: Outcome | None = None, **changes: object) -> Reference:
    """How the order is found again; by our id alone without an outcome."""
    found = Reference(
        client_order_id=order.client_order_id,
        broker_order_id=outcome.broker_order_id if outcome else None,
        symbol=order.symbol,
        placed_at=clock.now(),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def sent_before(order: OrderRequest, seconds: float) -> Reference:
    """The same, so long ago."""
    return sent(order, placed_at=clock.now() - timedelta(seconds=seconds))


def listed(account: RESTClient) -> list[str]:
    """The ids of the orders that Coinbase has, newest first."""
    return [order.order_id for order in account.list_orders().orders]


def polls_until_refused(broker: Broker) -> int:
    """How many polls went through until one did not."""
    for count in range(200):
        try:
            broker.clock()
        except NotReached:
            return count
    raise AssertionError("polls never end")
