"""The plans on sale, what they allow, and what was used of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Subscription, UsageCounter, User
from tradingrobotplug.plans import catalogue
from tradingrobotplug.plans.entitlements import entitlements
from tradingrobotplug.plans.service import count_use, webhooks_today

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def subscribe(user: User, plan_id: str, status: str = "active") -> None:
    with db.transaction() as session:
        session.add(
            Subscription(user_id=user.id, plan_id=plan_id, status=status, updated_at=clock.now())
        )


def allowed(user: User) -> Any:
    with db.transaction() as session:
        return entitlements(session, user.id)


def used_today(user: User) -> int:
    with db.transaction() as session:
        return webhooks_today(session, user.id, NOON)


def use(user: User, amount: int, limit: int, day: date = TODAY) -> bool:
    with db.transaction() as session:
        return count_use(session, user.id, "webhooks", day, amount, limit)


def test_anyone_may_read_the_plans_and_keep_them_for_a_minute(client: FlaskClient) -> None:
    answer = client.get("/api/plans")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    plans = answer.json["plans"]
    assert [(plan["id"], plan["price_cents"]) for plan in plans] == [
        ("free", 0),
        ("low", 999),
        ("mid", 2999),
        ("premium", 9999),
    ]
    assert [plan["id"] for plan in plans if plan["popular"]] == ["mid"]
    assert [plan["id"] for plan in plans if plan["default"]] == ["free"]
    assert plans[1]["cta"] == {
        "label": "Upgrade to Low Commitment – $9.99/month",
        "kind": "upgrade",
    }


def test_every_plan_has_the_same_rows_and_none_promises_what_does_not_exist(
    client: FlaskClient,
) -> None:
    plans = client.get("/api/plans").json["plans"]
    rows = {tuple(row["key"] for row in plan["features"]) for plan in plans}
    assert rows == {
        (
            "bots",
            "webhooks_per_day",
            "robots",
            "paper_trading",
            "live_trading",
            "periods",
            "history_days",
            "analytics",
            "customisation",
            "execution",
            "api_access",
        )
    }
    live = [
        row["value"] for plan in plans for row in plan["features"] if row["label"] == "Live trading"
    ]
    assert live == [False, False, True, True]


def test_without_a_subscription_the_default_plan_counts(user: User) -> None:
    found = allowed(user)
    assert (found.plan_id, found.plan_title, found.next_plan) == ("free", "Free", "low")
    assert (found.max_bots, found.max_webhooks_per_day, found.max_robots) == (1, 100, 1)
    assert (found.periods, found.history_days) == (("daily",), 7)
    assert (found.live_trading, found.api_access) == (False, False)


def test_the_largest_plan_has_no_next_and_no_end_of_history(user: User) -> None:
    subscribe(user, "premium")
    found = allowed(user)
    assert (found.next_plan, found.max_robots, found.history_days) == (None, None, None)
    assert (found.max_bots, found.live_trading, found.api_access) == (50, True, True)


def test_the_rows_say_which_plans_have_api_access(client: FlaskClient) -> None:
    plans = client.get("/api/plans").json["plans"]
    assert [plan["features"][-1]["value"] for plan in plans] == [False, False, True, True]


@pytest.mark.parametrize(
    ("plan_id", "status", "expected"),
    [
        ("low", "active", "low"),
        ("low", "trialing", "low"),
        ("low", "past_due", "low"),
        ("low", "canceled", "free"),
        ("low", "incomplete", "free"),
        ("a plan of the past", "active", "free"),
    ],
)
def test_only_a_subscription_in_force_counts(
    user: User, plan_id: str, status: str, expected: str
) -> None:
    subscribe(user, plan_id, status)
    assert allowed(user).plan_id == expected


def test_todays_alerts_are_what_was_counted_since_midnight_utc(user: User) -> None:
    other = make_user("other@example.com")
    use(user, 7, 100, day=TODAY - timedelta(days=1))
    use(user, 3, 100)
    use(other, 5, 100)
    assert used_today(user) == 3


def test_a_user_without_alerts_used_none(user: User) -> None:
    make_bot(user)
    assert used_today(user) == 0


def test_what_would_exceed_the_limit_is_not_counted(user: User) -> None:
    assert [use(user, 3, 5), use(user, 3, 5), use(user, 2, 5), use(user, 1, 5)] == [
        True,
        False,
        True,
        False,
    ]
    assert use(user, 6, 5, day=TODAY + timedelta(days=1)) is False
    with db.transaction() as session:
        assert session.scalars(select(UsageCounter.count)).all() == [5]


def test_parallel_uses_never_exceed_the_limit(user: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(lambda _: use(user, 1, 10), range(30)))
    assert granted.count(True) == 10


def test_the_file_beside_the_code_is_the_shared_one() -> None:
    assert [plan.id for plan in catalogue.plans()] == ["free", "low", "mid", "premium"]
    assert catalogue.plan_for(None).default
