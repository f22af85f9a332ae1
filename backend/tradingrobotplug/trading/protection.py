"""Stop loss and take profit: orders that guard what an entry has filled and nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, exists, func, or_, select, text
from sqlalchemy.orm import Session

from .. import db
from ..models import AccountState, Fill, Lot, Order
from ..models.trading import WANTS_PROTECTION
from ..money import ZERO
from . import levels
from .attaching import attached
from .custody import Guard, Place, guarded
from .identity import client_order_id

HELD = "held"
LIVE = (HELD, "planned", "submitting", "accepted", "partially_filled")
_ENDED = ("filled", "cancelled", "rejected", "failed")
_LOTS, _FILLS, _ORDERS = Lot.__table__.c, Fill.__table__.c, Order.__table__.c
_IS_ANY_ASKED_FOR = db.as_sql(
    select(
        exists().where(
            _LOTS.bot_id == bindparam("bot_id"),
            _LOTS.symbol == bindparam("symbol"),
            text("lots.remaining > 0"),
            _FILLS.seq == _LOTS.fill_seq,
            _ORDERS.id == _FILLS.trade_id,
            WANTS_PROTECTION,
        )
    )
)
MOST_REJECTIONS = 3  # after these, asking the venue again would go on for ever


def plan_missing(session: Session, bot_id: uuid.UUID, symbol: str, now: datetime) -> list[Order]:
    """Plan legs for every open quantity whose entry asked for them and that has none yet.

    Runs in the transaction that books a fill: a fill and the orders that guard it are stored
    together or not at all.
    """
    session.flush()
    if not db.rows(session, _IS_ANY_ASKED_FOR, bot_id=bot_id, symbol=symbol)[0][0]:
        return []
    entries = _open_entries(session, bot_id, symbol)
    live = _live_orders(session, bot_id, symbol)
    for entry, _ in entries:
        live = _hand_over(entry, live, now)
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


def _hand_over(entry: Order, live: list[Order], now: datetime) -> list[Order]:
    """What was held because the entry still worked at its venue may go there, now that it ended."""
    if entry.state not in _ENDED or entry.finished_at is None:
        return live
    gone = [
        order
        for order in live
        if order.parent_id == entry.id
        and order.state == HELD
        and order.created_at < entry.finished_at
    ]
    for order in gone:
        drop_held(order, "Its entry has ended: it is guarded anew.", now)
    return [order for order in live if order not in gone]


def drop_held(order: Order, reason: str, now: datetime) -> None:
    """End an order that only we know."""
    order.state, order.reason, order.finished_at = "cancelled", reason, now


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
    known = session.scalars(select(Order).where(Order.parent_id == entry.id)).all()
    rejected = sum(order.state == "rejected" for order in known)
    if rejected >= MOST_REJECTIONS:
        return []
    if _is_attached(entry, known):
        return [_attached_pair(entry, quantity, now)]
    place = _place(session, entry, rejected)
    price, is_long = entry.average_price or ZERO, entry.side == "buy"
    legs: list[Order] = []
    for part, guards in guarded(entry.protection, price, is_long, quantity, place):
        count = len(known) + len(legs)
        suffix = f":{count}" if count else ""
        group = client_order_id(entry.signal_id, f"group{suffix}")
        legs += [_order(entry, one, suffix, group, part, now) for one in guards]
    return legs


def _is_attached(entry: Order, known: Sequence[Order]) -> bool:
    """Whether the venue guards the entry by what it brought along: only once, and once it filled
    whole."""
    is_whole = entry.state == "filled" and bool(entry.protection.get("attached"))
    return is_whole and all(order.attached_to is None for order in known)


def _place(session: Session, entry: Order, rejected: int) -> Place:
    seen = session.get(AccountState, entry.account_id) if entry.account_id else None
    place = Place(entry.venue, seen.unsupported if seen else (), refuses=rejected > 0)
    still_works = entry.state not in _ENDED
    if still_works and (place.takes.minds_opposites or entry.protection.get("attached")):
        return replace(place, refuses=True)
    return place


def _attached_pair(entry: Order, quantity: Decimal, now: datetime) -> Order:
    brought = attached(entry)
    assert brought is not None
    leg = levels.Leg(
        "bracket",
        "bracket",
        stop_price=brought.stop,
        limit_price=brought.take_profit,
        stop_limit_price=brought.stop_limit,
    )
    group = client_order_id(entry.signal_id, "group:attached")
    order = _order(entry, Guard(leg, held=False), ":attached", group, quantity, now)
    order.state, order.attached_to = "accepted", entry.broker_order_id
    order.submitted_at = order.accepted_at = now
    return order


def _order(
    entry: Order, guard: Guard, suffix: str, group: str, quantity: Decimal, now: datetime
) -> Order:
    leg = guard.leg
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
        account_id=entry.account_id,
        client_order_id=client_order_id(entry.signal_id, name),
        state=HELD if guard.held else "planned",
        symbol=entry.symbol,
        side="sell" if entry.side == "buy" else "buy",
        type=leg.type,
        time_in_force="gtc",
        quantity=quantity,
        limit_price=leg.limit_price,
        stop_price=leg.stop_price,
        stop_limit_price=leg.stop_limit_price,
        trail_percent=leg.trail_percent,
        trail_amount=leg.trail_amount,
        reference_price=leg.stop_price or leg.limit_price,
        created_at=now,
    )
