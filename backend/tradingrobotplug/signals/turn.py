"""A worker's turn with one bot: claim the oldest signal, note each step, end it with a word."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Select, bindparam, exists, func, select, text, update
from sqlalchemy.orm import Session

from .. import clock, db, live, logs, rows
from ..models import Bot, Order, Signal
from ..models.signals import IS_OPEN, OPEN_STATES
from ..trading.locks import Begin, backend_of, transactions_on
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

_IS_OPEN_UNHURRIED = text(f"{IS_OPEN.text} AND {db.IS_UNHURRIED.text}")
_UNCLAIMED = {"claimed_at": None, "claimed_by": None}
# Made once: to put a statement together takes longer than PostgreSQL needs for the answer.
_STATES = select(func.array_agg(Order.state)).where(Order.signal_id == Signal.id).scalar_subquery()
_OF_SIGNAL, _OF_BOT = rows.columns(Signal), rows.columns(Bot, "its_")
_HEAD = db.as_sql(
    select(*_OF_SIGNAL, *_OF_BOT, _STATES.label("states"))
    .join(Bot, Bot.id == Signal.bot_id)
    .where(Signal.bot_id == bindparam("bot_id"), IS_OPEN)
    .order_by(Signal.seq)
    .limit(2)
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who works on a bot: the connection that holds its lock, with no transaction open on it."""

    connection: Connection
    bot_id: uuid.UUID

    @property
    def begin(self) -> Begin:
        """Makes transactions on the connection."""
        return transactions_on(self.connection)


@dataclass(frozen=True, slots=True)
class End:
    """What one attempt at a signal came to. `retry` and `in_doubt` may be tried again, after
    `seconds` where the venue said so; `wait` comes again however often it takes."""

    word: Literal["done", "refused", "ignored", "expired", "retry", "in_doubt", "wait"]
    reason: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A signal that is being carried out, its bot, and the states of the orders it has already.

    `is_last`: none came after it so far.
    """

    signal: Signal
    bot: Bot
    states: tuple[str, ...]
    is_last: bool

    @property
    def was_sent(self) -> bool:
        """Whether an order of the signal may have reached a venue."""
        return any(state != "planned" for state in self.states)


def claim(turn: Turn) -> Claimed | None:
    """Take the bot's oldest open signal. None if there is none, or its next attempt is not due:
    what came later waits, so that a bot's signals keep their order."""
    now = clock.now()
    claimed = _head(turn, now)
    if claimed is None or claimed.signal.next_attempt_at > now:
        return None
    log, backend = noted(claimed.signal, "claimed", now), backend_of(turn.connection)
    step = {"status": "processing", "claimed_at": now, "claimed_by": backend, "log": log}
    is_ours = _write_unhurried(turn, claimed.signal, step)
    return claimed if is_ours else claim(turn)


def write(where: Session | Connection, signal: Signal, columns: Mapping[str, Any]) -> bool:
    """Store these columns of a signal in hand, and in `signal`: in a session's transaction, or by
    themselves. False, and nothing is stored, if somebody has ended it meanwhile."""
    return rows.change(where, signal, columns, only_if=IS_OPEN)


def _write_unhurried(turn: Turn, signal: Signal, columns: Mapping[str, Any]) -> bool:
    """The same for what nobody misses: a signal whose claim is lost is open as before, and one of
    which is lost that it was done has all its orders."""
    return rows.change(turn.connection, signal, columns, only_if=_IS_OPEN_UNHURRIED)


def parse_for(bot: Bot, body: bytes) -> Read:
    """Read an alert the way this bot takes it. Refused."""
    return parse(body, bot.asset_type, usdt_is_usd=bool(bot.execution.get("usdt_is_usd")))


def noted(signal: Signal, step: str, now: datetime, **facts: Any) -> list[Any]:
    """The signal's log with one more step: when, and how long after the alert came in."""
    ms = round((now - signal.received_at).total_seconds() * 1000)
    return [*signal.log, {"step": step, "at": now.isoformat(), "ms": ms} | facts]


def note(signal: Signal, step: str, now: datetime, **facts: Any) -> None:
    """Append a step to the signal's log."""
    signal.log = noted(signal, step, now, **facts)


def finish(turn: Turn, claimed: Claimed, end: End) -> None:
    """Store how the attempt ended, and when the next one is due if there is to be one."""
    now, signal = clock.now(), claimed.signal
    if end.word == "wait":
        write(turn.connection, signal, _waiting(signal, end, now))
    elif _finish(turn, signal, end, now):
        live.publish(live.Hint(claimed.bot.user_id, "signal", turn.bot_id, signal.id))
        _report(signal, now)


def _finish(turn: Turn, signal: Signal, end: End, now: datetime) -> bool:
    columns = _ended(signal, end, now)
    if end.word == "done":  # then nothing else is stored with it
        return _write_unhurried(turn, signal, columns)
    with turn.begin() as session:
        if not write(session, signal, columns):
            return False
        if signal.finished_at:
            drop_unsent(session, signal.id, end.reason or signal.status, now)
        news.tell(session, signal, end.word, now)
    return True


def _ended(signal: Signal, end: End, now: datetime) -> dict[str, Any]:
    attempts = signal.attempts + 1
    columns: dict[str, Any] = dict(_UNCLAIMED)
    columns |= {"attempts": attempts, "last_error": end.reason, "finished_at": now}
    if end.word not in ("retry", "in_doubt"):
        columns["status"] = end.word
    elif attempts > len(RETRY_SECONDS):
        columns["status"] = "dead"
    else:
        jitter = random.uniform(1 - _JITTER, 1 + _JITTER)  # nosec B311  # spreads load, no secret
        wait = RETRY_SECONDS[attempts - 1] * jitter
        seconds = max(wait, min(end.seconds or 0, LONGEST_WAIT))
        columns |= {"finished_at": None, **_again(seconds, now)}
    facts = {"reason": end.reason} if end.reason else {}
    return columns | {"log": noted(signal, columns["status"], now, **facts)}


def _waiting(signal: Signal, end: End, now: datetime) -> dict[str, Any]:
    """Noted once, however often it comes again: then only the claim is taken back."""
    if any(entry["step"] == "waits" for entry in signal.log):
        log = signal.log[:-1]
    else:
        log = noted(signal, "waits", now, reason=end.reason)
    return _UNCLAIMED | _again(WAIT_SECONDS, now) | {"log": log}


def _again(seconds: float, now: datetime) -> dict[str, Any]:
    return {"status": "retrying", "next_attempt_at": now + timedelta(seconds=seconds)}


def drop_unsent(session: Session, signal_id: uuid.UUID, reason: str, now: datetime) -> None:
    """The signal's own order must not leave any more if it never left. What guards a fill is not
    given up with the signal."""
    session.execute(
        update(Order)
        .where(Order.signal_id == signal_id, Order.state == "planned", Order.parent_id.is_(None))
        .values(state="failed", reason=reason, finished_at=now)
    )


def _head(turn: Turn, now: datetime) -> Claimed | None:
    """The bot's oldest open signal, once those that were superseded are set aside."""
    found = db.read(_HEAD, bot_id=turn.bot_id)
    if len(found) == 2:
        with turn.begin() as session:
            _set_aside_superseded(session, turn.bot_id, now)
            found = db.rows(session, _HEAD, bot_id=turn.bot_id)
    if not found:
        return None
    *values, states = found[0]
    signal = rows.made(Signal, values[: len(_OF_SIGNAL)])
    bot = rows.made(Bot, values[len(_OF_SIGNAL) :])
    return Claimed(signal, bot, tuple(states or ()), is_last=len(found) == 1)


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
        .with_for_update()
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
