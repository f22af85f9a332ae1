"""How far back a plan shows a record, and what an answer says of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ..errors import Forbidden
from . import catalogue
from .catalogue import Plan
from .service import Entitlements, entitlements

_SENTENCE = "This part of your record comes with a larger plan."


@dataclass(frozen=True, slots=True)
class History:
    """The days of history that a plan shows (None: all), the first of them, whether more was asked
    for than is shown, and the plan that shows more."""

    days: int | None
    first_date: date | None
    clamped: bool
    next_plan: str | None


def of_days(
    session: Session, user_id: uuid.UUID, asked_from: date | None, now: datetime
) -> History:
    """The history behind an answer about this user's days since `asked_from` (None: since the
    start, as far back as the plan shows). Forbidden `plan_limit_reached` if that day is older."""
    allowed = entitlements(session, user_id)
    refuse_older(allowed, asked_from, now)
    return clamped(allowed, asked_from, now)


def first_day(allowed: Entitlements, now: datetime) -> date | None:
    """The first day of the history that a plan shows; None: all of it."""
    days = allowed.history_days
    return None if days is None else (now - timedelta(days=days)).date()


def clamped(allowed: Entitlements, asked_from: date | None, now: datetime) -> History:
    """The history behind an answer about the days since `asked_from` (None: since the start)."""
    first = first_day(allowed, now)
    is_clamped = first is not None and (asked_from is None or asked_from < first)
    more = next((plan.id for plan in catalogue.plans() if shows_more(plan, allowed)), None)
    return History(allowed.history_days, first, is_clamped, more)


def refuse_older(
    allowed: Entitlements,
    asked_from: date | None,
    now: datetime,
    fits: Callable[[Plan], bool] = lambda _: True,
) -> None:
    """Forbidden `plan_limit_reached` for a day that is named and older than the plan shows; `fits`:
    what a plan that unlocks it must have besides."""
    first = first_day(allowed, now)
    if asked_from is not None and first is not None and asked_from < first:
        raise over_plan(
            "history_days",
            allowed.history_days,
            allowed,
            lambda plan: shows_more(plan, allowed) and fits(plan),
        )


def over_plan(
    limit: str, value: object, allowed: Entitlements, unlocks: Callable[[Plan], bool]
) -> Forbidden:
    """Forbidden `plan_limit_reached` that names the smallest plan which unlocks what was asked."""
    plan = next((plan for plan in catalogue.plans() if unlocks(plan)), None)
    details = {
        "limit": limit,
        "allowed": value,
        "plan": allowed.plan_id,
        "next_plan": plan.id if plan else None,
    }
    return Forbidden("plan_limit_reached", _SENTENCE, details)


def shows_more(plan: Plan, allowed: Entitlements) -> bool:
    """Whether a plan shows more days than these entitlements."""
    if allowed.history_days is None:
        return False
    days = plan.limits.history_days
    return days is None or days > allowed.history_days
