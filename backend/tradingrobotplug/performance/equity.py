"""An equity curve as a resource: points, capital flows, and drawdowns over a range of days."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import EquitySample
from . import days, drawdowns
from .asked import Asked
from .drawdowns import Drawdown
from .totals import ONE

POINTS = 500
HOURLY_DAYS = 92
FLOWS = 100
DRAWDOWNS = 5
_HOURLY = timedelta(days=HOURLY_DAYS)
_FLOWING = ("start", "flow")


def read(session: Session, asked: Asked, kind: str) -> dict[str, Any]:
    """Points (`kind` hourly | daily) of the asked days, thinned out evenly to POINTS; the growth of
    those days, time-weighted (GIPS 2020); the deepest drawdowns."""
    if kind == "hourly" and (asked.first is None or asked.last - asked.first >= _HOURLY):
        raise Invalid("invalid_input", f"By the hour, ask for at most {HOURLY_DAYS} days.")
    known = days.of(session, asked)
    points = _thinned(_samples(session, asked, kind))
    grown = days.growth(known)
    return asked.head | {
        "kind": kind,
        "total_return_pct": None if grown is None else float((grown - ONE) * 100),
        "points": _shown(points, known[0][1].start if known else ONE),
        "flows": _flows(session, asked),
        "drawdowns": [_drawdown(found) for found in drawdowns.deepest(known, DRAWDOWNS)],
    }


def _samples(session: Session, asked: Asked, kind: str) -> list[tuple[Any, ...]]:
    columns = (EquitySample.at, EquitySample.equity, EquitySample.growth)
    wanted = select(*columns).where(*asked.latest, EquitySample.kind == kind)
    return [tuple(row) for row in session.execute(wanted.order_by(EquitySample.seq))]


def _thinned(samples: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Every n-th counted from the end, so that the last one is always shown."""
    step = -(-len(samples) // POINTS) or 1
    return samples[::-1][::step][::-1]


def _shown(points: list[tuple[Any, ...]], start: Decimal) -> list[dict[str, Any]]:
    """`return_pct` is the growth since the point before; `drawdown` ≤ 0, in percent."""
    peak, last, shown = start, start, []
    for at, equity, growth in points:
        peak = max(peak, growth)
        shown.append(
            {
                "at": at,
                "equity": equity,
                "return_pct": float((growth / last - ONE) * 100) if last > 0 else 0.0,
                "drawdown": float((growth / peak - ONE) * 100) if peak > 0 else 0.0,
            }
        )
        last = growth
    return shown


def _flows(session: Session, asked: Asked) -> list[dict[str, Any]]:
    """The latest, oldest first."""
    wanted = select(EquitySample.at, EquitySample.flow).where(
        *asked.latest, EquitySample.kind.in_(_FLOWING), EquitySample.flow.is_not(None)
    )
    rows = session.execute(wanted.order_by(EquitySample.seq.desc()).limit(FLOWS)).all()
    return [{"at": at, "amount": amount} for at, amount in reversed(rows)]


def _drawdown(found: Drawdown) -> dict[str, Any]:
    return {
        "start": found.start,
        "bottom": found.bottom,
        "recovered": found.recovered,
        "depth_pct": float(found.depth * 100),
        "length_days": found.length_days,
    }
