"""An order that a test starts from."""

import uuid
from dataclasses import replace
from decimal import Decimal

from tradingrobotplug import clock
from tradingrobotplug.brokers.broker import OrderRequest, Reference
from tradingrobotplug.models import Bot

D = Decimal


def an_order(bot: Bot, **changes: object) -> OrderRequest:
    is_crypto = bot.asset_type == "crypto"
    order = OrderRequest(
        client_order_id=str(uuid.uuid4()),
        bot_id=bot.id,
        asset_type=bot.asset_type,
        symbol="BTC-USD" if is_crypto else "AAPL",
        side="buy",
        type="market",
        time_in_force="gtc",
        quantity=D("0.5") if is_crypto else D(10),
    )
    return replace(order, **changes)  # type: ignore[arg-type]


def sent(client_order_id: str) -> Reference:
    """The order as it is asked for again."""
    return Reference(client_order_id, None, "BTC-USD", clock.now())
