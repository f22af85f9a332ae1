"""What a user's own record would show and allow on a larger plan: facts of theirs, counted."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Bot, Fill, Signal, UpgradePrompt
from . import catalogue
from .entitlements import Entitlements, entitlements, unlocking

_LOOKED_BACK = timedelta(days=30)


def of_user(
    session: Session, user_id: uuid.UUID, robots: Iterable[tuple[str, str]], now: datetime
) -> dict[str, Any]:
    """What is missing, each with its number and the smallest plan that brings it. `robots`: ids
    and names of all there are. Nothing is listed that the user would not notice."""
    allowed = entitlements(session, user_id)
    if allowed.next_plan is None:
        return {"plan": allowed.plan_id, "next_plan": None, "missing": []}
    found = [
        _history(session, user_id, allowed, now),
        _periods(allowed),
        _robots(session, user_id, allowed, list(robots)),
        _bots(session, user_id, allowed),
        _alerts(session, user_id, allowed, now),
        _refused_live(session, user_id, allowed, now),
    ]
    return {
        "plan": allowed.plan_id,
        "next_plan": allowed.next_plan,
        "missing": [one for one in found if one],
    }


def _history(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, now: datetime
) -> dict[str, Any] | None:
    """Days of trading before the first one that the plan shows, and the fills in them."""
    first = allowed.first_day(now)
    if first is None:
        return None
    start = datetime.combine(first, datetime.min.time(), now.tzinfo)
    count, oldest = session.execute(
        select(func.count(), func.min(Fill.filled_at)).where(
            Fill.user_id == user_id, Fill.filled_at < start
        )
    ).one()
    if not count:
        return None
    days = (now.date() - oldest.date()).days

    def shows(plan: Entitlements) -> bool:
        return plan.history_days is None or plan.history_days >= days

    hidden = (first - oldest.date()).days
    return _fact("history_days", hidden, shows, allowed, {"fills": count})


def _periods(allowed: Entitlements) -> dict[str, Any] | None:
    every = {period for plan in catalogue.plans() for period in plan.limits.periods}
    hidden = sorted(every - set(allowed.periods))
    if not hidden:
        return None
    return _fact(
        "periods",
        len(hidden),
        lambda plan: set(hidden) <= set(plan.periods),
        allowed,
        {"names": hidden},
    )


def _robots(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, robots: list[tuple[str, str]]
) -> dict[str, Any] | None:
    """Robots that exist and that the user has no place left for."""
    if allowed.max_robots is None:
        return None
    mine = select(Bot.plugin_id).where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
    used = set(session.scalars(mine)) - {None}
    if len(used) < allowed.max_robots:
        return None
    hidden = [name for robot_id, name in robots if robot_id not in used]
    if not hidden:
        return None
    wanted = len(used) + 1
    return _fact(
        "robots",
        len(hidden),
        lambda plan: plan.max_robots is None or plan.max_robots >= wanted,
        allowed,
        {"names": hidden},
    )


def _bots(session: Session, user_id: uuid.UUID, allowed: Entitlements) -> dict[str, Any] | None:
    """Bots that are paused because the plan has no place for them."""
    mine = select(func.count()).where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
    held = session.scalar(mine.where(Bot.held_from.is_not(None))) or 0
    if not held:
        return None
    every = session.scalar(mine) or 0
    return _fact("bots", held, lambda plan: plan.max_bots >= every, allowed, {})


def _alerts(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, now: datetime
) -> dict[str, Any] | None:
    """Alerts of the last month that were turned away because the day's were used up."""
    count = session.scalar(
        select(func.count())
        .select_from(Signal)
        .join(Bot, Bot.id == Signal.bot_id)
        .where(
            Bot.user_id == user_id,
            Signal.status == "rate_limited",
            Signal.last_error.contains(OVER_THE_DAY, autoescape=True),
            Signal.received_at > now - _LOOKED_BACK,
        )
    )
    if not count:
        return None
    most = allowed.max_webhooks_per_day
    return _fact(
        "webhooks_per_day", count, lambda plan: plan.max_webhooks_per_day > most, allowed, {}
    )


def _refused_live(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, now: datetime
) -> dict[str, Any] | None:
    """How often the user tried to trade live and the plan did not let them."""
    if allowed.live_trading:
        return None
    count = session.scalar(
        select(func.sum(UpgradePrompt.count)).where(
            UpgradePrompt.user_id == user_id,
            UpgradePrompt.kind == "refused",
            UpgradePrompt.limit == "live_trading",
            UpgradePrompt.day > (now - _LOOKED_BACK).date(),
        )
    )
    if not count:
        return None
    return _fact("live_trading", int(count), lambda plan: plan.live_trading, allowed, {})


OVER_THE_DAY = "alerts a day that the plan allows"
"""What intake says of such an alert."""


def _fact(
    key: str,
    number: int,
    fits: Callable[[Entitlements], bool],
    allowed: Entitlements,
    details: dict[str, Any],
) -> dict[str, Any]:
    return {
        "key": key,
        "number": number,
        "unlocked_by": unlocking(fits, allowed),
        "names": details.get("names", []),
        "fills": details.get("fills"),
    }
