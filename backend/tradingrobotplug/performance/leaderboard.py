"""The public record: robots of the house and users who take part, best first by return for the
risk taken. Live and paper are boards of their own.

Entries are read from a table that a periodic job keeps (`leaderboard_board.py`), so that a page
costs the same however many there are.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, and_, desc, func, nulls_last, select
from sqlalchemy.orm import Session

from ..models import Bot, LeaderboardCurve, LeaderboardEntry, PerformanceCursor, User
from ..money import ZERO
from ..trading import worth
from . import curve
from .curve import Point
from .leaderboard_board import MIN_DAYS, MIN_TRADES
from .periods import Period
from .statements import STATEMENTS

DEFAULT_SORT = "sharpe_ratio"
_ENTRY = LeaderboardEntry
_SHOWN: tuple[Any, ...] = (
    _ENTRY.position, _ENTRY.is_ranked, _ENTRY.is_delisted, _ENTRY.name, _ENTRY.kind,
    _ENTRY.plugin_id, _ENTRY.mode, _ENTRY.days, _ENTRY.trade_count, _ENTRY.win_rate,
    _ENTRY.total_pnl, _ENTRY.total_return_pct, _ENTRY.profit_factor, _ENTRY.sharpe_ratio,
    _ENTRY.sortino_ratio, _ENTRY.max_drawdown, _ENTRY.since, _ENTRY.updated_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which board, in which order, which of its pages (counted from 1)."""

    period: Period
    mode: str = "paper"
    kind: str = "all"  # all | robot
    sort: str = DEFAULT_SORT
    page: int = 1
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Held:
    """What a robot's public record holds now, and how far that has moved since its figures."""

    symbols: tuple[str, ...] = ()
    moved: Decimal = ZERO


_NOTHING = Held()


def read(session: Session, asked: Asked, now: datetime) -> dict[str, Any]:
    """One page of a board. `rank` is the place by Sharpe ratio, whatever the page is sorted by;
    records that are too short follow those that are ranked, without a rank."""
    rows = session.execute(_page(asked)).all()
    has_robots = any(row.kind == "robot" for row in rows)
    held = _held(session, asked.mode) if has_robots else {}
    curves = _curves(session, asked.mode) if has_robots else {}
    return {
        "period": asked.period.value,
        "mode": asked.mode,
        "kind": asked.kind,
        "sort": asked.sort,
        "entries": [
            _entry(row, held.get(row.plugin_id, _NOTHING), curves.get(row.plugin_id, []), now)
            for row in rows
        ],
        "total": _total(session, asked),
        "page": asked.page,
        "limit": asked.limit,
        "as_of": now,
        "minimum_trades": MIN_TRADES,
        "minimum_days": MIN_DAYS,
        "statement": STATEMENTS[asked.mode],
    }


def _page(asked: Asked) -> Select[Any]:
    entry, skipped = _ENTRY, (asked.page - 1) * asked.limit
    query: Select[Any] = select(*_SHOWN).where(
        entry.mode == asked.mode, entry.period == asked.period
    )
    if asked.kind == "robot":
        query = query.where(entry.kind == "robot")
    if asked.sort != DEFAULT_SORT:
        order = (entry.is_ranked.desc(), nulls_last(desc(getattr(entry, asked.sort))))
        return query.order_by(*order, entry.position).offset(skipped).limit(asked.limit)
    if asked.kind == "robot":
        return query.order_by(entry.position).offset(skipped).limit(asked.limit)
    # Positions have no gaps: however far down, only the page itself is read.
    span = and_(entry.position > skipped, entry.position <= skipped + asked.limit)
    return query.where(span).order_by(entry.position)


def _total(session: Session, asked: Asked) -> int:
    entry = _ENTRY
    counted = func.max(entry.position) if asked.kind == "all" else func.count()
    query = select(counted).where(entry.mode == asked.mode, entry.period == asked.period)
    if asked.kind == "robot":
        query = query.where(entry.kind == "robot")
    return session.scalar(query) or 0


def _entry(row: Row[Any], found: Held, points: list[Any], now: datetime) -> dict[str, Any]:
    shown = dict(row._mapping)
    is_ranked, position = shown.pop("is_ranked"), shown.pop("position")
    return shown | {
        "plugin_id": row.plugin_id or None,
        "ranked": is_ranked,
        "rank": position if is_ranked else None,
        "delisted": shown.pop("is_delisted"),
        "holding": found.symbols,
        "equity": _drawn(points, found.moved, now),
    }


def _drawn(points: list[Any], moved: Decimal, now: datetime) -> list[dict[str, Any]]:
    """The kept points, and one for now."""
    shown = [{"at": at, "equity": equity} for at, equity, _ in points]
    if points:
        at, equity, growth = points[-1]
        last = Point(datetime.fromisoformat(at), Decimal(equity), Decimal(growth))
        shown += [curve.plain(point) for point in curve.up_to_now([last], moved, now)[1:]]
    return shown


def _curves(session: Session, mode: str) -> dict[str, list[Any]]:
    """By robot."""
    kept = LeaderboardCurve
    rows = session.execute(select(kept.plugin_id, kept.points).where(kept.mode == mode))
    return {row.plugin_id: row.points for row in rows}


def _held(session: Session, mode: str) -> dict[str, Held]:
    """By robot."""
    rows = session.execute(
        select(Bot, PerformanceCursor)
        .join(User, User.id == Bot.user_id)
        .join(PerformanceCursor, worth.figures_of_bot())
        .where(User.is_house, Bot.plugin_id.is_not(None), Bot.deleted_at.is_(None))
        .where(Bot.trading_mode == mode)
    ).all()
    moved = worth.moved(session, [(bot, cursor) for bot, cursor in rows])
    found: dict[str, Held] = {}
    for bot, cursor in rows:
        before = found.get(bot.plugin_id or "", _NOTHING)
        symbols = {*before.symbols, *cursor.holdings}
        gain = before.moved + moved.get(bot.id, ZERO)
        found[bot.plugin_id or ""] = Held(tuple(sorted(symbols)), gain)
    return found
