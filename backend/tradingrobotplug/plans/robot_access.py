"""What a user may do with a robot: the one page that bots, signals, orders and the marketplace ask.

A robot is offered on terms of its metadata: `everyone` on all plans; `subscribers` on those that
give more than a demo; `early` on those with early access. Beside that counts what the user was
given or bought (`user_plugin_access`), until it expires or ends.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ..models import PluginAccess
from .entitlements import Entitlements, entitlements, refuse_unless

LEVELS = ("demo", "limited", "full")
"""Of access to a robot: one bot on paper; any number of them on paper; all that the plan allows."""

TERMS = ("everyone", "subscribers", "early")

_terms: dict[str, str] = {}

Own = Mapping[str, str]  # robots that were bought or given, with the level of access to each


def know(terms: Mapping[str, str]) -> None:
    """Set on which terms each robot is offered; robots themselves live far above plans."""
    _terms.clear()
    _terms.update(terms)


def own_robots(session: Session, user_id: uuid.UUID, now: datetime) -> dict[str, str]:
    """Robots that were bought by or given to the user, with the level of access to each."""
    rows = session.execute(
        select(PluginAccess.plugin_id, PluginAccess.level).where(
            PluginAccess.user_id == user_id, *counts(now)
        )
    )
    return {row.plugin_id: row.level for row in rows}


def counts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether what was bought or given counts: neither ended nor expired."""
    return (
        PluginAccess.ended_at.is_(None),
        or_(PluginAccess.expires_at.is_(None), PluginAccess.expires_at > now),
    )


def level(plan: Entitlements, own: Own, robot_id: str) -> str | None:
    """The better one of the plan's access to a robot and the user's own; None for neither."""
    found = [one for one in (_of_plan(plan, robot_id), own.get(robot_id)) if one is not None]
    return max(found, key=LEVELS.index, default=None)


def may_run(plan: Entitlements, own: Own, robot_id: str, used: Collection[str | None]) -> bool:
    """Whether one more bot of this robot fits beside bots of the robots in `used`."""
    found = level(plan, own, robot_id)
    if found is None or robot_id in used:
        return found is not None and found != LEVELS[0]
    others = set(used) - {None, *own}
    return robot_id in own or plan.max_robots is None or len(others) < plan.max_robots


def may_go_live(plan: Entitlements, own: Own, robot_id: str | None) -> bool:
    """Whether a bot of this robot (None: of none) may trade with real money, as to the robot."""
    return robot_id is None or level(plan, own, robot_id) == LEVELS[-1]


def paper_only(plan: Entitlements) -> str:
    """What is said where a robot may not trade live."""
    return f"The {plan.plan_title} plan lets this robot trade on paper only."


def refuse_live(session: Session, user_id: uuid.UUID, robot_id: str | None, now: datetime) -> None:
    """PlanLimitReached for a robot's bot that is to go live where the robot is for paper only."""
    if robot_id is None:
        return
    own, allowed = own_robots(session, user_id, now), entitlements(session, user_id)
    refuse_unless(
        lambda plan: may_go_live(plan, own, robot_id),
        allowed,
        "robot_access",
        level(allowed, own, robot_id),
        paper_only(allowed),
    )


def _of_plan(plan: Entitlements, robot_id: str) -> str | None:
    terms = _terms.get(robot_id, TERMS[0])
    if terms == "early" and not plan.early_access:
        return None
    if terms != TERMS[0] and plan.robot_access == LEVELS[0]:
        return None
    return plan.robot_access
