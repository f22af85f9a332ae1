"""Fills into the books: lots, round trips, the position, and the order's own totals."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.orm import Session

from .. import db, rows
from ..brokers.broker import Execution, Outcome
from ..models import Bot, Fill, Lot, Order, Position, RoundTrip
from ..money import ZERO
from . import news
from .lots import UNIT, Matching, OpenLot, Traded, match

FINAL = ("filled", "cancelled", "rejected", "failed")
_STORE = db.as_sql(
    rows.insert_of(Fill)
    .on_conflict_do_nothing(index_elements=["trade_id", "broker_fill_id"])
    .returning(Fill.__table__.c.seq)
)
_OPEN_LOTS = db.as_sql(
    select(*rows.columns(Lot))
    .where(
        Lot.bot_id == bindparam("bot_id"),
        Lot.symbol == bindparam("symbol"),
        text("lots.remaining > 0"),
    )
    .order_by(Lot.seq)
    .with_for_update()
)
_INTO_POSITION = rows.insert_of(Position)
_SET_POSITION = db.as_sql(
    _INTO_POSITION.on_conflict_do_update(
        index_elements=["bot_id", "symbol"],
        set_={
            name: _INTO_POSITION.excluded[name]
            for name in ("quantity", "average_price", "opened_at", "updated_at")
        },
    )
)
_RANK = {"planned": 0, "submitting": 1, "accepted": 2, "partially_filled": 3}


def take_in(session: Session, order: Order, outcome: Outcome, now: datetime) -> list[Fill]:
    """Book the executions that are new, move the order's state forward. Returns the new fills."""
    with session.no_autoflush:
        fills = _store_fills(session, order, outcome.executions)
        if fills:
            lots = _open_lots(session, order)
            for fill in fills:
                _book(session, order, lots, fill)
            _set_position(session, order, lots, now)
            _add_up(session, order, fills)
            news.filled(session, order, fills, now)
        _advance(order, outcome, now)
        rows.store(session, order)
    return fills


def _store_fills(session: Session, order: Order, executions: Sequence[Execution]) -> list[Fill]:
    """The same execution of the same order is stored once, whoever reports it how often."""
    found: list[Fill] = []
    for execution in executions:
        values = _fill_values(order, execution)
        stored = db.rows(session, _STORE, **values)
        found += [Fill(**values, seq=row.seq) for row in stored]
    return sorted(found, key=lambda fill: fill.seq)


def _fill_values(order: Order, execution: Execution) -> dict[str, Any]:
    return {
        "trade_id": order.id,
        "broker_fill_id": execution.id,
        "bot_id": order.bot_id,
        "user_id": order.user_id,
        "mode": order.mode,
        "symbol": order.symbol,
        "side": order.side,
        "quantity": execution.quantity,
        "price": execution.price,
        "fee": execution.fee,
        "filled_at": execution.at,
    }


def _open_lots(session: Session, order: Order) -> list[Lot]:
    asked = {"bot_id": order.bot_id, "symbol": order.symbol}
    return rows.load(session, Lot, _OPEN_LOTS, **asked)


def _book(session: Session, order: Order, lots: list[Lot], fill: Fill) -> None:
    traded = Traded(fill.side, fill.quantity, fill.price, fill.fee, fill.filled_at)
    matching = match([_as_value(lot) for lot in lots], traded)
    for lot, remaining in zip(lots, matching.remaining, strict=True):
        if remaining != lot.remaining:
            rows.change(session, lot, {"remaining": remaining})
    lots[:] = [lot for lot in lots if lot.remaining > 0]
    if matching.opened:
        lots.append(_new_lot(order, matching.opened, fill))
        rows.store(session, lots[-1])
    if matching.trip:
        rows.store(session, _round_trip(session, order, matching, fill))


def _as_value(lot: Lot) -> OpenLot:
    return OpenLot(lot.side, lot.quantity, lot.remaining, lot.price, lot.fee, lot.opened_at)


def _new_lot(order: Order, opened: OpenLot, fill: Fill) -> Lot:
    return Lot(
        bot_id=order.bot_id,
        symbol=order.symbol,
        side=opened.side,
        quantity=opened.quantity,
        remaining=opened.remaining,
        price=opened.price,
        fee=opened.fee,
        opened_at=opened.opened_at,
        fill_seq=fill.seq,
    )


def _round_trip(session: Session, order: Order, matching: Matching, fill: Fill) -> RoundTrip:
    trip = matching.trip
    bot = rows.get(session, Bot, order.bot_id)
    assert trip is not None
    return RoundTrip(
        bot_id=order.bot_id,
        user_id=order.user_id,
        plugin_id=bot.plugin_id,
        mode=order.mode,
        symbol=order.symbol,
        side=trip.side,
        quantity=trip.quantity,
        entry_price=trip.entry_price,
        exit_price=trip.exit_price,
        entry_value=trip.entry_value,
        fees=trip.fees,
        pnl=trip.pnl,
        entered_at=trip.entered_at,
        exited_at=trip.exited_at,
        exit_fill_seq=fill.seq,
    )


def _set_position(session: Session, order: Order, lots: Sequence[Lot], now: datetime) -> None:
    """The position is what the open lots add up to; nothing open, no row."""
    if not lots:
        session.execute(
            delete(Position).where(Position.bot_id == order.bot_id, Position.symbol == order.symbol)
        )
        return
    size = sum((lot.remaining for lot in lots), ZERO)
    cost = sum((lot.remaining * lot.price for lot in lots), ZERO)
    held = {
        "bot_id": order.bot_id,
        "symbol": order.symbol,
        "user_id": order.user_id,
        "mode": order.mode,
        "quantity": size if lots[0].side == "long" else -size,
        "average_price": (cost / size).quantize(UNIT),
        "opened_at": lots[0].opened_at,
        "updated_at": now,
    }
    db.execute(session, _SET_POSITION, **held)


def _add_up(session: Session, order: Order, fills: Sequence[Fill]) -> None:
    """The order's totals, from all of its fills: rounding never builds up."""
    known = fills
    if order.filled_quantity > 0:
        known = list(session.scalars(select(Fill).where(Fill.trade_id == order.id)))
    order.filled_quantity = sum((fill.quantity for fill in known), ZERO)
    value: Decimal = sum((fill.quantity * fill.price for fill in known), ZERO)
    order.average_price = (value / order.filled_quantity).quantize(UNIT)
    order.fees = sum((fill.fee for fill in known), ZERO)


def _advance(order: Order, outcome: Outcome, now: datetime) -> None:
    """States only move forward: a late answer changes nothing that is final."""
    if order.state in FINAL:
        return
    order.broker_order_id = outcome.broker_order_id or order.broker_order_id
    order.reason = outcome.reason or order.reason
    if outcome.state in FINAL:
        order.state = outcome.state
        order.finished_at = now
    elif _RANK[outcome.state] > _RANK[order.state]:
        order.state = outcome.state
    if outcome.state != "rejected" and order.accepted_at is None:
        order.accepted_at = now
