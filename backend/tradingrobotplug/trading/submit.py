"""The way to the venue and back: every step commits before the next, and no transaction is
open while the venue is asked."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from .. import db, logs
from ..brokers.broker import Broker, NoClearAnswer, NotReached, OrderRequest, Outcome
from ..marketdata import hours, products, quotes
from ..models import Bot, Order
from . import clearing, halts, holdings, opposing, sizing
from .attaching import attached
from .clearing import UNSENT
from .intent import EVERY_SYMBOL, Intent
from .locks import Begin
from .market import Market
from .standing import standing
from .venue import broker_for, is_exit, reference


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to.

    `done`: every order has an answer. `retry`: certainly not sent, send again later.
    `in_doubt`: the venue may have it; sending again asks for the same order, never a second one.
    `rejected`: the venue's final no, with its reason.
    """

    word: Literal["done", "retry", "in_doubt", "rejected"]
    reason: str | None = None
    seconds: float | None = None  # when to try again, where the venue said so


DONE = Sent("done")
_WORST = ("done", "rejected", "retry", "in_doubt")
_ORDERS = Order.__table__.c
_ARE_GUARDS_UNSENT = db.as_sql(
    select(
        exists().where(
            _ORDERS.bot_id == bindparam("bot_id"),
            _ORDERS.state.in_(UNSENT),
            _ORDERS.parent_id.is_not(None),
        )
    )
)
_WITH_BOT = select(Order, Bot).join(Bot, Bot.id == Order.bot_id)


@dataclass(frozen=True, slots=True)
class Ready:
    """An order marked as `submitting`. `asked_before`: an earlier attempt got no answer."""

    order: Order
    request: OrderRequest
    asked_before: bool


Marked = Ready | Sent


def prepare(
    bot: Bot, signal_id: uuid.UUID, intent: Intent, now: datetime, begin: Begin = db.transaction
) -> Market:
    """What `service.plan` needs from outside; call it with no transaction open.

    An exit's resting orders (protection, unfilled entries) are cancelled and recorded first, so
    that the plan sees the position as it then is. Raises QuoteUnavailable, NoClearAnswer or
    NotReached (try the signal again later) and UnknownSymbol (refuse it).
    """
    with db.reading() as session:
        held = holdings.positions_of(session, bot.id)
        way = clearing.way_of(session, bot, signal_id, intent, held)
    market = market_of(bot, intent, held, now, is_exit=way.is_exit)
    for order_id in way.blocked_by:
        clearing.cancel(order_id, now, begin)
    return market if way.blocked_by else replace(market, positions=held)


def market_of(
    bot: Bot,
    intent: Intent,
    held: Collection[str],
    now: datetime,
    *,
    is_exit: bool,
) -> Market:
    """The market of the intent's symbol, `held` being the symbols that the bot is in. Nothing is
    cancelled. Raises as `prepare` does."""
    quote = quotes.latest(bot.asset_type, intent.symbol, now)
    product = products.product(bot.asset_type, intent.symbol, now)
    needed = _needs_marks(bot, intent)
    others = quotes.latest_of(bot.asset_type, held, now) if needed else {}
    return Market(
        quote,
        product,
        marks={symbol: other.mid for symbol, other in others.items()},
        session=hours.session_kind(now) if bot.asset_type == "stocks" else "regular",
        standing=standing(bot, now, is_exit=is_exit),
    )


def symbols_of(bot: Bot, intent: Intent) -> list[str]:
    """The symbols that the intent is about: its own, or all that the bot holds."""
    if intent.symbol != EVERY_SYMBOL:
        return [intent.symbol]
    with db.reading() as session:
        return sorted(holdings.positions_of(session, bot.id))


def send(signal_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Send the signal's orders that have no answer yet, as `carry_out` does. Running it again is
    harmless."""
    with begin() as session:
        own = _WITH_BOT.where(Order.signal_id == signal_id, Order.parent_id.is_(None))
        rows = session.execute(own.order_by(Order.created_at, Order.leg)).all()
        _keep_back(session, [order for order, _ in rows], now)
        marked = [mark(order, bot, now) for order, bot in rows]
    return carry_out(rows[0][0].bot_id, marked, now, begin) if rows else DONE


def carry_out(
    bot_id: uuid.UUID, marked: Sequence[Marked], now: datetime, begin: Begin = db.transaction
) -> Sent:
    """Send orders that were marked, and the protection that their fills call for.

    The word is the worst of the orders': protection that can't be sent now is sent by
    `jobs.settle`.
    """
    results = [_carry_out(one, now, begin) for one in marked]
    if any(sent.word in ("done", "rejected") for sent in results):
        send_protection(bot_id, now, begin)
    return max(results, key=lambda sent: _WORST.index(sent.word), default=DONE)


def send_protection(bot_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Send the bot's protection that waits to be sent."""
    if not db.read(_ARE_GUARDS_UNSENT, bot_id=bot_id)[0][0]:
        return
    waits = (Order.bot_id == bot_id, Order.state.in_(UNSENT), Order.parent_id.is_not(None))
    with begin() as session:
        rows = session.execute(_WITH_BOT.where(*waits).order_by(Order.created_at, Order.leg)).all()
        marked = [mark(order, bot, now) for order, bot in rows]
    for one in marked:
        _carry_out(one, now, begin)


def mark(order: Order, bot: Bot, now: datetime) -> Marked:
    """Say that the order is about to be sent; committed before anything leaves."""
    if order.state not in UNSENT:
        is_no = order.state in ("rejected", "failed")
        return Sent("rejected", order.reason) if is_no else DONE
    asked_before = order.state == "submitting"
    order.state = "submitting"
    order.attempts += 1
    order.submitted_at = order.submitted_at or now
    return Ready(order, _request(order, bot), asked_before)


def _needs_marks(bot: Bot, intent: Intent) -> bool:
    kind = intent.quantity_kind if intent.quantity else sizing.of_bot(bot.position_sizing).kind
    return kind in sizing.OF_EQUITY or bot.risk_management.get("max_daily_loss") is not None


def _keep_back(session: Session, orders: Sequence[Order], now: datetime) -> None:
    """Entries that were planned before somebody stopped trading, and never sent, stay here."""
    for order in filter(halts.is_unsent_entry, orders):
        why = halts.against_entries(session, session.get_one(Bot, order.bot_id))
        if why:
            order.state, order.reason, order.finished_at = "failed", why, now
            clearing.tell(session, order, ())


def _carry_out(ready: Marked, now: datetime, begin: Begin) -> Sent:
    """Place the order and record the answer. One that already has an answer is left alone."""
    if isinstance(ready, Sent):
        return ready
    try:
        # What we held may be at the venue by now, and is then as large as it was sent.
        if not ready.asked_before or ready.order.parent_id is None:
            ready = _with_way_made(ready, now, begin)
        if ready.request.quantity == 0:
            return DONE
        outcome = _place(broker_for(ready.order), ready)
    except NotReached as error:
        return _not_reached(ready, error, begin)
    except NoClearAnswer as error:
        logs.event("order.in_doubt", order_id=str(ready.order.id), reason=str(error))
        return Sent("in_doubt", f"The venue gave no clear answer: {error}")
    # A guard may have been made smaller since it was read.
    order = ready.order if ready.order.parent_id is None else ready.order.id
    clearing.take_in(order, outcome, now, begin)
    logs.event("order.submitted", order_id=str(ready.order.id), state=outcome.state)
    return Sent("rejected", outcome.reason) if outcome.state == "rejected" else DONE


def _with_way_made(ready: Ready, now: datetime, begin: Begin) -> Ready:
    """NotReached if what is in the way could not be cancelled: the order itself was not sent."""
    try:
        left = clearing.make_way(ready.order, now, begin)
        if left:
            opposing.give_way(ready.order, now)
    except NoClearAnswer as error:
        raise NotReached(str(error)) from error
    return replace(ready, request=replace(ready.request, quantity=left))


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


def _place(broker: Broker, ready: Ready) -> Outcome:
    """Where the venue knows an id for ever, the same order again returns the first one."""
    if not ready.asked_before or broker.id_unique == "forever":
        return broker.submit(ready.request)
    known = broker.look_up(reference(ready.order))
    if known is None:
        raise NoClearAnswer("The venue does not show the order, and may not have it.")
    return known


def _not_reached(ready: Ready, error: NotReached, begin: Begin) -> Sent:
    if ready.asked_before:
        return Sent("in_doubt", str(error), error.seconds)
    with begin() as session:
        session.get_one(Order, ready.order.id).state = "planned"
    return Sent("retry", str(error), error.seconds)
