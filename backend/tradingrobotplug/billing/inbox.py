"""The inbox of Stripe's events: put down before anything else, worked off by a worker, kept open
until it is done."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import logs
from ..models import StripeEvent
from .answers import EventSeen

KEPT_FOR = timedelta(days=90)
MOST_ATTEMPTS = 15  # over a day and a half
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=4)


def put(session: Session, seen: EventSeen, now: datetime) -> bool:
    """Put an event down; False if it is known. Stripe delivers at least once."""
    row = insert(StripeEvent).values(
        id=seen.id,
        type=seen.type,
        customer_id=seen.customer_id,
        object_id=seen.object_id,
        created_at=seen.created_at,
        received_at=now,
        status="received",
        attempts=0,
        next_attempt_at=now,
    )
    new = session.scalar(row.on_conflict_do_nothing().returning(StripeEvent.id))
    return new is not None


def due(session: Session, now: datetime, limit: int) -> list[str]:
    """What is to be worked off now, the oldest first."""
    query = select(StripeEvent.id).where(
        StripeEvent.status == "received", StripeEvent.next_attempt_at <= now
    )
    return list(session.scalars(query.order_by(StripeEvent.next_attempt_at).limit(limit)))


def claim(session: Session, event_id: str, now: datetime) -> StripeEvent | None:
    """Take an open event. The next attempt is set beforehand: a worker that dies loses nothing.

    Two workers may take it one after the other; what they do is the same.
    """
    row = session.scalar(
        select(StripeEvent)
        .where(StripeEvent.id == event_id, StripeEvent.status == "received")
        .where(StripeEvent.next_attempt_at <= now)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.next_attempt_at = now + min(_FIRST_WAIT * 2 ** min(row.attempts, 12), _LONGEST_WAIT)
    row.attempts += 1
    return row


def conclude(session: Session, event_id: str, word: str, now: datetime) -> None:
    """Note that it is done, or why it was ignored."""
    status, _, reason = word.partition(": ")
    _set(session, event_id, status=status, last_error=reason or None, finished_at=now)


def fail(session: Session, event: StripeEvent, error: Exception, now: datetime) -> None:
    """Note why it is not done. After the last attempt it is dead, and `reconcile` puts it right."""
    columns: dict[str, object] = {"last_error": f"{type(error).__name__}: {error}"[:500]}
    if event.attempts >= MOST_ATTEMPTS:
        columns |= {"status": "dead", "finished_at": now}
        logs.event("billing.event_given_up", level=logging.ERROR, event=event.id, type=event.type)
    _set(session, event.id, **columns)


def revive(session: Session, now: datetime) -> int:
    """Open dead events again; how many there were."""
    dead = update(StripeEvent).where(StripeEvent.status == "dead")
    found = session.scalars(
        dead.values(status="received", attempts=0, next_attempt_at=now, finished_at=None).returning(
            StripeEvent.id
        )
    )
    return len(found.all())


def prune(session: Session, now: datetime) -> None:
    """Forget what was worked off long ago."""
    old = StripeEvent.received_at < now - KEPT_FOR
    session.execute(delete(StripeEvent).where(old, StripeEvent.status != "received"))


def _set(session: Session, event_id: str, **columns: object) -> None:
    session.execute(
        update(StripeEvent)
        .where(StripeEvent.id == event_id, StripeEvent.status == "received")
        .values(**columns)
    )
