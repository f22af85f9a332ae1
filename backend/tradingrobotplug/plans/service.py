"""What was used of what a plan allows."""

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import UsageCounter

WEBHOOKS = "webhooks"  # the kind that intake counts


def webhooks_today(session: Session, user_id: uuid.UUID, now: datetime) -> int:
    """Alerts to this user's bots, deleted ones too, that count against today's (UTC) allowance:
    the counter that intake moves in the transaction that stores them."""
    count = select(UsageCounter.count).where(
        UsageCounter.user_id == user_id,
        UsageCounter.day == now.astimezone(UTC).date(),
        UsageCounter.kind == WEBHOOKS,
    )
    return session.scalar(count) or 0


def count_use(
    session: Session, user_id: uuid.UUID, kind: str, day: date, amount: int, limit: int
) -> bool:
    """Add `amount` to what was used of `kind` on this day, unless that would exceed `limit`.

    False if it would; then nothing is counted. Exact under parallel calls: the row is the lock.
    """
    if amount > limit:
        return False
    row = insert(UsageCounter).values(user_id=user_id, kind=kind, day=day, count=amount)
    counted = row.on_conflict_do_update(
        index_elements=[UsageCounter.user_id, UsageCounter.day, UsageCounter.kind],
        set_={"count": UsageCounter.count + amount},
        where=UsageCounter.count + amount <= limit,
    ).returning(UsageCounter.count)
    return session.scalar(counted) is not None
