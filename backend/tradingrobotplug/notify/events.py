"""What users are told of, put down in the transaction of what happened.

The layers above call `emit`; nothing is sent here. Every event has a key of its own, so that the
same fill, refusal or lock is told once, however often it is come across.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Uuid, and_, bindparam, exists, null, select
from sqlalchemy import event as hooks
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import db, queues
from ..db import new_id
from ..models import Notification, NotificationChannel, NotificationPreference, User


class Kind(StrEnum):
    """The facts of each are those that `wording` puts into its sentence."""

    FILL = "fill"  # symbol, side, quantity, price, mode
    REFUSED = "refused"  # reason
    DEAD = "dead"  # reason
    IN_DOUBT = "in_doubt"  # reason
    DAILY_LOSS_LOCK = "daily_loss_lock"  # reason
    LOST_ALERT = "lost_alert"  # reason
    UNGUARDED = "unguarded"  # symbol, reason
    DRIFT = "drift"  # symbol, reason
    LOST_KEY = "lost_key"  # label, reason
    HALT = "halt"  # level, reason
    PAYMENT = "payment"  # reason
    PLAN = "plan"  # reason
    USAGE = "usage"  # reason


ROUTINE = frozenset({Kind.FILL, Kind.REFUSED})
"""What is part of a working day: nobody gets mails of it without asking for them."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a user may want to be told. `key` is unique among the user's events of the kind."""

    kind: Kind
    key: str
    user_id: uuid.UUID
    bot_id: uuid.UUID | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    is_mailed: bool = False  # a letter of its own was written already


def emit(session: Session, happened: Event, now: datetime) -> int:
    """Put the event down for every channel that wants it; how many messages are new.

    A worker is rung once the transaction has been committed. Safe in any transaction: it neither
    raises for what a user has set up nor asks anybody outside.
    """
    wanted = _wanted(session, happened)
    if not wanted:
        return 0
    new = list(
        session.scalars(
            insert(Notification)
            .values([_values(happened, channel_id, now) for channel_id in wanted])
            .on_conflict_do_nothing()
            .returning(Notification.id)
        )
    )
    for one in new:
        _ring_after_commit(session, one)
    return len(new)


def is_usual(kind: Kind, *, by_mail: bool) -> bool:
    """Whether it is told where the user has said nothing."""
    return not (by_mail and kind in ROUTINE)


def _wanted(session: Session, happened: Event) -> list[uuid.UUID | None]:
    """The channels, None for mail. The house account that keeps public records has none."""
    asked = {"user_id": happened.user_id, "event": happened.kind.value}
    rows = db.rows(session, _CHANNELS, **asked)
    return [
        channel_id
        for channel_id, said in rows
        if (is_usual(happened.kind, by_mail=channel_id is None) if said is None else said)
        and not (happened.is_mailed and channel_id is None)
    ]


def _channels() -> Select[Any, Any]:
    """Every channel of a user, None for mail, with what was said of this event there."""
    users, chats = User.__table__.c, NotificationChannel.__table__.c
    word = NotificationPreference.__table__.c
    mine = and_(users.id == bindparam("user_id"), users.is_house.is_(False))
    own = select(chats.id).where(users.id == chats.user_id, mine)
    mail = select(null().cast(Uuid)).where(exists(users.id).where(mine))
    every = own.union_all(mail).subquery()
    said = and_(
        word.user_id == bindparam("user_id"),
        word.event == bindparam("event"),
        word.channel_id.is_not_distinct_from(every.c.id),
    )
    return select(every.c.id, word.is_wanted).select_from(
        every.outerjoin(NotificationPreference.__table__, said)
    )


_CHANNELS = db.as_sql(_channels())  # made once: it is asked with every fill


def _values(happened: Event, channel_id: uuid.UUID | None, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "user_id": happened.user_id,
        "bot_id": happened.bot_id,
        "channel_id": channel_id,
        "event": happened.kind.value,
        "key": happened.key,
        "facts": dict(happened.facts),
        "created_at": now,
        "next_attempt_at": now,
        "attempts": 0,
    }


def _ring_after_commit(session: Session, notification_id: uuid.UUID) -> None:
    hooks.listen(
        session, "after_commit", lambda _: queues.enqueue(queues.NOTIFY, str(notification_id))
    )
