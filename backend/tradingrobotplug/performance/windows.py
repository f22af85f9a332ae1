"""Figures of a user's window, and what the plan lets its owner see."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..models import Bot, User, UserPerformance
from ..plans import history
from ..plans.entitlements import Entitlements, entitlements, refuse_unless
from . import metrics, periods, totals
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
    """A user's figures in the window that contains the asked day (None: the latest)."""
    kind = asset_type(session, user_id, plugin_id, asked.mode)
    day = asked.on or latest_day(session, (user_id, plugin_id, asked.mode), now)
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


def latest_day(session: Session, whose: tuple[uuid.UUID, str, str], now: datetime) -> date:
    """The trading day that is meant where none is named, of (user, robot or '', mode): the one in
    progress; before its session opens, the one before it, unless something traded already."""
    kind = asset_type(session, *whose)
    day = periods.day_of(kind, now)
    if periods.shown_day(kind, now) == day or _has_traded(session, whose, day):
        return day
    return periods.shown_day(kind, now)


def _has_traded(session: Session, whose: tuple[uuid.UUID, str, str], day: date) -> bool:
    user_id, plugin_id, mode = whose
    found = session.scalar(
        select(UserPerformance.totals).where(
            UserPerformance.user_id == user_id,
            UserPerformance.plugin_id == plugin_id,
            UserPerformance.date == day,
            UserPerformance.period == Period.DAILY,
            UserPerformance.mode == mode,
        )
    )
    return has_traded(totals.from_json(found)) if found else False


def has_traded(window: Totals) -> bool:
    """Whether anything happened in a window."""
    return window.trades > 0 or window.gain != 0


def nothing(period: Period, asset_type: str) -> dict[str, Any]:
    """Figures of a window in which nothing happened."""
    values, reasons = metrics.figures(Totals(), periods.periods_per_year(period, asset_type))
    return {"metrics": values, "undefined": reasons}


def own_id(named: str, caller_id: uuid.UUID) -> uuid.UUID:
    """The caller's id, which a path names as itself or as "me". NotFound for anybody else's."""
    if named not in ("me", str(caller_id)):
        raise NotFound("user_not_found", "There is no such user.")
    return caller_id


def refuse_beyond_plan(
    session: Session, user_id: uuid.UUID, asked: Asked, now: datetime
) -> Entitlements:
    """Forbidden plan_limit_reached for a period or a day that the caller's plan leaves out."""
    allowed = entitlements(session, user_id)
    period = asked.period.value
    shown = list(allowed.periods)
    refuse_unless(lambda plan: plan.shows(period), allowed, "periods", shown, history.SENTENCE)
    history.refuse_older(allowed, asked.on, now, lambda plan: plan.shows(period))
    return allowed


def asset_type(session: Session, user_id: uuid.UUID, plugin_id: str, mode: str) -> str:
    """Whose trading days a user and robot count in."""
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
