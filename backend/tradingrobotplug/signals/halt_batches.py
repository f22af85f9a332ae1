"""A stop of many bots, carried out in small transactions that may be interrupted and repeated.

What is left is read from the tables: the bots without the stop's signal, then the users who were
not told. A bot's signals are stored together, under keys made from the stop's id.
"""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from .. import logs
from ..models import Bot, Halt, Order, Signal
from ..notify import events
from ..notify.events import Kind
from ..trading import halts
from ..trading.planning import RESTING
from .halting import bodies, hint
from .service import record_signal

BOTS_AT_ONCE = 20  # their intake waits for the commit
USERS_AT_ONCE = 50


def carry_on(session: Session, now: datetime) -> list[uuid.UUID] | None:
    """One more batch of the oldest stop that is not carried out: the bots that got signals, to be
    rung after the commit. None: there is nothing to do, or somebody else is at it."""
    halt = session.scalar(
        select(Halt)
        .where(Halt.lifted_at.is_(None), Halt.carried_out_at.is_(None))
        .order_by(Halt.ordered_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if halt is None:
        return None
    given = [] if halt.level == "entries" else _give_signals(session, halt, now)
    if not given and not _tell_some(session, halt, now):
        halt.carried_out_at = now
        logs.event("halt.carried_out", halt_id=str(halt.id), stops=halt.level)
    return given


def _give_signals(session: Session, halt: Halt, now: datetime) -> list[uuid.UUID]:
    has_them = exists().where(Signal.bot_id == Bot.id, Signal.dedup_key == f"halt:{halt.id}:0")
    bots = session.execute(
        select(Bot.id, Bot.status)
        .where(_concerns(halt), or_(Bot.status != "stopped", _has_open_entry()), ~has_them)
        .order_by(Bot.id)  # as intake takes its locks
        .limit(BOTS_AT_ONCE)
    ).all()
    for bot_id, status in bots:
        for number, body in enumerate(bodies(halt.level, status)):
            record_signal(session, bot_id, body, f"{halt.id}:{number}", "halt", now)
    return [bot_id for bot_id, _ in bots]


def _tell_some(session: Session, halt: Halt, now: datetime) -> bool:
    """Tell the next users, unless it was their own word; whether there were any."""
    wanted = select(Bot.user_id).where(_concerns(halt), Bot.status != "stopped")
    if halt.told_up_to is not None:
        wanted = wanted.where(Bot.user_id > halt.told_up_to)
    users = session.scalars(wanted.distinct().order_by(Bot.user_id).limit(USERS_AT_ONCE)).all()
    if not users:
        return False
    hint(session, users)
    if halts.is_operators(halt):
        facts = {"level": halt.level, "reason": halt.reason or ""}
        for user_id in users:
            told = events.Event(Kind.HALT, str(halt.id), user_id, None, facts)
            events.emit(session, told, now)
    halt.told_up_to = users[-1]
    return True


def _concerns(halt: Halt) -> ColumnElement[bool]:
    whose = true() if halt.user_id is None else Bot.user_id == halt.user_id
    return and_(Bot.deleted_at.is_(None), whose)


def _has_open_entry() -> ColumnElement[bool]:
    return exists().where(
        Order.bot_id == Bot.id,
        Order.leg == "entry",
        Order.state.in_(("submitting", *RESTING)),
    )
