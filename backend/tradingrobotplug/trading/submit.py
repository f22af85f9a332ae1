"""The way to the venue and back: every step commits before the next, and no transaction is
open while the venue is asked."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .. import db, live, logs, queues
from ..brokers.broker import Broker, NoClearAnswer, NotReached, OrderRequest, Outcome
from ..marketdata import hours, products, quotes
from ..models import Bot, Fill, Order
from ..money import ZERO
from . import books, direction, holdings, service, sizing
from .attaching import attached
from .intent import EVERY_SYMBOL, Intent
from .locks import Begin
from .market import Market
from .standing import standing
from .venue import broker_for, is_exit, reference

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
_WORST = ("done", "rejected", "retry", "in_doubt")
_WITH_BOT = select(Order, Bot).join(Bot, Bot.id == Order.bot_id)


@dataclass(frozen=True, slots=True)
class _Ready:
    """An order marked as `submitting`. `asked_before`: an earlier attempt got no answer."""

    order: Order
    request: OrderRequest
    asked_before: bool


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
    needed = _needs_marks(bot, intent)
    others = quotes.latest_of(bot.asset_type, list(held), now) if needed else {}
    for order_id in in_the_way:
        cancel(order_id, now, begin)
    return Market(
        quote,
        product,
        marks={symbol: other.mid for symbol, other in others.items()},
        session=hours.session_kind(now) if bot.asset_type == "stocks" else "regular",
        standing=standing(bot, now, begin),
    )


def cancel_entries(bot: Bot, symbol: str, now: datetime, begin: Begin = db.transaction) -> int:
    """Cancel the bot's unfilled entries in this symbol, or in every one; how many there were.

    What guards a position stays. Raises NoClearAnswer or NotReached (try again later).
    """
    with begin() as session:
        found = _resting_entries(session, bot.id, symbol)
    for order_id in found:
        cancel(order_id, now, begin)
    return len(found)


def symbols_of(bot: Bot, intent: Intent, begin: Begin = db.transaction) -> list[str]:
    """The symbols that the intent is about: its own, or all that the bot holds."""
    if intent.symbol != EVERY_SYMBOL:
        return [intent.symbol]
    with begin() as session:
        return sorted(holdings.positions_of(session, bot.id))


def send(signal_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Send the signal's orders that have no answer yet, and the protection that their fills call
    for. Running it again is harmless.

    The word is the worst of its orders': protection that can't be sent now is sent by
    `jobs.settle`.
    """
    with begin() as session:
        own = _WITH_BOT.where(Order.signal_id == signal_id, Order.parent_id.is_(None))
        rows = session.execute(own.order_by(Order.created_at, Order.leg)).all()
        marked = [_mark(order, bot, now) for order, bot in rows]
    results = [_carry_out(one, now, begin) for one in marked]
    if any(sent.word in ("done", "rejected") for sent in results):
        send_protection(rows[0][0].bot_id, now, begin)
    return max(results, key=lambda sent: _WORST.index(sent.word), default=DONE)


def send_protection(bot_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Send the bot's protection that waits to be sent."""
    with begin() as session:
        rows = session.execute(
            _WITH_BOT.where(
                Order.bot_id == bot_id, Order.state.in_(UNSENT), Order.parent_id.is_not(None)
            ).order_by(Order.created_at, Order.leg)
        ).all()
        marked = [_mark(order, bot, now) for order, bot in rows]
    for one in marked:
        _carry_out(one, now, begin)


def take_in(
    order_id: uuid.UUID, outcome: Outcome, now: datetime, begin: Begin = db.transaction
) -> None:
    """Record the outcome in one transaction; after it, ask for fresh figures if it traded."""
    with begin() as session:
        order = session.get_one(Order, order_id)
        fills = service.record(session, order, outcome, now)
        _tell(session, order, fills)
    _ask_for_figures(order, fills)


def cancel(order_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Cancel at the venue and book what became of the order: it may have filled meanwhile.

    Nothing is guarded anew: what it guarded is about to be sold, or has been.
    """
    with begin() as session:
        order = session.get_one(Order, order_id)
    outcome = broker_for(order).cancel(reference(order))
    gone = Outcome("cancelled", order.client_order_id, None, (), "Cancelled before it was sent.")
    with begin() as session:
        order = session.get_one(Order, order_id)
        fills = books.take_in(session, order, outcome or gone, now)
        _tell(session, order, fills)
    _ask_for_figures(order, fills)


def _tell(session: Session, order: Order, fills: Sequence[Fill]) -> None:
    live.note(session, "order", order.user_id, order.bot_id, order.id)
    if fills:
        live.note(session, "position", order.user_id, order.bot_id, order.id)


def _ask_for_figures(order: Order, fills: Sequence[Fill]) -> None:
    if fills:
        queues.enqueue(queues.REFRESH_PERFORMANCE, str(order.bot_id))


def _resting_entries(session: Session, bot_id: uuid.UUID, symbol: str) -> list[uuid.UUID]:
    wanted = select(Order.id).where(
        Order.bot_id == bot_id, Order.leg == "entry", Order.state.in_(RESTING)
    )
    if symbol != EVERY_SYMBOL:
        wanted = wanted.where(Order.symbol == symbol)
    return list(session.scalars(wanted.order_by(Order.created_at)))


def _in_the_way(
    session: Session, bot: Bot, signal_id: uuid.UUID, intent: Intent, held: Decimal
) -> list[uuid.UUID]:
    """Orders to cancel before an exit can be planned, because a venue holds their units back; or
    before an entry, if the alert says so."""
    move = direction.decide(direction.towards_size(intent, held), held)
    is_exit = intent.closes or (move is not None and move.is_exit)
    if bot.status == "stopped":
        return []
    if not is_exit:
        return _resting_entries(session, bot.id, intent.symbol) if intent.cancels else []
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


def _needs_marks(bot: Bot, intent: Intent) -> bool:
    kind = intent.quantity_kind if intent.quantity else sizing.of_bot(bot.position_sizing).kind
    return kind in sizing.OF_EQUITY or bot.risk_management.get("max_daily_loss") is not None


def _mark(order: Order, bot: Bot, now: datetime) -> _Ready | Sent:
    """Say that the order is about to be sent; committed before anything leaves."""
    if order.state not in UNSENT:
        return Sent("rejected", order.reason) if order.state == "rejected" else DONE
    asked_before = order.state == "submitting"
    order.state = "submitting"
    order.attempts += 1
    order.submitted_at = order.submitted_at or now
    return _Ready(order, _request(order, bot), asked_before)


def _carry_out(ready: _Ready | Sent, now: datetime, begin: Begin) -> Sent:
    """Place the order and record the answer. One that already has an answer is left alone."""
    if isinstance(ready, Sent):
        return ready
    try:
        outcome = _place(broker_for(ready.order), ready)
    except NotReached as error:
        return _not_reached(ready, str(error), begin)
    except NoClearAnswer as error:
        logs.event("order.in_doubt", order_id=str(ready.order.id), reason=str(error))
        return Sent("in_doubt", f"The venue gave no clear answer: {error}")
    take_in(ready.order.id, outcome, now, begin)
    logs.event("order.submitted", order_id=str(ready.order.id), state=outcome.state)
    return Sent("rejected", outcome.reason) if outcome.state == "rejected" else DONE


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
        stop_limit_price=order.stop_limit_price,
        trail_percent=order.trail_percent,
        trail_amount=order.trail_amount,
        extended_hours=order.extended_hours,
        attached=attached(order),
        is_exit=is_exit(order),
        oco_group=order.oco_group,
        allow_short=bool(bot.execution.get("allow_short")),
    )


def _place(broker: Broker, ready: _Ready) -> Outcome:
    """Where the venue knows an id for ever, the same order again returns the first one."""
    if not ready.asked_before or broker.id_unique == "forever":
        return broker.submit(ready.request)
    known = broker.look_up(reference(ready.order))
    if known is None:
        raise NoClearAnswer("The venue does not show the order, and may not have it.")
    return known


def _not_reached(ready: _Ready, reason: str, begin: Begin) -> Sent:
    if ready.asked_before:
        return Sent("in_doubt", reason)
    with begin() as session:
        session.get_one(Order, ready.order.id).state = "planned"
    return Sent("retry", reason)
