"""From a claimed signal to its end: read, planned, sent. No transaction is open during a send."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from .. import clock, logs
from ..brokers.broker import NoClearAnswer, NotReached
from ..errors import Invalid, Unavailable
from ..models import Bot, Order, Signal
from ..trading import service as trading
from ..trading import submit
from ..trading.intent import Intent, as_json
from ..trading.market import Market
from .alert import Read, parse
from .reading import Refused
from .turn import End, Turn, claim, finish, note, was_sent


def work_off(turn: Turn) -> None:
    """Carry out the bot's signals, the oldest first, until none is due."""
    while True:
        signal = claim(turn)
        if signal is None:
            return
        with logs.about(signal_id=signal.id):
            finish(turn, signal.id, _attempt(turn, signal))


def _attempt(turn: Turn, signal: Signal) -> End:
    try:
        return _carry_out(turn, signal)
    except DBAPIError:
        raise  # the lock's connection is gone: whoever takes the bot over goes on
    except Exception as error:
        logging.getLogger("trp").exception("signal.failed")
        return End("retry", f"Something went wrong here ({type(error).__name__}).")


def _carry_out(turn: Turn, signal: Signal) -> End:
    now = clock.now()
    with turn.begin() as session:
        bot = session.get_one(Bot, turn.bot_id)
        is_planned = session.scalar(select(Order.id).where(Order.signal_id == signal.id).limit(1))
        early = _reason_to_stop(session, bot, signal, now)
    if early:
        return early
    if is_planned is None:
        end = _plan(turn, bot, signal)
        if end:
            return end
    sent = submit.send(signal.id, clock.now(), turn.begin)
    return End("refused" if sent.word == "rejected" else sent.word, sent.reason)


def _reason_to_stop(session: Session, bot: Bot, signal: Signal, now: datetime) -> End | None:
    """An order that may have reached a venue is always seen through."""
    if was_sent(session, signal.id):
        return None
    if bot.deleted_at is not None:
        return End("ignored", "The bot was deleted.")
    if signal.expires_at is not None and now >= signal.expires_at:
        return End("expired", "The alert was too old to trade when its turn came.")
    return None


def _plan(turn: Turn, bot: Bot, signal: Signal) -> End | None:
    """Read the alert, ask the market, store the order. None: there is something to send."""
    try:
        found = _read(signal, bot)
        market = submit.prepare(bot, signal.id, found.intent, clock.now(), turn.begin)
    except Refused as error:
        return End("refused", error.reason)
    except Invalid as error:
        return End("refused", error.message)
    except Unavailable as error:
        return End("retry", error.message)
    except (NoClearAnswer, NotReached) as error:
        return End("retry", f"The venue can't be reached: {error}")
    plan = _store_plan(turn, signal.id, found, market)
    return None if plan.status == "planned" else End(plan.status, plan.reason)


def _read(signal: Signal, bot: Bot) -> Read:
    found = parse(signal.body, bot.asset_type)
    if signal.source == "replay":
        # Repeated by hand: it is meant now, whenever the alert was first sent.
        return replace(found, intent=replace(found.intent, sent_at=None))
    return found


def _store_plan(turn: Turn, signal_id: uuid.UUID, found: Read, market: Market) -> trading.Plan:
    now = clock.now()
    with turn.begin() as session:
        signal = session.get_one(Signal, signal_id)
        bot = session.get_one(Bot, turn.bot_id)
        signal.parser, signal.intent = found.parser, as_json(found.intent)
        note(signal, "read", now, parser=found.parser, summary=_summary(found.intent))
        plan = trading.plan(session, bot, signal_id, found.intent, market, now)
        note(
            signal,
            plan.status,
            clock.now(),
            rules=list(plan.verdicts),
            sizing=dict(plan.arithmetic),
            orders=[_order_words(order) for order in plan.orders],
        )
        signal.claimed_at = clock.now()
    return plan


def _summary(intent: Intent) -> str:
    target = f" towards {intent.target}" if intent.target else ""
    quantity = f" {intent.quantity}" if intent.quantity else ""
    return f"{intent.action}{quantity} {intent.symbol}{target}"


def _order_words(order: Order) -> str:
    return f"{order.side} {order.quantity.normalize():f} {order.symbol} ({order.type})"
