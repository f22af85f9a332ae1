"""Who gives the word to stop trading, for a bot, a user or everybody, and to go on.

A stop of many bots is a row, which keeps entries back from the moment it is stored; `halt_batches`
gives the bots their signals.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import live
from ..accounts import audit
from ..bots.service import set_status
from ..errors import Conflict
from ..models import Bot, Halt
from ..trading import halts
from ..trading.halts import Level
from .service import record_signal

CANCEL, FLATTEN = b"CANCEL", b"FLATTEN"


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody's word. `by`: a user; none: the command line."""

    by: uuid.UUID | None
    now: datetime
    via: str = "command_line"  # or session, api_key
    address: str = ""
    reason: str | None = None


def stop(session: Session, user_id: uuid.UUID | None, level: Level, command: Command) -> Halt:
    """Stop a user's bots, or everybody's. Ring CARRY_OUT_HALTS after the commit.

    The same or a higher level once more is a new stop, carried out anew; a lower one changes
    nothing, because what it asks for is in force. What the operator has stopped stays the
    operator's, whoever raises it.
    """
    _take_turns(session, user_id)
    old = halts.of_scope(session, user_id)
    if old is not None and halts.rank(level) < halts.rank(old.level):
        return old
    by, reason = command.by, command.reason
    if old is not None:
        old.lifted_at = command.now
        session.flush()  # before the next one takes its place
        if halts.is_operators(old) and by == user_id:
            by, reason = old.ordered_by, old.reason
    made = Halt(user_id=user_id, level=level, reason=reason, ordered_by=by, ordered_at=command.now)
    session.add(made)
    session.flush()
    _audit(session, "trading.stopped", user_id, made.id, command, level=level)
    return made


def resume(session: Session, user_id: uuid.UUID | None, command: Command) -> bool:
    """Let entries in again; bots stay as their owners left them. Whether they were stopped.

    Conflict `stopped_by_operator` for a user whom the operator stopped.
    """
    _take_turns(session, user_id)
    halt = halts.of_scope(session, user_id)
    if halt is None:
        return False
    if user_id is not None and command.by == user_id and halts.is_operators(halt):
        raise Conflict(
            "stopped_by_operator", "The operator stopped your trading and alone can let it go on."
        )
    halt.lifted_at = command.now
    _audit(session, "trading.resumed", user_id, halt.id, command)
    if user_id is not None:
        hint(session, [user_id])
    return True


def stop_bot(session: Session, bot: Bot, level: Level, command: Command) -> None:
    """Pause one bot, and store what the level asks for behind the signals that it has. Ring
    for the bot after the commit.

    A bot that is `stopped` stays so, unless it has to trade to be flat.
    """
    if bot.status == "running" or level == "flatten":
        bot.status, bot.updated_at = "paused", command.now
    if bot.held_from == "running":
        bot.held_from = "paused"  # a place in the plan must not start it
    for body in bodies(level, bot.status):
        record_signal(session, bot.id, body, None, "halt", command.now)
    live.note(session, "bot", bot.user_id, bot.id, bot.id)
    _audit(session, "bot.halted", bot.user_id, bot.id, command, level=level)


def resume_bot(session: Session, bot: Bot, command: Command) -> None:
    """Let a bot run again, whoever paused it. PlanLimitReached if its user's plan has no place."""
    set_status(session, bot, "running", command.now)
    live.note(session, "bot", bot.user_id, bot.id, bot.id)
    _audit(session, "bot.running", bot.user_id, bot.id, command)


def bodies(level: str, status: str) -> list[bytes]:
    """Alerts that do what the level asks of a bot. Entries go first, in whatever symbol, so that
    none fills behind the exits. A stopped bot sends no order, but what it has out is cancelled."""
    if level == "entries":
        return []
    return [CANCEL, FLATTEN] if level == "flatten" and status != "stopped" else [CANCEL]


def hint(session: Session, user_ids: Iterable[uuid.UUID]) -> None:
    """Tell the users' open pages that their bots have changed."""
    bots = select(Bot.id, Bot.user_id).where(Bot.user_id.in_(user_ids), Bot.deleted_at.is_(None))
    for bot_id, user_id in session.execute(bots):
        live.note(session, "bot", user_id, bot_id, bot_id)


def _take_turns(session: Session, user_id: uuid.UUID | None) -> None:
    """Of two who stop or resume the same at once, one sees what the other did."""
    key = func.hashtextextended(f"halt:{user_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _audit(
    session: Session,
    action: str,
    owner: uuid.UUID | None,
    what: uuid.UUID,
    command: Command,
    **details: str,
) -> None:
    """In the trail of whoever gave the word, and without the address in that of whose bots these
    are."""
    said = details | {"by": command.via} | ({"reason": command.reason} if command.reason else {})
    trails = [(command.by, command.address)] if command.by or owner is None else []
    if owner not in (None, command.by):
        trails.append((owner, ""))
    for user_id, address in trails:
        audit.record(
            session,
            action,
            command.now,
            user_id=user_id,
            object_id=what,
            address=address,
            **said,
        )
