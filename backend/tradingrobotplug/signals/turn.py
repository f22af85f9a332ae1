"""A worker's turn with one bot: claim the oldest signal, note each step, end it with a word."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from .. import clock, live, logs
from ..models import Bot, Order, Signal
from ..models.signals import OPEN_STATES
from ..trading.locks import Begin
from . import news
from .alert import Read, is_exit, parse
from .reading import Refused

RETRY_SECONDS = (1, 2, 4)
LONGEST_WAIT = 60.0  # seconds, whatever a venue says
WAIT_SECONDS = 0.5
_JITTER = 0.2
_LOOK_AHEAD = 100
_CLOSED = "A later alert closed the position before this one was sent."
_STOPPED = "Trading was stopped before this alert was sent."


@dataclass(frozen=True, slots=True)
class Turn:
    """Who works: transactions on the connection that holds the bot's lock, and its backend."""

    begin: Begin
    bot_id: uuid.UUID
    backend: int


@dataclass(frozen=True, slots=True)
class End:
    """What one attempt at a signal came to. `retry` and `in_doubt` may be tried again, after
    `seconds` where the venue said so; `wait` comes again however often it takes."""

    word: Literal["done", "refused", "ignored", "expired", "retry", "in_doubt", "wait"]
    reason: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A signal that is being carried out, its bot, and the states of the orders it has already."""

    signal: Signal
    bot: Bot
    states: tuple[str, ...]

    @property
    def was_sent(self) -> bool:
        """Whether an order of the signal may have reached a venue."""
        return any(state != "planned" for state in self.states)


def claim(turn: Turn) -> Claimed | None:
    """Take the bot's oldest open signal. None if there is none, or its next attempt is not due:
    what came later waits, so that a bot's signals keep their order."""
    now = clock.now()
    with turn.begin() as session:
        head = _head(session, turn.bot_id, now)
        if head is None or head.next_attempt_at > now:
            return None
        head.status = "processing"
        head.claimed_at = now
        head.claimed_by = turn.backend
        note(head, "claimed", now)
        bot = session.get_one(Bot, turn.bot_id)
        states = session.scalars(select(Order.state).where(Order.signal_id == head.id))
        return Claimed(head, bot, tuple(states))


def parse_for(bot: Bot, body: bytes) -> Read:
    """Read an alert the way this bot takes it. Refused."""
    return parse(body, bot.asset_type, usdt_is_usd=bool(bot.execution.get("usdt_is_usd")))


def note(signal: Signal, step: str, now: datetime, **facts: Any) -> None:
    """Append a step to the signal's log: when, and how long after the alert came in."""
    ms = round((now - signal.received_at).total_seconds() * 1000)
    signal.log = [*signal.log, {"step": step, "at": now.isoformat(), "ms": ms} | facts]


def finish(turn: Turn, claimed: Claimed, end: End) -> None:
    """Store how the attempt ended, and when the next one is due if there is to be one."""
    now = clock.now()
    with turn.begin() as session:
        signal = session.get_one(Signal, claimed.signal.id, with_for_update=True)
        if signal.status != "processing":
            return
        if end.word == "wait":
            _come_again(signal, WAIT_SECONDS, now)
            _note_wait(signal, end, now)
            return
        signal.attempts += 1
        signal.last_error = end.reason
        signal.claimed_at = signal.claimed_by = None
        _close(session, signal, end, now)
        facts = {"reason": end.reason} if end.reason else {}
        note(signal, signal.status, now, **facts)
        news.tell(session, signal, end.word, now)
        live.note(session, "signal", claimed.bot.user_id, turn.bot_id, signal.id)
    _report(signal, now)


def _close(session: Session, signal: Signal, end: End, now: datetime) -> None:
    if end.word in ("retry", "in_doubt"):
        if signal.attempts <= len(RETRY_SECONDS):
            jitter = random.uniform(1 - _JITTER, 1 + _JITTER)  # nosec B311  # spreads load, no secret
            wait = RETRY_SECONDS[signal.attempts - 1] * jitter
            _come_again(signal, max(wait, min(end.seconds or 0, LONGEST_WAIT)), now)
            return
        signal.status = "dead"
    else:
        signal.status = end.word
    signal.finished_at = now
    if signal.status != "done":
        drop_unsent(session, signal.id, end.reason or signal.status, now)


def _come_again(signal: Signal, seconds: float, now: datetime) -> None:
    signal.status, signal.next_attempt_at = "retrying", now + timedelta(seconds=seconds)
    signal.claimed_at = signal.claimed_by = None


def _note_wait(signal: Signal, end: End, now: datetime) -> None:
    """Once, however often it comes again: then only the claim is taken back."""
    if any(entry["step"] == "waits" for entry in signal.log):
        signal.log = signal.log[:-1]
    else:
        note(signal, "waits", now, reason=end.reason)


def drop_unsent(session: Session, signal_id: uuid.UUID, reason: str, now: datetime) -> None:
    """The signal's own order must not leave any more if it never left. What guards a fill is not
    given up with the signal."""
    session.execute(
        update(Order)
        .where(Order.signal_id == signal_id, Order.state == "planned", Order.parent_id.is_(None))
        .values(state="failed", reason=reason, finished_at=now)
    )


def _head(session: Session, bot_id: uuid.UUID, now: datetime) -> Signal | None:
    """The bot's oldest open signal, locked, once those that were superseded are set aside."""
    oldest = _open(bot_id).limit(2).with_for_update()
    found = session.scalars(oldest).all()
    if len(found) == 2:
        _set_aside_superseded(session, bot_id, now)
        found = session.scalars(oldest).all()
    return found[0] if found else None


def _set_aside_superseded(session: Session, bot_id: uuid.UUID, now: datetime) -> None:
    """Entries that wait while a later alert closes their symbol, or a stop of trading is behind
    them, are not sent any more."""
    waiting = session.scalars(_open(bot_id).limit(_LOOK_AHEAD)).all()
    bot = session.get_one(Bot, bot_id)
    allow_short = bool(bot.execution.get("allow_short"))
    closed: set[str] = set()
    is_stopped = False
    for signal in reversed(waiting):
        try:
            intent = parse_for(bot, signal.body).intent
        except Refused:
            continue
        is_stopped = is_stopped or signal.source == "halt"
        if intent.closes:
            closed.add(intent.symbol)
        elif is_exit(intent, allow_short):
            continue
        elif is_stopped or intent.symbol in closed:
            _supersede(session, signal, _STOPPED if is_stopped else _CLOSED, now)
            live.note(session, "signal", bot.user_id, bot.id, signal.id)


def _supersede(session: Session, signal: Signal, reason: str, now: datetime) -> None:
    sent = exists().where(Order.signal_id == signal.id, Order.state != "planned")
    if session.scalar(select(sent)):
        return
    signal.status, signal.finished_at, signal.last_error = "ignored", now, reason
    note(signal, "ignored", now, reason=reason)
    drop_unsent(session, signal.id, reason, now)
    session.flush()


def _open(bot_id: uuid.UUID) -> Select[Signal]:
    return (
        select(Signal)
        .where(Signal.bot_id == bot_id, Signal.status.in_(OPEN_STATES))
        .order_by(Signal.seq)
    )


def _report(signal: Signal, now: datetime) -> None:
    level = 40 if signal.status == "dead" else 20
    logs.event(
        f"signal.{signal.status}",
        level=level,
        signal_id=signal.id,
        bot_id=signal.bot_id,
        attempts=signal.attempts,
        ms=round((now - signal.received_at).total_seconds() * 1000),
        reason=signal.last_error or "-",
    )
