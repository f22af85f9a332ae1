"""A bot's orders and positions as its owner sees them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ..marketdata import quotes
from ..models import Fill, Order, Position, RoundTrip
from ..web.paging import page_of, total_of

OPEN = ("held", "planned", "submitting", "accepted", "partially_filled")  # may still trade
_PLAIN = ("id", "bot_id", "signal_id", "parent_id", "leg", "venue", "symbol", "side", "type",
          "state", "mode", "quantity", "limit_price", "stop_price", "stop_limit_price",
          "trail_percent", "trail_amount", "reference_price", "filled_quantity", "average_price",
          "fees", "reason", "created_at", "submitted_at", "finished_at")  # fmt: skip


def orders_of(
    bot_id: uuid.UUID, asked: Mapping[str, Any], oldest: date | None = None
) -> Select[Order]:
    """The query for a bot's orders, newest first; status `open`: those that may still trade.

    `asked`: status, symbol, side, start_date, end_date (UTC days of their making), where given.
    Orders before `oldest` are left out, unless they may still trade.
    """
    query = select(Order).where(Order.bot_id == bot_id)
    if (status := asked.get("status")) is not None:
        query = query.where(Order.state.in_(OPEN if status == "open" else (status,)))
    if (symbol := asked.get("symbol")) is not None:
        query = query.where(Order.symbol == symbol.upper())
    if (side := asked.get("side")) is not None:
        query = query.where(Order.side == side)
    if (first := asked.get("start_date")) is not None:
        query = query.where(Order.created_at >= _midnight(first))
    if (last := asked.get("end_date")) is not None:
        query = query.where(Order.created_at < _midnight(last) + timedelta(days=1))
    if oldest is not None:
        query = query.where(or_(Order.created_at >= _midnight(oldest), Order.state.in_(OPEN)))
    return query.order_by(Order.id.desc())


def page_of_orders(
    session: Session, query: Select[Order], after: uuid.UUID | None, page: int, limit: int
) -> tuple[Sequence[Order], int, uuid.UUID | None]:
    """The orders that follow the one with the id `after` (keyset paging), else those of `page`; how
    many the query has in all; the `after` of the next page, None at the end."""
    if after is None:
        rows, total = page_of(session, query, page, limit)
        return rows, total, rows[-1].id if total > page * limit else None
    found = session.scalars(query.where(Order.id < after).limit(limit + 1)).all()
    more = found[limit - 1].id if len(found) > limit else None
    return found[:limit], total_of(session, query), more


def views(session: Session, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """What the API shows of these orders."""
    results = _results(session, [order.id for order in orders])
    return [
        {name: getattr(order, name) for name in _PLAIN}
        | {"pnl": results.get(order.id), "slippage_bps": slippage_bps(order)}
        for order in orders
    ]


def slippage_bps(order: Order) -> float | None:
    """How much worse than the reference price the order traded, in hundredths of a percent."""
    if order.average_price is None or not order.reference_price:
        return None
    worse = order.average_price - order.reference_price
    sign = 1 if order.side == "buy" else -1
    return round(float(sign * worse / order.reference_price * 10_000), 2)


def priced(asset_type: str, held: Sequence[Position], now: datetime) -> list[dict[str, Any]]:
    """Positions at the market's price. Asks the venue: call it with no transaction open."""
    found = quotes.latest_of(asset_type, [position.symbol for position in held], now)
    return [
        _priced(position, found[position.symbol].mid if position.symbol in found else None)
        for position in held
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _results(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
    rows = session.execute(
        select(Fill.trade_id, func.sum(RoundTrip.pnl))
        .join(RoundTrip, RoundTrip.exit_fill_seq == Fill.seq)
        .where(Fill.trade_id.in_(ids))
        .group_by(Fill.trade_id)
    )
    return dict(rows.all())


def _priced(position: Position, price: Decimal | None) -> dict[str, Any]:
    gain = None if price is None else (price - position.average_price) * position.quantity
    return {
        "symbol": position.symbol,
        "quantity": position.quantity,
        "average_price": position.average_price,
        "market_price": price,
        "unrealised_pnl": gain,
        "opened_at": position.opened_at,
    }
