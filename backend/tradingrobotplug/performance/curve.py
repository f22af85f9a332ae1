"""Equity curves as answers show them: few points, the latest trades included."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ..models import EquitySample
from ..money import as_text
from .totals import ONE

LATEST_FILLS = 100


def of_bot(bot_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    """Samples of one bot."""
    return (EquitySample.bot_id == bot_id,)


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
) -> list[EquitySample]:
    """The latest `limit` samples of `kind` within [start, end], with the latest fills after them.

    Reads from the end of an index: the cost does not depend on how many samples there are.
    """
    regular = _latest(session, (*owned, EquitySample.at.between(*span)), kind, limit)
    starts = _latest(session, owned, "start", limit) if len(regular) < limit else []
    since = max(span[0], regular[-1].at) if regular else span[0]
    fills = _latest(session, owned, "fill", min(limit, LATEST_FILLS))
    # Looking for fills of a time in SQL would read all of history where there are none.
    points = [*(p for p in starts if span[0] <= p.at <= span[1]), *regular]
    points += [p for p in fills if since <= p.at <= span[1]]
    return sorted(points, key=lambda point: (point.at, point.seq))[-limit:]


def with_drawdown(points: Sequence[EquitySample]) -> list[dict[str, Any]]:
    """[{"at", "equity", "drawdown"}]: percent below the running peak of the shown points."""
    peak, shown = Decimal(0), []
    for point in points:
        peak = max(peak, point.growth)
        fall = point.growth / peak - ONE if peak > 0 else Decimal(0)
        shown.append(plain(point) | {"drawdown": float(fall * 100)})
    return shown


def plain(point: EquitySample) -> dict[str, Any]:
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
