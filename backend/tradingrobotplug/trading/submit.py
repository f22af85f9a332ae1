"""The way to the venue and back: every step commits before the next, and no transaction is
open while the venue is asked."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .. import db, logs, queues
from ..brokers.broker import Broker, NoClearAnswer, NotReached, OrderRequest, Outcome
from ..brokers.venues import broker_for
from ..marketdata import products, quotes
from ..models import Bot, Order
from ..money import ZERO
from . import direction, holdings, service
from .intent import Intent
from .locks import Begin
from .market import Market

UNSENT = ("planned", "submitting")
RESTING = ("accepted", "partially_filled")


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to.

    `done`: every order has an answer. `retry`: certainly not sent, send again later.
    `in_doubt`: the venue may have it; sending again asks for the same order, never a second one.
    `rejected`: the venue's final no, with its reason.
    """

    word: Literal["done", "retry", "in_doubt", "rejected"]
    reason: str | None = None


DONE = Sent("done")


def prepare(
    bot: Bot, signal_id: uuid.UUID, intent: Intent, now: datetime, begin: Begin = db.transaction
) -> Market:
    """What `service.plan` needs from outside; call it with no transaction open.

    An exit's resting orders (protection, unfilled entries) are cancelled and recorded first, so
    that the plan sees the position as it then is. Raises QuoteUnavailable, NoClearAnswer or
    NotReached (try the signal again later) and UnknownSymbol (refuse it).
    """
    with begin() as session:
        held = {p.symbol: p.quantity for p in holdings.positions_of(session, bot.id).values()}
        in_the_way = _in_the_way(session, bot, signal_id, intent, held.get(intent.symbol, ZERO))
    quote = quotes.latest(bot.asset_type, intent.symbol, now)
    product = products.product(bot.asset_type, intent.symbol, now)
    others = quotes.latest_of(bot.asset_type, list(held), now) if _needs_marks(bot) else {}
    for order_id in in_the_way:
        cancel(order_id, now, begin)
    return Market(quote, product, {symbol: other.mid for symbol, other in others.items()})


def send(signal_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Send every order of the signal that has no answer yet, and the protection that its fills
    call for. Running it again is harmless."""
    with begin() as session:
        orders = session.scalars(
            select(Order).where(Order.signal_id == signal_id, Order.parent_id.is_(None))
        ).all()
    for order in orders:
        sent = send_order(order.id, now, begin)
        if sent.word != "done":
            return sent
    for bot_id in {order.bot_id for order in orders}:
        sent = send_protection(bot_id, now, begin)
        if sent.word in ("retry", "in_doubt"):
            return sent
    return DONE


def send_protection(bot_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Send the bot's protection that waits to be sent. The last word that is not `done`."""
    with begin() as session:
        waiting = session.scalars(
            select(Order.id)
            .where(Order.bot_id == bot_id, Order.state.in_(UNSENT), Order.parent_id.is_not(None))
            .order_by(Order.id)
        ).all()
    sent = [send_order(order_id, now, begin) for order_id in waiting]
    return next((one for one in sent if one.word != "done"), DONE)


def send_order(order_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Mark the order, place it, record the answer. An order with an answer is left alone."""
    marked = _mark(order_id, now, begin)
    if isinstance(marked, Sent):
        return marked
    request, venue, asked_before = marked
    try:
        outcome = _place(broker_for(venue), request, asked_before)
    except NotReached as error:
        return _not_reached(order_id, asked_before, str(error), begin)
    except NoClearAnswer as error:
        logs.event("order.in_doubt", order_id=str(order_id), reason=str(error))
        return Sent("in_doubt", f"The venue gave no clear answer: {error}")
    take_in(order_id, outcome, now, begin)
    logs.event("order.submitted", order_id=str(order_id), state=outcome.state)
    return Sent("rejected", outcome.reason) if outcome.state == "rejected" else DONE


def take_in(
    order_id: uuid.UUID, outcome: Outcome, now: datetime, begin: Begin = db.transaction
) -> None:
    """Record the outcome in one transaction; after it, ask for fresh figures if it traded."""
    with begin() as session:
        order = session.get_one(Order, order_id)
        fills = service.record(session, order, outcome, now)
    if fills:
        queues.enqueue(queues.REFRESH_PERFORMANCE, str(order.bot_id))


def cancel(order_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Cancel at the venue and record what became of the order: it may have filled meanwhile."""
    with begin() as session:
        order = session.get_one(Order, order_id)
    outcome = broker_for(order.venue).cancel(order.client_order_id)
    gone = Outcome("cancelled", order.client_order_id, None, (), "Cancelled before it was sent.")
    take_in(order_id, outcome or gone, now, begin)


def _in_the_way(
    session: Session, bot: Bot, signal_id: uuid.UUID, intent: Intent, held: Decimal
) -> list[uuid.UUID]:
    """Orders to cancel before an exit can be planned: a venue holds their units back."""
    move = direction.decide(intent, held)
    is_exit = intent.closes or (move is not None and move.is_exit)
    if not is_exit or bot.status == "stopped":
        return []
    return list(
        session.scalars(
            select(Order.id).where(
                Order.bot_id == bot.id,
                Order.symbol == intent.symbol,
                Order.signal_id != signal_id,
                or_(Order.state.in_(RESTING), Order.parent_id.is_not(None)),
                Order.state.in_((*UNSENT, *RESTING)),
            )
        )
    )


def _needs_marks(bot: Bot) -> bool:
    return (
        bot.position_sizing["type"] == "percent_of_portfolio"
        or bot.risk_management.get("max_daily_loss") is not None
    )


def _mark(
    order_id: uuid.UUID, now: datetime, begin: Begin
) -> Sent | tuple[OrderRequest, str, bool]:
    """Commit that the order is about to be sent, before anything leaves."""
    with begin() as session:
        order, bot = session.execute(
            select(Order, Bot).join(Bot, Bot.id == Order.bot_id).where(Order.id == order_id)
        ).one()
        if order.state not in UNSENT:
            return Sent("rejected", order.reason) if order.state == "rejected" else DONE
        asked_before = order.state == "submitting"
        order.state = "submitting"
        order.attempts += 1
        order.submitted_at = order.submitted_at or now
        return _request(order, bot), order.venue, asked_before


def _request(order: Order, bot: Bot) -> OrderRequest:
    return OrderRequest(
        client_order_id=order.client_order_id,
        bot_id=order.bot_id,
        asset_type=bot.asset_type,
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        time_in_force=order.time_in_force,
        quantity=order.quantity,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
        extended_hours=order.extended_hours,
        oco_group=order.oco_group,
        allow_short=bool(bot.execution.get("allow_short")),
    )


def _place(broker: Broker, request: OrderRequest, asked_before: bool) -> Outcome:
    """Where the venue knows an id for ever, the same order again returns the first one."""
    if not asked_before or broker.id_unique == "forever":
        return broker.submit(request)
    known = broker.look_up(request.client_order_id)
    if known is None:
        raise NoClearAnswer("The venue does not show the order, and may not have it.")
    return known


def _not_reached(order_id: uuid.UUID, asked_before: bool, reason: str, begin: Begin) -> Sent:
    if asked_before:
        return Sent("in_doubt", reason)
    with begin() as session:
        session.get_one(Order, order_id).state = "planned"
    return Sent("retry", reason)
