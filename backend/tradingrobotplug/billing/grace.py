"""The days after a failed payment: everything works, with dated warnings, and then no longer."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..accounts import audit
from ..models import Subscription
from . import notices
from .subscriptions import following

_AT_ONCE = 200


def end_due(session: Session, now: datetime) -> None:
    """End the plans whose grace is over; bots follow. A payment later brings everything back."""
    rows = session.scalars(
        _unpaid().where(Subscription.grace_until <= now).limit(_AT_ONCE).with_for_update()
    ).all()
    for row in rows:
        with following(session, row.user_id, now):
            row.lapsed_at = row.updated_at = now
        audit.record(
            session, "plan.lapsed", now, user_id=row.user_id, object_id=row.user_id, address=""
        )


def warn(session: Session, now: datetime) -> None:
    """Warn those whose grace runs; each warning is told once."""
    for row in session.scalars(_unpaid().where(Subscription.grace_until > now)):
        notices.grace(session, row, now)


def _unpaid() -> Select[Subscription]:
    return select(Subscription).where(
        Subscription.status == "past_due",
        Subscription.lapsed_at.is_(None),
        Subscription.grace_until.is_not(None),
    )
