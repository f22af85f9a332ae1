"""What time brings: words on the day's alerts, the end of a grace, access that ends."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.billing import jobs
from tradingrobotplug.models import (
    AuditLog,
    EntitlementChange,
    Notification,
    PluginAccess,
    Subscription,
    UsageCounter,
    User,
)
from tradingrobotplug.plans.entitlements import entitlements


def use(user: User, count: int) -> None:
    with db.transaction() as session:
        session.merge(
            UsageCounter(user_id=user.id, day=clock.now().date(), kind="webhooks", count=count)
        )


def told(user: User, event: str) -> list[str]:
    with db.transaction() as session:
        rows = session.scalars(
            select(Notification)
            .where(Notification.user_id == user.id, Notification.event == event)
            .order_by(Notification.id)
        )
        return [row.facts["reason"] for row in rows]


def test_the_days_alerts_are_told_at_80_and_at_100_percent_once_each(
    app: Flask, buyer: User
) -> None:
    counts = []
    for count in (79, 80, 95, 100, 100):
        use(buyer, count)
        jobs.watch()
        counts.append(len(told(buyer, "usage")))
    assert counts == [0, 1, 1, 2, 2]
    assert told(buyer, "usage")[0] == "80 of the 100 alerts that your plan takes today are used."


def test_everybody_is_told_by_their_own_plan(app: Flask, buyer: User) -> None:
    other = make_user("other@example.com")
    subscribe(other, "low")
    use(buyer, 100)
    use(other, 100)
    jobs.watch()
    assert (len(told(buyer, "usage")), told(other, "usage")) == (1, [])


def subscribe(user: User, plan_id: str, **columns: object) -> None:
    now = clock.now()
    values = {"status": "active", "updated_at": now} | columns
    with db.transaction() as session:
        session.add(Subscription(user_id=user.id, plan_id=plan_id, **values))


@pytest.mark.parametrize(
    ("left", "warned", "plan"),
    [
        (timedelta(days=6), "Everything works until", "mid"),
        (timedelta(hours=1), "Everything works until", "mid"),
        (timedelta(seconds=-1), None, "free"),
    ],
)
def test_a_grace_is_warned_of_with_its_date_and_ends(
    app: Flask, buyer: User, left: timedelta, warned: str | None, plan: str
) -> None:
    until = clock.now() + left
    since = until - timedelta(days=7)
    subscribe(buyer, "mid", status="past_due", past_due_since=since, grace_until=until)
    jobs.watch()
    jobs.watch()
    reasons = told(buyer, "payment")
    assert len(reasons) == (warned is not None)
    assert all(f"{until.day} {until:%B %Y}" in reason for reason in reasons)
    with db.transaction() as session:
        assert entitlements(session, buyer.id).plan_id == plan
        waits = session.get(EntitlementChange, buyer.id)
        trail = set(session.scalars(select(AuditLog.action)))
    assert (waits is not None, "plan.lapsed" in trail) == (plan == "free", plan == "free")


def test_access_that_was_given_for_a_while_ends(app: Flask, buyer: User) -> None:
    now = clock.now()
    with db.transaction() as session:
        session.add_all(
            PluginAccess(
                user_id=buyer.id, plugin_id=name, level="full", source="grant", created_at=now,
                expires_at=at,
            )
            for name, at in (("over", now), ("runs", now + timedelta(days=1)), ("ever", None))
        )  # fmt: skip
    jobs.watch()
    with db.transaction() as session:
        rows = session.scalars(select(PluginAccess).order_by(PluginAccess.plugin_id))
        ended = {row.plugin_id: row.ended_at is not None for row in rows}
        assert session.get(EntitlementChange, buyer.id) is not None
    assert ended == {"ever": False, "over": True, "runs": False}
