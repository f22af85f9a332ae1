"""One Coinbase user's books: balances, orders, who listens. Guarded by its own lock."""

import queue
import threading
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .coinbase_matching import Trade
from .coinbase_orders import ZERO, Fill, Order, Status, cover

Listener = queue.SimpleQueue[Order]
_OPENING = {"USD": "100000", "USDC": "0", "BTC": "0", "ETH": "0"}
_TAKER, _MAKER = "0.012", "0.006"  # Coinbase's lowest tier


@dataclass(slots=True)
class Book:
    """`portfolio` is the user's id. Balances include what open orders hold."""

    portfolio: str
    balances: dict[str, Decimal]
    taker_rate: Decimal
    maker_rate: Decimal
    orders: dict[str, Order] = field(default_factory=dict)
    by_client: dict[str, str] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    asked: deque[float] = field(default_factory=deque)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def live(self) -> list[Order]:
        """Orders that may still change, oldest first."""
        return [order for order in self.orders.values() if not order.status.is_final]

    def held(self, currency: str) -> Decimal:
        """What open orders keep of a currency."""
        holds = (order.hold(self.taker_rate) for order in self.live())
        return sum((amount for held, amount in holds if held == currency), ZERO)

    def available(self, currency: str) -> Decimal:
        """What a new order may spend."""
        return self.balances.get(currency, ZERO) - self.held(currency)

    def existing(self, client_order_id: str) -> Order | None:
        """The order that this id was given before."""
        return self.orders.get(self.by_client.get(client_order_id, ""))

    def add(self, order: Order) -> None:
        """Keep an order from now on."""
        self.orders[order.id] = order
        self.by_client[order.ticket.client_order_id] = order.id

    def trade(
        self, order: Order, trade: Trade, at: datetime, fee: Decimal, *, is_maker: bool
    ) -> None:
        """Book one trade of an order."""
        base, quote = order.ticket.currencies
        sign = 1 if order.ticket.is_buy else -1
        self.balances[base] = self.balances.get(base, ZERO) + sign * trade.base
        self.balances[quote] = self.balances.get(quote, ZERO) - sign * trade.value - fee
        order.fills.append(
            Fill(str(uuid.uuid4()), at, trade.price, trade.base, trade.value, fee, is_maker)
        )

    def finish(self, order: Order, status: Status, message: str = "") -> None:
        """The order's last state. What is attached to it wakes up, or ends with it.

        An entry that was cancelled after a part of it traded leaves that part unprotected."""
        order.status, order.cancel_message = status, message
        order.waits_until = order.cancelled_at = None
        self.publish(order)
        child = self.orders.get(order.child)
        if child is not None and child.status is Status.PENDING:
            cover(child, order)
            child.seen = order.filled
            child.status = Status.OPEN if status is Status.FILLED else Status.CANCELLED
            self.publish(child)

    def publish(self, order: Order) -> None:
        """Tell the streams what this order is like now."""
        for listener in tuple(self.listeners):
            listener.put(replace(order, fills=list(order.fills)))


def open_book(portfolio: str, given: Mapping[str, Any]) -> Book:
    """A new user's books, from what /sandbox/keys was told. ValueError if it can't be read."""
    try:
        balances = {
            str(currency): Decimal(str(amount))
            for currency, amount in (given.get("balances") or _OPENING).items()
        }
        taker, maker = (
            Decimal(str(given.get(name, usual)))
            for name, usual in (("taker_fee_rate", _TAKER), ("maker_fee_rate", _MAKER))
        )
    except (InvalidOperation, AttributeError) as error:
        raise ValueError("balances and fee rates are numbers") from error
    return Book(portfolio, balances, taker, maker)
