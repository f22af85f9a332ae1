"""What traders are told of their alerts."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, or_, select
from sqlalchemy.orm import Session

from ..models import Bot, Notification, NotificationChannel, NotificationPreference, Signal
from ..notify import events
from ..notify.events import Kind

_TOLD = {"refused": Kind.REFUSED, "expired": Kind.REFUSED, "dead": Kind.DEAD}
_LOOKED_BACK = timedelta(hours=1)  # for what the spool held, and after a scheduler was away
_AT_ONCE = 200


def tell(session: Session, signal: Signal, word: str, now: datetime) -> None:
    """Tell of an alert that was not carried out, and once of an order nobody has answered for.

    `word` is what the latest attempt came to; an alert is told as dead when none follows.
    """
    kinds = [_TOLD.get(signal.status), Kind.IN_DOUBT if word == "in_doubt" else None]
    for kind in filter(None, kinds):
        owner = session.get_one(Bot, signal.bot_id).user_id
        _emit(session, kind, signal, owner, now)


def tell_turned_away(session: Session, now: datetime) -> None:
    """Tell of alerts that intake refused. It has no time to look who wants to know."""
    for signal, owner in _turned_away(session, now):
        _emit(session, Kind.REFUSED, signal, owner, now)


def _emit(session: Session, kind: Kind, signal: Signal, owner: uuid.UUID, now: datetime) -> None:
    facts = {"reason": signal.last_error or "no reason was given."}
    event = events.Event(kind, str(signal.id), owner, signal.bot_id, facts)
    events.emit(session, event, now)


def _turned_away(session: Session, now: datetime) -> Sequence[tuple[Signal, uuid.UUID]]:
    """The latest that are not told yet, of users who may want to know."""
    is_told = exists().where(
        Notification.user_id == Bot.user_id,
        Notification.event == Kind.REFUSED,
        Notification.key == cast(Signal.id, String),
    )
    rows = session.execute(
        select(Signal, Bot.user_id)
        .join(Bot, Bot.id == Signal.bot_id)
        .where(
            Signal.status == "refused",
            Signal.attempts == 0,
            Signal.received_at > now - _LOOKED_BACK,
            ~is_told,
            _may_want_to_know(),
        )
        .order_by(Signal.received_at.desc())
        .limit(_AT_ONCE)
    )
    return [(signal, owner) for signal, owner in rows]


def _may_want_to_know() -> ColumnElement[bool]:
    """Refusals are mailed to nobody who has not asked for it."""
    return or_(
        exists().where(NotificationChannel.user_id == Bot.user_id),
        exists().where(
            NotificationPreference.user_id == Bot.user_id, NotificationPreference.is_wanted
        ),
    )
