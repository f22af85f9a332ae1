"""How far back a plan shows a record, and what an answer says of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from .entitlements import Entitlements, entitlements, refuse_unless, unlocking

SENTENCE = "This part of your record comes with a larger plan."


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


def clamped(allowed: Entitlements, asked_from: date | None, now: datetime) -> History:
    """The history behind an answer about the days since `asked_from` (None: since the start)."""
    first = allowed.first_day(now)
    is_clamped = first is not None and (asked_from is None or asked_from < first)
    more = unlocking(lambda plan: shows_more(plan, allowed), allowed)
    return History(allowed.history_days, first, is_clamped, more)


def refuse_older(
    allowed: Entitlements,
    asked_from: date | None,
    now: datetime,
    fits: Callable[[Entitlements], bool] = lambda _: True,
) -> None:
    """PlanLimitReached for a day that is named and older than the plan shows; `fits`: what a plan
    that unlocks it must have besides."""
    refuse_unless(
        lambda plan: fits(plan) and _reaches(plan, asked_from, now),
        allowed,
        "history_days",
        allowed.history_days,
        SENTENCE,
    )


def _reaches(plan: Entitlements, day: date | None, now: datetime) -> bool:
    first = plan.first_day(now)
    return day is None or first is None or day >= first


def shows_more(plan: Entitlements, allowed: Entitlements) -> bool:
    """Whether a plan shows more days than these entitlements."""
    if allowed.history_days is None:
        return False
    return plan.history_days is None or plan.history_days > allowed.history_days
