"""What a user is shown of their subscription, usage and robots."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..accounts import api_keys
from ..models import Bot, PluginAccess, Subscription
from ..plans import catalogue, entitlements, robot_access
from ..plans.entitlements import Entitlements
from ..plans.service import webhooks_today
from . import customers, robots, stripe_api, subscriptions


class Robot(Protocol):
    """What must be known of a robot to say who may run it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def price_cents(self) -> int | None: ...


def of_subscription(session: Session, user_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """The plan in force, what was bought, what is to come, and what is used up."""
    row = subscriptions.of_user(session, user_id)
    allowed = entitlements.entitlements(session, user_id)
    return {
        "plan": {"id": allowed.plan_id, "title": allowed.plan_title},
        "next_plan": allowed.next_plan,
        "billing": stripe_api.mode(),
        "can_open_portal": customers.of_user(session, user_id) is not None,
        "subscription": _bought(row) if row is not None else None,
        "usage": _usage(session, user_id, allowed, now),
    }


def of_robots(
    session: Session, user_id: uuid.UUID, known: Iterable[Robot], now: datetime
) -> list[dict[str, Any]]:
    """For every robot whether the user may run it, why, and what would let them."""
    allowed = entitlements.entitlements(session, user_id)
    own = robots.live_access(session, user_id, now)
    used = _robots_in_use(session, user_id)
    return [_access(robot, allowed, own, used) for robot in known]


def _bought(row: Subscription) -> dict[str, Any]:
    names = ("status", "period_start", "period_end", "trial_end", "cancel_at", "past_due_since")
    coming = row.next_plan_id and {
        "plan": row.next_plan_id,
        "title": catalogue.plan_for(row.next_plan_id).title,
        "at": row.next_plan_at,
    }
    return {name: getattr(row, name) for name in names} | {
        "plan": row.plan_id,
        "title": catalogue.plan_for(row.plan_id).title,
        "given": row.stripe_subscription_id is None,
        "scheduled": coming or None,
        "grace_until": row.grace_until,
        "lapsed": row.lapsed_at is not None,
    }


def of_tuning(session: Session, user_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """Which settings of robots the user may change, by their levels, and what brings the others."""
    allowed = entitlements.entitlements(session, user_id)
    return {level: _tuning(allowed, level) for level in entitlements.TUNING[1:]}


def _tuning(allowed: Entitlements, level: str) -> dict[str, Any]:
    may_tune = allowed.tunes(level)
    larger = None if may_tune else entitlements.unlocking(lambda plan: plan.tunes(level), allowed)
    return {"allowed": may_tune, "unlocked_by": larger}


def _usage(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, now: datetime
) -> list[dict[str, Any]]:
    bots = session.scalar(
        select(func.count()).where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
    )
    own = robots.live_access(session, user_id, now)
    keys = len(session.scalars(api_keys.live_ones(user_id, now)).all())
    return [
        _bar("bots", bots or 0, allowed.max_bots),
        _bar(
            "webhooks_per_day", webhooks_today(session, user_id, now), allowed.max_webhooks_per_day
        ),
        _bar("robots", len(_robots_in_use(session, user_id) - set(own)), allowed.max_robots),
        _bar("api_keys", keys, api_keys.MOST_LIVE if allowed.api_access else 0),
    ]


def _bar(key: str, used: int, limit: int | None) -> dict[str, Any]:
    percent = None if limit is None else 100 if used >= limit else used * 100 // limit
    return {"key": key, "used": used, "limit": limit, "percent": percent}


def _robots_in_use(session: Session, user_id: uuid.UUID) -> set[str]:
    used = session.scalars(
        select(Bot.plugin_id).where(
            Bot.user_id == user_id, Bot.deleted_at.is_(None), Bot.plugin_id.is_not(None)
        )
    )
    return {robot_id for robot_id in used if robot_id is not None}


def _access(
    robot: Robot, allowed: Entitlements, own: dict[str, PluginAccess], used: set[str]
) -> dict[str, Any]:
    levels = {robot_id: row.level for robot_id, row in own.items()}
    others = used - {robot.id}

    def runs(plan: Entitlements) -> bool:
        """Whether the user's bots of the robot, or else a first one, would have a place."""
        return robot_access.may_run(plan, levels, robot.id, others)

    may_run, mine = runs(allowed), own.get(robot.id)
    level = robot_access.level(allowed, levels, robot.id)
    return {
        "robot_id": robot.id,
        "access": level if may_run else None,
        "source": mine.source if mine else "plan" if may_run else None,
        "expires_at": mine.expires_at if mine else None,
        "price_cents": robot.price_cents,
        "unlocked_by": None
        if may_run and level == robot_access.LEVELS[-1]
        else entitlements.unlocking(
            lambda plan: (
                runs(plan) and (not may_run or robot_access.may_go_live(plan, {}, robot.id))
            ),
            allowed,
        ),
    }
