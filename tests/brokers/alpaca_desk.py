"""A trader's account at the sandbox's Alpaca, as the product opens it, and the venue's own view."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.venues import KEY, SECRET, Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker, NotReached, OrderRequest, Outcome, Reference
from tradingrobotplug.brokers.keys import BrokerKeys

D = Decimal
KEYS = BrokerKeys(KEY, SECRET)


@dataclass(frozen=True, slots=True)
class Desk:
    """AAPL is held at 200: a bid of 199.98, an ask of 200.02. The exchange is always open."""

    sandbox: Sandbox
    broker: Broker

    def order(self, **changes: Any) -> OrderRequest:
        """An order for ten AAPL at the market unless `changes` say otherwise."""
        usual = OrderRequest(
            client_order_id=str(uuid.uuid4()),
            bot_id=uuid.uuid4(),
            asset_type="stocks",
            symbol="AAPL",
            side="buy",
            type="market",
            time_in_force="day",
            quantity=D(10),
        )
        return replace(usual, **changes)

    def sale(self, **changes: Any) -> OrderRequest:
        """An exit for ten AAPL."""
        return self.order(**({"side": "sell", "is_exit": True} | changes))

    def traded(self, order: OrderRequest) -> Outcome:
        """What became of it once the market has met it."""
        placed = self.broker.submit(order)
        assert placed.state != "rejected", placed.reason
        return self.seen(order)

    def seen(self, order: OrderRequest, **changes: Any) -> Outcome:
        """The order as it is looked up now."""
        found = self.broker.look_up(replace(named(order), **changes))
        assert found is not None
        return found

    def price(self, price: float) -> None:
        """Hold AAPL there from now on."""
        self.sandbox.tell("price", symbol="AAPL", price=price)

    def faulty(self, kind: str, method: str = "POST", **more: Any) -> None:
        """The next request for orders meets this."""
        self.sandbox.tell("faults", kind=kind, **({"path": "/v2/orders", "method": method} | more))

    def at_venue(self) -> list[dict[str, Any]]:
        """Every order that Alpaca has, oldest first, with its legs."""
        path = "/v2/orders?status=all&nested=true&direction=asc"
        found: list[dict[str, Any]] = self.sandbox.get(path).json()
        return found

    def held(self) -> Decimal:
        """Shares of AAPL by Alpaca's account."""
        return self.broker.positions().get("AAPL", D(0))


def opened(sandbox: Sandbox) -> Desk:
    """The paper account, with AAPL at 200."""
    desk = Desk(sandbox, venues.opened("alpaca", "paper", KEYS))
    desk.price(200)
    return desk


def named(order: OrderRequest) -> Reference:
    """The order as it is asked for by our own id."""
    return Reference(order.client_order_id, None, order.symbol, clock.now(), is_exit=order.is_exit)


def exhausted(call: Callable[[], object]) -> NotReached:
    """Call it until it is no longer let through; the refusal."""
    for _ in range(1_000):
        try:
            call()
        except NotReached as error:
            return error
    raise AssertionError("there is no end")
