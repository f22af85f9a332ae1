"""Every plan in every state of its subscription: what it lets a user do, and what it does not."""

import ast
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import api_keys
from tradingrobotplug.bots import tuning
from tradingrobotplug.models import Subscription, User
from tradingrobotplug.performance import windows
from tradingrobotplug.performance.periods import Period
from tradingrobotplug.performance.windows import Asked
from tradingrobotplug.plans import catalogue, robot_access
from tradingrobotplug.plans.entitlements import (
    Entitlements,
    PlanLimitReached,
    entitlements,
    refuse_analysis,
    refuse_unless,
)
from tradingrobotplug.robots import catalogue as robots
from tradingrobotplug.trading_accounts.service import refuse_beyond_plan

ROBOT = "tsla_improved_strategy"
BACKEND = Path(__file__).parents[2] / "backend" / "tradingrobotplug"
SHARED = Path(__file__).parents[2] / "shared-schemas"

# What each plan allows; what is not named here it refuses.
FREE: set[str] = {"a bot", "an alert", "a robot", "daily figures", "7 days ago", "paper"}
LOW = FREE | {
    *("5 bots", "1000 alerts", "3 robots", "weekly figures", "monthly figures", "30 days ago"),
    *("any bots of a robot", "a robot for subscribers", "a basic setting of a robot"),
}
MID = LOW | {
    *("20 bots", "10000 alerts", "20 robots", "all-time figures", "years ago", "live"),
    *("a robot live", "API keys", "an advanced setting of a robot", "trade analysis"),
}
PREMIUM = MID | {"50 bots", "50000 alerts", "signals ahead of others", "an early robot"}
ALLOWED = {"free": FREE, "low": LOW, "mid": MID, "premium": PREMIUM}

IN_FORCE = {"active": True, "trialing": True, "past_due": True, "past_due, lapsed": False}
NOT_IN_FORCE = dict.fromkeys(
    ("none", "unpaid", "paused", "canceled", "incomplete", "incomplete_expired"), False
)
STATES = IN_FORCE | NOT_IN_FORCE

Ask = Callable[[Session, User, Entitlements], None]


def needs(fits: Callable[[Entitlements], bool]) -> Ask:
    """An action that is refused by the one page's own guard."""
    return lambda session, user, allowed: refuse_unless(fits, allowed, "x", None, "Refused.")


def figures(period: Period, days_ago: int) -> Ask:
    def ask(session: Session, user: User, allowed: Entitlements) -> None:
        now = clock.now()
        day: date = (now - timedelta(days=days_ago)).date()
        windows.refuse_beyond_plan(session, user.id, Asked(period, day), now)

    return ask


def account(environment: str) -> Ask:
    return lambda session, user, allowed: refuse_beyond_plan(session, user.id, environment)


def key(session: Session, user: User, allowed: Entitlements) -> None:
    asked = api_keys.NewKey("Key", ["read"], timedelta(days=1))
    api_keys.create(session, user.id, asked, "", "", clock.now())


def setting(name: str, value: str) -> Ask:
    robot = robots.robot(ROBOT)
    return lambda session, user, allowed: tuning.refuse_beyond_plan(
        allowed, robot, {name: value}, {}
    )


def robot_live(session: Session, user: User, allowed: Entitlements) -> None:
    robot_access.know(robots.terms())
    robot_access.refuse_live(session, user.id, ROBOT, clock.now())


def robot(terms: str, *, used: bool = False) -> Ask:
    """One bot of a robot on these terms: the first one, or one more."""

    def ask(session: Session, user: User, allowed: Entitlements) -> None:
        robot_access.know({ROBOT: terms})
        own = robot_access.own_robots(session, user.id, clock.now())
        before = [ROBOT] if used else []
        fits = robot_access.may_run(allowed, own, ROBOT, before)
        refuse_unless(lambda _: fits, allowed, "x", None, "Refused.")

    return ask


ACTIONS: dict[str, Ask] = {
    "a bot": needs(lambda e: e.max_bots >= 1),
    "5 bots": needs(lambda e: e.max_bots >= 5),
    "20 bots": needs(lambda e: e.max_bots >= 20),
    "50 bots": needs(lambda e: e.max_bots >= 50),
    "51 bots": needs(lambda e: e.max_bots >= 51),
    "an alert": needs(lambda e: e.max_webhooks_per_day >= 100),
    "1000 alerts": needs(lambda e: e.max_webhooks_per_day >= 1000),
    "10000 alerts": needs(lambda e: e.max_webhooks_per_day >= 10_000),
    "50000 alerts": needs(lambda e: e.max_webhooks_per_day >= 50_000),
    "50001 alerts": needs(lambda e: e.max_webhooks_per_day >= 50_001),
    "a robot": needs(lambda e: e.max_robots is None or e.max_robots >= 1),
    "3 robots": needs(lambda e: e.max_robots is None or e.max_robots >= 3),
    "20 robots": needs(lambda e: e.max_robots is None),
    "any bots of a robot": robot("everyone", used=True),
    "a robot for subscribers": robot("subscribers"),
    "an early robot": robot("early"),
    "a robot live": robot_live,
    "paper": account("paper"),
    "live": account("live"),
    "daily figures": figures(Period.DAILY, 0),
    "weekly figures": figures(Period.WEEKLY, 0),
    "monthly figures": figures(Period.MONTHLY, 0),
    "all-time figures": figures(Period.ALL_TIME, 0),
    "7 days ago": figures(Period.DAILY, 7),
    "30 days ago": figures(Period.DAILY, 30),
    "years ago": figures(Period.DAILY, 1000),
    "API keys": key,
    "a basic setting of a robot": setting("stop_ranges", "4"),
    "an advanced setting of a robot": setting("fast_length", "12"),
    "trade analysis": lambda session, user, allowed: refuse_analysis(allowed),
    "signals ahead of others": needs(lambda e: e.has_priority),
}


def subscribed(user: User, plan_id: str, state: str) -> None:
    if state == "none":
        return
    status, _, lapsed = state.partition(", ")
    now = clock.now()
    with db.transaction() as session:
        session.add(
            Subscription(
                user_id=user.id,
                plan_id=plan_id,
                status=status,
                lapsed_at=now if lapsed else None,
                updated_at=now,
            )
        )


def is_allowed(user: User, ask: Ask) -> bool:
    try:
        with db.transaction() as session:
            ask(session, user, entitlements(session, user.id))
    except PlanLimitReached:
        return False
    return True


@pytest.fixture(autouse=True)
def terms() -> Iterator[None]:
    yield
    robot_access.know(robots.terms())


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("plan_id", ALLOWED)
def test_each_plan_in_each_state_allows_just_this(app: Flask, plan_id: str, state: str) -> None:
    user = make_user()
    subscribed(user, plan_id, state)
    expected = ALLOWED[plan_id] if STATES[state] else FREE
    found = {name: is_allowed(user, ask) for name, ask in ACTIONS.items()}
    assert found == {name: name in expected for name in ACTIONS}


def test_the_table_knows_every_plan() -> None:
    assert set(ALLOWED) == {plan.id for plan in catalogue.plans()}


@pytest.mark.parametrize(
    ("fits", "plan_id", "expected"),
    [
        (lambda e: e.live_trading, "free", "mid"),
        (lambda e: e.api_access, "low", "mid"),
        (lambda e: e.max_bots >= 21, "mid", "premium"),
        (lambda e: e.max_bots >= 51, "premium", None),
        (lambda e: e.max_bots >= 2, "free", "low"),
    ],
)
def test_a_refusal_names_the_smallest_plan_that_lifts_it(
    user: User, fits: Callable[[Entitlements], bool], plan_id: str, expected: str | None
) -> None:
    subscribed(user, plan_id, "active")
    with db.transaction() as session, pytest.raises(PlanLimitReached) as refusal:
        refuse_unless(fits, entitlements(session, user.id), "bots", 1, "No.")
    assert refusal.value.details == {
        "limit": "bots",
        "allowed": 1,
        "plan": plan_id,
        "next_plan": expected,
    }


def constants() -> Iterator[tuple[str, Any]]:
    for path in BACKEND.rglob("*.py"):
        if "sandbox" not in path.parts and "versions" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant):
                    yield path.name, node.value


def test_no_code_names_a_plan() -> None:
    names = {word for plan in catalogue.plans() for word in (plan.id, plan.title)}
    no_plans = {("recount.py", "low"), ("capital.py", "free")}  # a curve's lowest point; capital
    assert {(where, value) for where, value in constants() if value in names} == no_plans


@pytest.mark.parametrize("name", ["plans.json", "plans.schema.json"])
def test_what_is_packed_is_the_shared_file(name: str) -> None:
    packed = files("tradingrobotplug.plans").joinpath(name)
    assert packed.read_bytes() == (SHARED / name).read_bytes()


def test_the_first_day_is_as_old_as_the_plan_says(user: User) -> None:
    with db.transaction() as session:
        allowed = entitlements(session, user.id)
    assert allowed.first_day(datetime(2026, 3, 9, 23, 59, tzinfo=clock.now().tzinfo)) == date(
        2026, 3, 2
    )
