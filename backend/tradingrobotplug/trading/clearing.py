"""Answers into the books, and orders out of the way of others. No transaction is open while a
venue is asked."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from .. import db, live, queues, rows
from ..brokers.broker import NoClearAnswer, Outcome
from ..brokers.venues import capabilities_of
from ..models import Bot, Fill, Order
from ..money import ZERO
from . import books, direction, holdings, protection, service
from .intent import EVERY_SYMBOL, Intent
from .locks import Begin
from .planning import RESTING
from .venue import PAPER, broker_for, reference

UNSENT = ("planned", "submitting")
_ORDERS = Order.__table__.c
_OPPOSITE = db.as_sql(
    select(_ORDERS.id)
    .where(
        _ORDERS.bot_id == bindparam("bot_id"),
        _ORDERS.symbol == bindparam("symbol"),
        _ORDERS.parent_id.is_not(None),
        _ORDERS.side != bindparam("side"),
        _ORDERS.state.in_(RESTING),
    )
    .order_by(_ORDERS.created_at)
)
SHOWS_BY = timedelta(seconds=10)  # by then a venue shows an order that it took


def take_in(
    which: uuid.UUID | Order, outcome: Outcome, now: datetime, begin: Begin = db.transaction
) -> None:
    """Record the outcome in one transaction; after it, ask for fresh figures if it traded.

    `which`: the order's id, or the order itself as it was read under the bot's lock.
    """
    with begin() as session:
        if isinstance(which, Order):
            session.add(which)
            order = which
        else:
            order = rows.get(session, Order, which)
        fills = service.record(session, order, outcome, now)
        tell(session, order, fills)
    _ask_for_figures(order, fills)


def look_up(order_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Ask the venue what became of an order, and record it. NoClearAnswer, NotReached."""
    with db.reading() as session:
        order = rows.get(session, Order, order_id)
    outcome = broker_for(order).look_up(reference(order))
    if outcome is not None:
        take_in(order_id, outcome, now, begin)


def cancel(order_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Cancel at the venue and book what became of the order: it may have filled meanwhile.

    Nothing is guarded anew: what it guarded is about to be sold, or has been. NoClearAnswer,
    NotReached.
    """
    with begin() as session:
        order = session.get_one(Order, order_id)
        if order.state in (protection.HELD, "planned"):  # no venue has ever heard of it
            protection.drop_held(order, "Cancelled before it was sent.", now)
            return
    outcome = broker_for(order).cancel(reference(order))
    if outcome is None and _may_yet_show(order, now):
        raise NoClearAnswer("The venue does not show the order yet.")
    gone = Outcome("cancelled", order.client_order_id, None, (), "Cancelled before it was sent.")
    with begin() as session:
        order = session.get_one(Order, order_id)
        fills = books.take_in(session, order, outcome or gone, now)
        tell(session, order, fills)
    _ask_for_figures(order, fills)


def cancel_entries(bot: Bot, symbol: str, now: datetime, begin: Begin = db.transaction) -> int:
    """Cancel the bot's unfilled entries in this symbol, or in every one; how many there were.

    What guards a position stays, and what an entry filled before is guarded. Raises NoClearAnswer
    or NotReached (try again later).
    """
    with db.reading() as session:
        found = resting_entries(session, bot.id, symbol)
    for order_id in found:
        cancel(order_id, now, begin)
        with begin() as session:
            order = session.get_one(Order, order_id)
            protection.plan_missing(session, bot.id, order.symbol, now)
    return len(found)


@dataclass(frozen=True, slots=True)
class Way:
    """Whether an intent makes a position smaller, and the orders that must go before it."""

    is_exit: bool
    blocked_by: tuple[uuid.UUID, ...] = ()


def way_of(
    session: Session, bot: Bot, signal_id: uuid.UUID, intent: Intent, positions: holdings.Positions
) -> Way:
    """An exit is blocked by what holds its units back; an entry by nothing, unless the alert says
    that open entries go first."""
    held = positions.get(intent.symbol)
    units = held.quantity if held else ZERO
    move = direction.decide(direction.towards_size(intent, units), units)
    is_exit = intent.closes or (move is not None and move.is_exit)
    if bot.status == "stopped":
        return Way(is_exit)
    if not is_exit:
        entries = resting_entries(session, bot.id, intent.symbol) if intent.cancels else []
        return Way(False, tuple(entries))
    mine = (Order.bot_id == bot.id, Order.symbol == intent.symbol, Order.signal_id != signal_id)
    unsent_guards = Order.parent_id.is_not(None) & Order.state.in_((protection.HELD, *UNSENT))
    return Way(True, tuple(_ids(session, *mine, or_(Order.state.in_(RESTING), unsent_guards))))


def make_way(order: Order, now: datetime, begin: Begin) -> Decimal:
    """Cancel at the venue what would have this order refused; the quantity that is left to send.

    An exit whose price was reached while we held it: the other order of its group, which holds its
    units, and its entry, if that still buys. An entry: what rests on the other side, where the
    venue minds; it is placed again afterwards.
    """
    if order.venue == PAPER or (order.parent_id is not None and not was_held(order)):
        return order.quantity
    if order.parent_id is None:
        _step_aside(order, now, begin)
        return order.quantity
    _cancel_all(begin, now, Order.id == order.parent_id)
    # After the entry: had it filled, what it brought along would live now.
    others = or_(Order.oco_group == order.oco_group, Order.attached_to.is_not(None))
    _cancel_all(begin, now, Order.parent_id == order.parent_id, Order.id != order.id, others)
    with begin() as session:
        return _left(session, session.get_one(Order, order.id), now)


def was_held(order: Order) -> bool:
    """Whether this protection was held here until its price was reached: at a venue it would wait
    as a stop, and a target as a limit."""
    is_stop = order.leg.startswith("stop_loss")
    return order.parent_id is not None and (
        order.type == "market" or (is_stop and order.type == "limit")
    )


def _step_aside(order: Order, now: datetime, begin: Begin) -> None:
    if capabilities_of(order.venue).minds_opposites and order.leg == "entry":
        mine = {"bot_id": order.bot_id, "symbol": order.symbol, "side": order.side}
        for row in db.read(_OPPOSITE, **mine):
            cancel(row.id, now, begin)


def _cancel_all(begin: Begin, now: datetime, *where: ColumnElement[bool]) -> None:
    with db.reading() as session:
        found = _ids(session, *where, Order.state.in_(RESTING))
    for order_id in found:
        cancel(order_id, now, begin)


def _left(session: Session, order: Order, now: datetime) -> Decimal:
    """Make the order as large as what its group has left, and the position."""
    group = select(func.sum(Order.filled_quantity)).where(
        Order.bot_id == order.bot_id, Order.oco_group == order.oco_group
    )
    held = holdings.positions_of(session, order.bot_id).get(order.symbol)
    left = order.quantity - (session.scalar(group) or ZERO)
    left = max(min(left, abs(held.quantity) if held else ZERO), ZERO)
    if left:
        order.quantity = left
    else:
        protection.drop_held(order, "Nothing is left to sell.", now)
    return left


def _may_yet_show(order: Order, now: datetime) -> bool:
    """Whether the order may have reached a venue that does not show it yet."""
    if order.venue == PAPER or order.state != "submitting" or order.submitted_at is None:
        return False
    return now - order.submitted_at < SHOWS_BY


def resting_entries(session: Session, bot_id: uuid.UUID, symbol: str) -> list[uuid.UUID]:
    """The bot's unfilled entries in this symbol, or in every one."""
    wanted = [Order.bot_id == bot_id, Order.leg == "entry", Order.state.in_(RESTING)]
    if symbol != EVERY_SYMBOL:
        wanted.append(Order.symbol == symbol)
    return _ids(session, *wanted)


def _ids(session: Session, *where: ColumnElement[bool]) -> list[uuid.UUID]:
    return list(session.scalars(select(Order.id).where(*where).order_by(Order.created_at)))


def tell(session: Session, order: Order, fills: Sequence[Fill]) -> None:
    """Let open pages know that the order changed."""
    live.note(session, "order", order.user_id, order.bot_id, order.id)
    if fills:
        live.note(session, "position", order.user_id, order.bot_id, order.id)


def _ask_for_figures(order: Order, fills: Sequence[Fill]) -> None:
    if fills:
        queues.gather(queues.REFRESH_PERFORMANCE, str(order.bot_id))
