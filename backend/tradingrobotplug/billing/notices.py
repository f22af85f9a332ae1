"""What users are told of their plan, their payments and what they have used."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.orm import Session

from ..models import Subscription, UsageCounter
from ..notify import events
from ..notify.events import Event, Kind
from ..plans import catalogue
from ..plans.entitlements import is_in_force
from ..plans.service import WEBHOOKS

WARNED_BEFORE = (timedelta(days=3), timedelta(days=1))  # the grace ends
PERCENTAGES = (80, 100)
_AT_ONCE = 500


def plan_changed(
    session: Session, user_id: uuid.UUID, before: str, after: str, now: datetime
) -> None:
    """Another plan is in force."""
    old, new = catalogue.plan_for(before), catalogue.plan_for(after)
    reason = f"Your plan is now {new.title}; before it was {old.title}."
    if catalogue.plans().index(new) < catalogue.plans().index(old):
        reason += (
            " Bots that it has no place for are paused, never deleted: choose which of them stay."
            " What they hold stays guarded."
        )
    _emit(session, Kind.PLAN, f"plan:{now.isoformat()}", user_id, reason, now)


def robot_bought(
    session: Session, user_id: uuid.UUID, robot_id: str, payment_id: str | None, now: datetime
) -> None:
    """A robot was paid for."""
    reason = f"The robot “{robot_id}” is yours: your bots may run it, whatever your plan."
    _emit(session, Kind.PLAN, f"robot:{robot_id}:{payment_id}", user_id, reason, now)


def trial_ends(session: Session, row: Subscription, now: datetime) -> None:
    """The first payment is near."""
    if row.trial_end is None:
        return
    title = catalogue.plan_for(row.plan_id).title
    reason = f"Your trial of {title} ends on {_day(row.trial_end)}; then it is paid for."
    _emit(session, Kind.PLAN, f"trial:{row.trial_end.isoformat()}", row.user_id, reason, now)


def must_confirm(session: Session, user_id: uuid.UUID, invoice_id: str, now: datetime) -> None:
    """The bank wants to hear from the customer."""
    reason = "Your bank asks you to confirm a payment: open your subscription and pay the invoice."
    _emit(session, Kind.PAYMENT, f"confirm:{invoice_id}", user_id, reason, now)


def not_paid(session: Session, user_id: uuid.UUID, checkout_id: str, now: datetime) -> None:
    """A payment that takes days did not arrive."""
    reason = "Your payment did not arrive, so nothing was bought. Please try again."
    _emit(session, Kind.PAYMENT, f"unpaid:{checkout_id}", user_id, reason, now)


def grace(session: Session, row: Subscription, now: datetime) -> None:
    """Warn of the end of the grace: when it begins, three days and one day before it ends."""
    if row.grace_until is None or row.lapsed_at is not None:
        return
    left = row.grace_until - now
    stage = sum(left <= before for before in WARNED_BEFORE)
    title, default = catalogue.plan_for(row.plan_id).title, catalogue.plan_for(None).title
    reason = (
        f"A payment for {title} failed. Everything works until {_day(row.grace_until)}; after that "
        f"you have the {default} plan and live bots open nothing new. What they hold stays "
        "guarded. Please check your card."
    )
    since = row.past_due_since or now
    _emit(session, Kind.PAYMENT, f"grace:{since.isoformat()}:{stage}", row.user_id, reason, now)


def usage(session: Session, now: datetime) -> None:
    """Tell those who have used 80 %, and then all, of the day's alerts; each once a day."""
    limit = _alerts_a_day()
    near, over = (UsageCounter.count * 100 >= limit * percent for percent in PERCENTAGES)
    reached = case((over, PERCENTAGES[1]), else_=PERCENTAGES[0])
    rows = session.execute(
        select(UsageCounter.user_id, UsageCounter.count, limit, reached)
        .outerjoin(Subscription, and_(Subscription.user_id == UsageCounter.user_id, is_in_force()))
        .where(UsageCounter.day == now.date(), UsageCounter.kind == WEBHOOKS)
        .where(UsageCounter.count > 0, near, UsageCounter.told_percent < reached)
        .limit(_AT_ONCE)
    ).all()
    for user_id, count, most, percent in rows:
        reason = f"{count} of the {most} alerts that your plan takes today are used."
        if percent == PERCENTAGES[1]:
            reason += " Further ones are turned away until midnight UTC."
        _emit(session, Kind.USAGE, f"{now.date()}:{percent}", user_id, reason, now)
        # The count is intake's: only the mark is written.
        session.execute(
            update(UsageCounter)
            .where(UsageCounter.user_id == user_id, UsageCounter.day == now.date())
            .where(UsageCounter.kind == WEBHOOKS)
            .values(told_percent=percent)
        )


def _alerts_a_day() -> ColumnElement[int]:
    """The limit of the plan in force, in SQL."""
    limits = [(Subscription.plan_id == p.id, p.limits.webhooks_per_day) for p in catalogue.plans()]
    return case(*limits, else_=catalogue.plan_for(None).limits.webhooks_per_day)


def _emit(
    session: Session, kind: Kind, key: str, user_id: uuid.UUID, reason: str, now: datetime
) -> None:
    events.emit(session, Event(kind, key, user_id, None, {"reason": reason}), now)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
