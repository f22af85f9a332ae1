"""What a user may do now: the one page that every limited action asks. Nothing here names a plan.

A plan counts while its subscription is in force: paid, on trial, or unpaid within the days of
grace. Otherwise the user has the plan that plans.json marks as default. What it means for a robot
says robot_access.py, where robots that were bought or given count beside it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from ..errors import Forbidden
from ..models import Subscription
from . import catalogue

TUNING = ("none", "basic", "advanced")
"""How far a user may change a robot's settings: not at all; a few of them; all."""

# Statuses of a subscription that count; the words are Stripe's.
IN_FORCE = ("active", "trialing", "past_due")


class PlanLimitReached(Forbidden):
    """The user's plan does not go so far; details name the limit and the plan that lifts it."""


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a plan allows; None means no limit."""

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
    robot_access: str  # to robots that were not bought: demo | limited | full
    early_access: bool  # to robots that most plans get later
    customisation: str  # of a robot's settings: one of TUNING
    analytics: bool  # where figures come from: by symbol, day and hour, slippage, live and paper
    has_priority: bool  # signals are rung ahead of others'

    def shows(self, period: str) -> bool:
        """Whether figures of this period are shown."""
        return period in self.periods

    def tunes(self, level: str) -> bool:
        """Whether settings of robots of this level (one of TUNING) may be changed."""
        return TUNING.index(level) <= TUNING.index(self.customisation)

    def first_day(self, now: datetime) -> date | None:
        """The first day of the history that is shown; None: all of it."""
        days = self.history_days
        return None if days is None else (now - timedelta(days=days)).date()


def entitlements(session: Session, user_id: uuid.UUID) -> Entitlements:
    """What this user may do now."""
    return of_plan(session.execute(_PLAN_IN_FORCE, {"user_id": user_id}).scalar())


@cache
def of_plan(plan_id: str | None) -> Entitlements:
    """What the plan of this id allows; without one that is on sale, what the default plan does."""
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
        robot_access=plan.robot_access,
        early_access=plan.early_access,
        customisation=plan.customisation,
        analytics=plan.analytics,
        has_priority=plan.has_priority,
    )


def refuse_unless(
    fits: Callable[[Entitlements], bool],
    allowed: Entitlements,
    limit: str,
    value: object,
    sentence: str,
) -> None:
    """PlanLimitReached unless `allowed` fits; `next_plan` is the smallest larger plan that would.

    `value`: what the present plan allows of `limit`.
    """
    if fits(allowed):
        return
    details = {
        "limit": limit,
        "allowed": value,
        "plan": allowed.plan_id,
        "next_plan": unlocking(fits, allowed),
    }
    raise PlanLimitReached("plan_limit_reached", sentence, details)


def refuse_analysis(allowed: Entitlements) -> None:
    """PlanLimitReached where the plan does not include the analysis of trades and execution."""
    refuse_unless(
        lambda plan: plan.analytics,
        allowed,
        "analytics",
        allowed.analytics,
        f"The {allowed.plan_title} plan does not include trade analysis.",
    )


def unlocking(fits: Callable[[Entitlements], bool], allowed: Entitlements) -> str | None:
    """The smallest plan above the present one that fits; None if none does."""
    ids = [plan.id for plan in catalogue.plans()]
    larger = catalogue.plans()[ids.index(allowed.plan_id) + 1 :]
    return next((plan.id for plan in larger if fits(of_plan(plan.id))), None)


def plans_of(session: Session, user_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The ids of the plans in force, user by user."""
    rows = session.execute(
        select(Subscription.user_id, Subscription.plan_id).where(
            Subscription.user_id.in_(user_ids), is_in_force()
        )
    )
    subscribed = {row.user_id: row.plan_id for row in rows}
    return {user_id: catalogue.plan_for(subscribed.get(user_id)).id for user_id in user_ids}


def is_in_force() -> ColumnElement[bool]:
    """Whether a subscription's plan counts."""
    return and_(Subscription.status.in_(IN_FORCE), Subscription.lapsed_at.is_(None))


# Made once, and of the table's columns: to put it together, and to have it flush the session first,
# takes longer than PostgreSQL needs for the answer.
_SUBSCRIPTIONS = Subscription.__table__
_PLAN_IN_FORCE = select(_SUBSCRIPTIONS.c.plan_id).where(
    _SUBSCRIPTIONS.c.user_id == bindparam("user_id"),
    _SUBSCRIPTIONS.c.status.in_(IN_FORCE),
    _SUBSCRIPTIONS.c.lapsed_at.is_(None),
)
