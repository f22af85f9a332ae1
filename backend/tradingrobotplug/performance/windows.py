"""Figures of a user's window, and what the plan lets its owner see."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..marketdata import calendar
from ..models import Bot, User, UserPerformance
from ..plans.entitlements import Entitlements, entitlements, refuse_unless
from . import metrics, periods
from .periods import Period
from .totals import Totals


@dataclass(frozen=True, slots=True)
class Asked:
    """Which window: its period, a day in it (None: today), and the trading mode."""

    period: Period
    on: date | None = None
    mode: str = "paper"


def of_user(
    session: Session, user_id: uuid.UUID, plugin_id: str, asked: Asked, now: datetime
) -> dict[str, Any]:
    """A user's figures in the window that contains the asked day (None: today)."""
    kind = _asset_type(session, user_id, plugin_id, asked.mode)
    day = asked.on or calendar.trading_day(kind, now)
    row = session.scalar(
        select(UserPerformance).where(
            UserPerformance.user_id == user_id,
            UserPerformance.plugin_id == plugin_id,
            UserPerformance.date == periods.key(asked.period, day),
            UserPerformance.period == asked.period,
            UserPerformance.mode == asked.mode,
        )
    )
    head = {
        "user_id": str(user_id),
        "plugin_id": plugin_id or None,
        "period": asked.period.value,
        "date": day if asked.period is Period.ALL_TIME else periods.key(asked.period, day),
        "mode": asked.mode,
    }
    if row is None:
        return head | nothing(asked.period, kind) | {"updated_at": now, "closed_at": None}
    return head | {
        "metrics": row.metrics,
        "undefined": row.undefined,
        "updated_at": row.updated_at,
        "closed_at": row.closed_at,
    }


def of_house_robot(session: Session, plugin_id: str, asked: Asked, now: datetime) -> dict[str, Any]:
    """The public record of a robot: how it did for the house. NotFound if the house has none."""
    owner = session.scalar(
        select(Bot.user_id)
        .join(User, User.id == Bot.user_id)
        .where(User.is_house, Bot.plugin_id == plugin_id)
        .order_by(Bot.id)
        .limit(1)
    )
    if owner is None:
        raise NotFound("robot_not_found", "There is no public record of this robot.")
    return of_user(session, owner, plugin_id, asked, now) | {"user_id": None}


def day_of(session: Session, user_id: uuid.UUID, plugin_id: str, mode: str, now: datetime) -> date:
    """The trading day in progress for a user and robot."""
    return calendar.trading_day(_asset_type(session, user_id, plugin_id, mode), now)


def nothing(period: Period, asset_type: str) -> dict[str, Any]:
    """Figures of a window in which nothing happened."""
    values, reasons = metrics.figures(Totals(), periods.periods_per_year(period, asset_type))
    return {"metrics": values, "undefined": reasons}


def refuse_beyond_plan(
    session: Session, user_id: uuid.UUID, asked: Asked, now: datetime
) -> Entitlements:
    """Forbidden plan_limit_reached for a period or a day that the caller's plan leaves out."""
    allowed = entitlements(session, user_id)
    sentence = "This part of your record comes with a larger plan."
    period = asked.period.value
    refuse_unless(
        lambda plan: plan.shows(period), allowed, "periods", list(allowed.periods), sentence
    )
    refuse_unless(
        lambda plan: plan.shows(period) and _reaches(plan, asked.on, now),
        allowed,
        "history_days",
        allowed.history_days,
        sentence,
    )
    return allowed


def _reaches(plan: Entitlements, day: date | None, now: datetime) -> bool:
    first = plan.first_day(now)
    return day is None or first is None or day >= first


def _asset_type(session: Session, user_id: uuid.UUID, plugin_id: str, mode: str) -> str:
    track = session.scalar(
        select(UserPerformance.track).where(
            UserPerformance.user_id == user_id,
            UserPerformance.plugin_id == plugin_id,
            UserPerformance.date == periods.ALL_TIME_DATE,
            UserPerformance.period == Period.ALL_TIME,
            UserPerformance.mode == mode,
        )
    )
    return str(track["asset_type"]) if track else "crypto"
