"""Equity curves as answers show them: few points, the latest trades included."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..models import EquitySample
from ..money import as_text
from .totals import ONE

LATEST_FILLS = 100


@dataclass(frozen=True, slots=True)
class Point:
    """Equity in dollars at a moment, and the growth of one dollar since the start."""

    at: datetime
    equity: Decimal
    growth: Decimal


def of_bot(bot_id: uuid.UUID, mode: str) -> tuple[ColumnElement[bool], ...]:
    """Samples of one bot in one mode."""
    return (EquitySample.bot_id == bot_id, EquitySample.mode == mode)


def of_user(user_id: uuid.UUID, plugin_id: str, mode: str) -> tuple[ColumnElement[bool], ...]:
    """Samples of a user and robot, plugin_id '' for all."""
    return (
        EquitySample.bot_id.is_(None),
        EquitySample.user_id == user_id,
        EquitySample.plugin_id == plugin_id,
        EquitySample.mode == mode,
    )


def samples(
    session: Session,
    owned: tuple[ColumnElement[bool], ...],
    kind: str,
    span: tuple[datetime, datetime],
    limit: int,
    began: datetime | None = None,
) -> list[Point]:
    """The latest `limit` samples of `kind` within [start, end], with the latest fills after them.

    The capital a curve starts with stood there since `began`, before the first fill.

    Reads from the end of an index: the cost does not depend on how many samples there are.
    """
    regular = _latest(session, (*owned, EquitySample.at.between(*span)), kind, limit)
    starts = _latest(session, owned, "start", limit) if len(regular) < limit else []
    since = max(span[0], regular[-1].at) if regular else span[0]
    fills = _latest(session, owned, "fill", min(limit, LATEST_FILLS))
    # Looking for fills of a time in SQL would read all of history where there are none.
    points = [*(p for p in starts if span[0] <= p.at <= span[1]), *regular]
    points += [p for p in fills if since <= p.at <= span[1]]
    chosen = sorted(points, key=lambda point: (point.at, point.seq))[-limit:]
    shown = [Point(point.at, point.equity, point.growth) for point in chosen]
    if began and chosen and chosen[0].kind == "start":
        shown[0] = replace(shown[0], at=max(span[0], min(began, shown[0].at)))
    return shown


def up_to_now(points: Sequence[Point], moved: Decimal, now: datetime) -> list[Point]:
    """The points, and one for `now`: the last one's equity plus what has `moved` since."""
    if not points or points[-1].at >= now:
        return list(points)
    last = points[-1]
    ratio = (last.equity + moved) / last.equity if last.equity > 0 else ONE
    return [*points, Point(now, last.equity + moved, last.growth * ratio)]


def with_drawdown(points: Sequence[Point]) -> list[dict[str, Any]]:
    """[{"at", "equity", "drawdown"}]: percent below the running peak of the shown points."""
    peak, shown = Decimal(0), []
    for point in points:
        peak = max(peak, point.growth)
        fall = point.growth / peak - ONE if peak > 0 else Decimal(0)
        shown.append(plain(point) | {"drawdown": float(fall * 100)})
    return shown


def plain(point: Point) -> dict[str, Any]:
    """{"at", "equity"}."""
    return {"at": point.at.isoformat(), "equity": as_text(point.equity)}


def _latest(
    session: Session, chosen: tuple[ColumnElement[bool], ...], kind: str, limit: int
) -> list[EquitySample]:
    rows = session.scalars(
        select(EquitySample)
        .where(*chosen, EquitySample.kind == kind)
        .order_by(EquitySample.seq.desc())
        .limit(limit)
    ).all()
    return list(reversed(rows))
