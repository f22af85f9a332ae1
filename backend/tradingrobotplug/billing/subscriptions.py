"""A user's subscription: what Stripe shows now becomes what is stored, and what follows from it."""

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import event as hooks
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import logs, queues
from ..accounts import audit
from ..db import transaction
from ..models import EntitlementChange, Subscription
from ..plans import catalogue
from ..plans.entitlements import IN_FORCE, plans_of
from . import notices, records
from .answers import Item, SubscriptionSeen

GRACE = timedelta(days=7)
UNKNOWN = "unknown"  # the plan of a price that is none of ours: allows what the default plan does
# Ended, or never begun; every other status stands in the way of a second subscription.
OVER = ("canceled", "incomplete", "incomplete_expired")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a customer has at Stripe. `others`: billed beside `current`, which nobody means to."""

    current: SubscriptionSeen | None
    others: tuple[SubscriptionSeen, ...]


def refresh(user_id: uuid.UUID, customer_id: str, now: datetime) -> Fetched:
    """Fetch the subscription and store it. To be called in the user's turn."""
    fetched = picked(records.subscriptions_of(customer_id, now))
    with transaction() as session:
        store(session, user_id, fetched.current, now)
    for other in fetched.others:
        logs.event("billing.second_subscription", level=logging.ERROR, subscription=other.id)
    if fetched.current and len(fetched.current.items) > 1:
        logs.event("billing.second_item", level=logging.ERROR, subscription=fetched.current.id)
    return fetched


def picked(seen: Sequence[SubscriptionSeen]) -> Fetched:
    """Of a customer's subscriptions the one that counts: one in force, else the newest."""
    ranked = sorted(seen, key=lambda one: (one.status in IN_FORCE, one.created_at), reverse=True)
    billed = [one for one in ranked if one.status in IN_FORCE]
    return Fetched(ranked[0] if ranked else None, tuple(billed[1:]))


def store(
    session: Session, user_id: uuid.UUID, seen: SubscriptionSeen | None, now: datetime
) -> None:
    """Keep what Stripe shows. What the operator gave is kept until something is bought."""
    row = session.get(Subscription, user_id, with_for_update=True, populate_existing=True)
    was_given = row is not None and row.stripe_subscription_id is None
    if seen is None or (was_given and seen.status not in IN_FORCE):
        if row is not None and not was_given and row.status not in OVER:
            with following(session, user_id, now):
                row.status, row.cancel_at, row.updated_at = "canceled", None, now
        return
    with following(session, user_id, now):
        if row is None:
            row = Subscription(user_id=user_id, plan_id=UNKNOWN, status=seen.status)
            session.add(row)
        _copy(row, seen, now)


@contextmanager
def following(session: Session, user_id: uuid.UUID, now: datetime) -> Iterator[None]:
    """If the plan in force is another one at the end, let what depends on it follow."""
    before = plans_of(session, [user_id])[user_id]
    yield
    session.flush()
    after = plans_of(session, [user_id])[user_id]
    if after != before:
        changed(session, user_id, now)
        notices.plan_changed(session, user_id, before, after, now)
        audit.record(
            session, "plan.changed", now, user_id=user_id, object_id=user_id, address="",
            before=before, after=after,
        )  # fmt: skip


def changed(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """Have the user's bots fitted to what may be done now; a worker is rung after the commit."""
    row = insert(EntitlementChange).values(user_id=user_id, changed_at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[EntitlementChange.user_id], set_={"changed_at": now}
        )
    )
    hooks.listen(session, "after_commit", lambda _: queues.enqueue(queues.FIT_BOTS, str(user_id)))


def of_user(session: Session, user_id: uuid.UUID) -> Subscription | None:
    """The user's subscription, in force or not."""
    return session.get(Subscription, user_id)


def is_bought(row: Subscription | None) -> bool:
    """Whether it is one of Stripe's that is not over: it can be changed, and stands in the way of
    another one."""
    return row is not None and row.stripe_subscription_id is not None and row.status not in OVER


def billed_item(seen: SubscriptionSeen) -> Item:
    """The one item that there should be; of several, that of the largest plan."""
    ranks = [plan.id for plan in catalogue.plans()]
    return max(seen.items, key=lambda one: ranks.index(one.plan_id) if one.plan_id in ranks else -1)


def _copy(row: Subscription, seen: SubscriptionSeen, now: datetime) -> None:
    item = billed_item(seen)
    is_unpaid = seen.status == "past_due"
    row.plan_id, row.status = item.plan_id or UNKNOWN, seen.status
    row.stripe_subscription_id, row.stripe_item_id = seen.id, item.id
    row.price_id, row.schedule_id = item.price_id, seen.schedule_id
    row.period_start, row.period_end = item.period_start, item.period_end
    row.trial_end, row.cancel_at = seen.trial_end, seen.cancel_at
    row.next_plan_id = seen.next_plan.plan_id if seen.next_plan else None
    row.next_plan_at = seen.next_plan.at if seen.next_plan else None
    # A later invoice that fails as well does not begin the grace anew.
    since = row.past_due_since or seen.unpaid_since or now
    row.past_due_since = since if is_unpaid else None
    row.grace_until = since + GRACE if is_unpaid else None
    row.lapsed_at = row.lapsed_at if is_unpaid else None
    row.updated_at = now
