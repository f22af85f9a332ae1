"""Stop loss and take profit: orders that guard what an entry has filled and nothing else."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..models import Fill, Lot, Order
from ..money import ZERO
from . import levels
from .identity import client_order_id

LIVE = ("planned", "submitting", "accepted", "partially_filled")
MOST_REJECTIONS = 3  # after these, asking the venue again would go on for ever


def plan_missing(session: Session, bot_id: uuid.UUID, symbol: str, now: datetime) -> list[Order]:
    """Plan legs for every open quantity whose entry asked for them and that has none yet.

    Runs in the transaction that books a fill: a fill and the orders that guard it are stored
    together or not at all.
    """
    entries = _open_entries(session, bot_id, symbol)
    if not any(entry.protection for entry, _ in entries):
        return []
    session.flush()
    live = _live_orders(session, bot_id, symbol)
    covered = _covered(live)
    spoken_for = sum(covered.values(), _promised(live))
    uncovered = sum((quantity for _, quantity in entries), ZERO) - spoken_for
    planned: list[Order] = []
    for entry, quantity in entries:
        missing = min(quantity - covered.get(entry.id, ZERO), uncovered)
        if entry.protection and missing > 0:
            planned += _legs(session, entry, missing, now)
            uncovered -= missing
    session.add_all(planned)
    session.flush()
    return planned


def _open_entries(session: Session, bot_id: uuid.UUID, symbol: str) -> list[tuple[Order, Decimal]]:
    """Entries with a quantity still open, newest first: first-in-first-out leaves those."""
    open_quantity = (
        select(Fill.trade_id, func.sum(Lot.remaining).label("quantity"))
        .join(Fill, Fill.seq == Lot.fill_seq)
        .where(Lot.bot_id == bot_id, Lot.symbol == symbol, Lot.remaining > 0)
        .group_by(Fill.trade_id)
        .subquery()
    )
    rows = session.execute(
        select(Order, open_quantity.c.quantity)
        .join(open_quantity, open_quantity.c.trade_id == Order.id)
        .order_by(Order.created_at.desc(), Order.id.desc())
    )
    return [(order, quantity) for order, quantity in rows]


def _live_orders(session: Session, bot_id: uuid.UUID, symbol: str) -> list[Order]:
    """Protection and exits that may still trade."""
    return list(
        session.scalars(
            select(Order).where(
                Order.bot_id == bot_id,
                Order.symbol == symbol,
                Order.state.in_(LIVE),
                or_(Order.parent_id.is_not(None), Order.leg.startswith("exit")),
            )
        )
    )


def _covered(live: Sequence[Order]) -> dict[uuid.UUID, Decimal]:
    """Guarded quantity by entry. What one order of a group filled, the other no longer guards."""
    filled: dict[str | None, Decimal] = {}
    guarded: dict[str | None, Order] = {}
    for order in live:
        filled[order.oco_group] = filled.get(order.oco_group, ZERO) + order.filled_quantity
        if order.parent_id is not None:
            guarded[order.oco_group] = order
    covered: dict[uuid.UUID, Decimal] = {}
    for group, order in guarded.items():
        assert order.parent_id is not None
        left = max(order.quantity - filled[group], ZERO)
        covered[order.parent_id] = covered.get(order.parent_id, ZERO) + left
    return covered


def _promised(live: Sequence[Order]) -> Decimal:
    """What resting exits hold: a venue lets a share be sold by one order only."""
    exits = (order for order in live if order.parent_id is None)
    return sum((order.quantity - order.filled_quantity for order in exits), ZERO)


def _legs(session: Session, entry: Order, quantity: Decimal, now: datetime) -> list[Order]:
    count, rejected = session.execute(
        select(func.count(), func.count().filter(Order.state == "rejected")).where(
            Order.parent_id == entry.id
        )
    ).one()
    if rejected >= MOST_REJECTIONS:
        return []
    is_long = entry.side == "buy"
    legs: list[Order] = []
    for part in levels.slices(entry.protection, entry.average_price or ZERO, is_long, quantity):
        suffix = f":{count + len(legs)}" if count or legs else ""
        group = client_order_id(entry.signal_id, f"group{suffix}")
        legs += [_order(entry, leg, suffix, group, part.quantity, now) for leg in part.legs]
    return legs


def _order(
    entry: Order, leg: levels.Leg, suffix: str, group: str, quantity: Decimal, now: datetime
) -> Order:
    name = f"{leg.name}{suffix}"
    return Order(
        signal_id=entry.signal_id,
        leg=name,
        parent_id=entry.id,
        oco_group=group,
        bot_id=entry.bot_id,
        user_id=entry.user_id,
        mode=entry.mode,
        venue=entry.venue,
        client_order_id=client_order_id(entry.signal_id, name),
        state="planned",
        symbol=entry.symbol,
        side="sell" if entry.side == "buy" else "buy",
        type=leg.type,
        time_in_force="gtc",
        quantity=quantity,
        limit_price=leg.limit_price,
        stop_price=leg.stop_price,
        trail_percent=leg.trail_percent,
        trail_amount=leg.trail_amount,
        reference_price=leg.stop_price or leg.limit_price,
        created_at=now,
    )
