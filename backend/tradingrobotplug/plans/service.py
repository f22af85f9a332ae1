"""What a user may do, and how much of it is used up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Subscription, UsageCounter
from . import catalogue

WEBHOOKS = "webhooks"  # the kind that intake counts
# Statuses of a subscription that count; the words are Stripe's.
_IN_FORCE = ("active", "trialing", "past_due")


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a user's plan allows; None means no limit."""

    plan_id: str
    plan_title: str
    next_plan: str | None
    max_bots: int
    max_webhooks_per_day: int
    max_robots: int | None
    periods: tuple[str, ...]
    history_days: int | None
    live_trading: bool
    live_safeguards: bool  # live bots keep a daily loss limit, and begin small
    api_access: bool


def entitlements(session: Session, user_id: uuid.UUID) -> Entitlements:
    """What this user may do now, by the plan in force."""
    plan_id = session.scalar(
        select(Subscription.plan_id).where(
            Subscription.user_id == user_id, Subscription.status.in_(_IN_FORCE)
        )
    )
    plan = catalogue.plan_for(plan_id)
    larger = catalogue.next_after(plan)
    return Entitlements(
        plan_id=plan.id,
        plan_title=plan.title,
        next_plan=larger.id if larger else None,
        max_bots=plan.limits.bots,
        max_webhooks_per_day=plan.limits.webhooks_per_day,
        max_robots=plan.limits.robots,
        periods=plan.limits.periods,
        history_days=plan.limits.history_days,
        live_trading=plan.live_trading,
        live_safeguards=plan.live_safeguards,
        api_access=plan.api_access,
    )


def plans_of(session: Session, user_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The ids of the plans in force, user by user."""
    rows = session.execute(
        select(Subscription.user_id, Subscription.plan_id).where(
            Subscription.user_id.in_(user_ids), Subscription.status.in_(_IN_FORCE)
        )
    )
    subscribed = {row.user_id: row.plan_id for row in rows}
    return {user_id: catalogue.plan_for(subscribed.get(user_id)).id for user_id in user_ids}


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
