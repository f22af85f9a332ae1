"""Messages as rows: taken to be sent, summed up, tried again, given up with the reason kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from .. import logs
from ..models import Bot, Notification, NotificationChannel, User
from . import outbox, wording
from .senders import Outcome
from .wording import Message, Told

AT_MOST_EVERY = timedelta(minutes=1)  # one message per kind, bot and channel
MOST_ATTEMPTS = 12  # over six hours
KEPT_FOR = timedelta(days=30)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
_MOST_AT_ONCE = 500
_OPEN = and_(Notification.sent_at.is_(None), Notification.given_up_at.is_(None))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one message tells, and where it goes. No channel: to the user's mail address."""

    ids: tuple[uuid.UUID, ...]
    user_id: uuid.UUID
    channel: NotificationChannel | None
    message: Message


def due(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """What may be sent now, the oldest first."""
    query = select(Notification.id).where(_OPEN, Notification.next_attempt_at <= now)
    return list(session.scalars(query.order_by(Notification.next_attempt_at).limit(limit)))


def claim(session: Session, notification_id: uuid.UUID, now: datetime) -> Batch | None:
    """Take a due notification, and with it all that is due of its kind, bot and channel.

    None if it is sent, given up, not due, or the last message of these is younger than a minute.
    The next attempt is set beforehand: a worker that dies while sending loses nothing, and of two
    workers one sends.
    """
    row = session.get(Notification, notification_id)
    if row is None:
        return None
    _lock(session, row)
    rows = _due_alike(session, row, now)
    if notification_id not in {one.id for one in rows} or _is_too_soon(session, row, rows, now):
        return None
    taken = [one for one in rows if not _is_spent(one, now)]
    for one in taken:
        one.next_attempt_at = now + min(_FIRST_WAIT * 2**one.attempts, _LONGEST_WAIT)
        one.attempts += 1
        one.attempted_at = now
    return _batch(session, taken) if taken else None


def conclude(session: Session, batch: Batch, outcome: Outcome, now: datetime) -> None:
    """Note that the message was taken; or why not, and whether it is tried again."""
    rows = session.scalars(
        select(Notification).where(Notification.id.in_(batch.ids), _OPEN).with_for_update()
    ).all()
    reason = logs.redact(outcome.reason or "")[:500] or None
    for row in rows:
        row.last_error = reason
        row.next_attempt_at = max(row.next_attempt_at, now + _bounded(outcome.wait_seconds))
        if outcome.word == "taken":
            row.sent_at = now
        elif outcome.word == "never" or row.attempts >= MOST_ATTEMPTS:
            row.given_up_at = now
    if batch.channel is not None:
        noted = {"last_error": reason} | ({"last_sent_at": now} if reason is None else {})
        mine = NotificationChannel.id == batch.channel.id
        session.execute(update(NotificationChannel).where(mine).values(noted))


def put_in_a_letter(session: Session, batch: Batch, now: datetime) -> None:
    """Hand a message without a channel to the outbox of mails, in the same transaction."""
    user = session.get_one(User, batch.user_id)
    outcome = Outcome("never", "Mail can't be sent to the account's address.")
    if outbox.is_usable(user.email):
        letter = wording.letter(batch.message)
        outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
        outcome = Outcome("taken")
    conclude(session, batch, outcome, now)


def prune(session: Session, now: datetime) -> None:
    """Delete what is older than 30 days."""
    session.execute(delete(Notification).where(Notification.created_at < now - KEPT_FOR))


def _lock(session: Session, row: Notification) -> None:
    """Until the transaction ends nobody else decides about these messages."""
    name = f"{row.user_id}|{row.channel_id}|{row.bot_id}|{row.event}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _due_alike(session: Session, row: Notification, now: datetime) -> Sequence[Notification]:
    return session.scalars(
        select(Notification)
        .where(_alike(row), _OPEN, Notification.next_attempt_at <= now)
        .order_by(Notification.created_at, Notification.id)
        .limit(_MOST_AT_ONCE)
        .execution_options(populate_existing=True)
    ).all()


def _is_too_soon(
    session: Session, row: Notification, rows: Sequence[Notification], now: datetime
) -> bool:
    """Whether these must wait; if so, until the minute is over."""
    latest = session.scalar(
        select(func.max(Notification.attempted_at)).where(
            _alike(row), Notification.attempted_at > now - AT_MOST_EVERY
        )
    )
    if latest is None:
        return False
    for one in rows:
        one.next_attempt_at = latest + AT_MOST_EVERY
    return True


def _is_spent(row: Notification, now: datetime) -> bool:
    """Whether its last attempt never came to an end: the worker was gone."""
    if row.attempts < MOST_ATTEMPTS:
        return False
    row.given_up_at = now
    row.last_error = row.last_error or "The last attempt was cut off."
    return True


def _alike(row: Notification) -> ColumnElement[bool]:
    return and_(
        Notification.user_id == row.user_id,
        Notification.event == row.event,
        Notification.bot_id.is_not_distinct_from(row.bot_id),
        Notification.channel_id.is_not_distinct_from(row.channel_id),
    )


def _batch(session: Session, rows: Sequence[Notification]) -> Batch:
    first = rows[0]
    channel = session.get_one(NotificationChannel, first.channel_id) if first.channel_id else None
    bot = session.get_one(Bot, first.bot_id) if first.bot_id else None
    told = [Told(row.id, row.created_at, row.facts) for row in rows]
    message = Message(first.event, first.bot_id, bot.name if bot else "", told)
    return Batch(tuple(row.id for row in rows), first.user_id, channel, message)


def _bounded(wait_seconds: int) -> timedelta:
    return min(timedelta(seconds=wait_seconds), _LONGEST_WAIT)
