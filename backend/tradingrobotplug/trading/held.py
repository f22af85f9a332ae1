"""Protection that its venue can't hold: we watch the price and send the exit once it is there."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import db, logs
from ..marketdata import hours, quotes
from ..marketdata.quotes import Quote
from ..models import Bot, Order
from ..money import ZERO, as_text
from .locks import Begin
from .protection import HELD, drop_held

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Sight:
    """A held order that its price has reached, or moved: its bot is to be looked at."""

    bot_id: uuid.UUID
    quotes: dict[str, Quote]


def sighted(now: datetime) -> list[Sight]:
    """Bots whose held orders the market has reached or drawn along. One reading of all prices,
    with no transaction open."""
    with db.reading() as session:
        rows = session.execute(
            select(Order, Bot.asset_type)
            .join(Bot, Bot.id == Order.bot_id)
            .where(Order.state == HELD, Bot.deleted_at.is_(None))
        ).all()
    found: dict[uuid.UUID, dict[str, Quote]] = defaultdict(dict)
    for asset_type in sorted({kind for _, kind in rows}):
        if not hours.is_open(asset_type, now):
            continue  # outside of the session a quote elects no stop, as at the venues
        orders = [order for order, kind in rows if kind == asset_type]
        prices = quotes.latest_of(asset_type, sorted({order.symbol for order in orders}), now)
        for order in orders:
            quote = prices.get(order.symbol)
            if quote and (is_reached(order, quote) or extreme(order, quote) != order.extreme_price):
                found[order.bot_id][order.symbol] = quote
    return [Sight(bot_id, prices) for bot_id, prices in found.items()]


def act(sight: Sight, now: datetime, begin: Begin) -> None:
    """Under the bot's lock: draw trailing stops along, and plan the exit of what is reached."""
    with begin() as session:
        orders = _held(session, sight)
        for order in orders:
            order.extreme_price = extreme(order, sight.quotes[order.symbol])
        for order in orders:
            if order.state == HELD and is_reached(order, sight.quotes[order.symbol]):
                _release(order, orders, sight.quotes[order.symbol], now)


def is_reached(order: Order, quote: Quote) -> bool:
    """Whether the side of the quote that the exit would meet is at its price: a sale's bid."""
    sells = order.side == "sell"
    touch = quote.bid if sells else quote.ask
    if order.leg.startswith("take_profit"):
        assert order.limit_price is not None
        return touch >= order.limit_price if sells else touch <= order.limit_price
    stop = order.stop_price
    if order.type == "trailing_stop":
        stop = trailing_stop(order, extreme(order, quote))
    assert stop is not None
    return touch <= stop if sells else touch >= stop


def extreme(order: Order, quote: Quote) -> Decimal | None:
    """The best price for the position that a trailing stop has seen; None of any other order."""
    if order.type != "trailing_stop":
        return order.extreme_price
    if order.side == "sell":
        return max(order.extreme_price or ZERO, quote.bid)
    return min(order.extreme_price or quote.ask, quote.ask)


def trailing_stop(order: Order, best: Decimal | None) -> Decimal:
    """Where a trailing stop stands when this is the best price."""
    assert best is not None
    away = best * (order.trail_percent or ZERO) / _HUNDRED + (order.trail_amount or ZERO)
    return best - away if order.side == "sell" else best + away


def _held(session: Session, sight: Sight) -> list[Order]:
    mine = (Order.bot_id == sight.bot_id, Order.state == HELD)
    named = Order.symbol.in_(sorted(sight.quotes))
    return list(
        session.scalars(select(Order).where(*mine, named).order_by(Order.leg).with_for_update())
    )


def _release(order: Order, orders: Iterable[Order], quote: Quote, now: datetime) -> None:
    """From held to planned: an order for the market, or at the limit of a stop-limit."""
    for other in orders:
        if other is not order and other.state == HELD and other.oco_group == order.oco_group:
            drop_held(other, "The other order of its group was reached.", now)
    price = quote.bid if order.side == "sell" else quote.ask
    limit = order.limit_price if order.type == "stop_limit" else None
    is_crypto = "-" in order.symbol
    order.type = "limit" if limit else "market"
    order.limit_price, order.stop_price = limit, None
    order.trail_percent = order.trail_amount = None
    order.time_in_force = ("gtc" if limit else "ioc") if is_crypto else "day"
    order.reason = f"Its price was reached at {as_text(price)}."
    order.state = "planned"
    logs.event("protection.reached", order_id=str(order.id), leg=order.leg, price=as_text(price))
