"""The public record: robots of the house and users who take part, best first by return for the
risk taken. Live and paper are boards of their own.

Entries are read from a table that a periodic job keeps (`leaderboard_board.py`), so that a page
costs the same however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, desc, func, nulls_last, select
from sqlalchemy.orm import Session

from ..models import Bot, LeaderboardEntry, PerformanceCursor, User
from ..money import ZERO
from ..trading import worth
from . import curve
from .leaderboard_board import MIN_DAYS, MIN_TRADES
from .periods import Period
from .statements import STATEMENTS

CURVE_POINTS = 60
DEFAULT_SORT = "sharpe_ratio"
_SHOWN = (
    "name", "kind", "mode", "days", "trade_count", "win_rate", "total_pnl", "total_return_pct",
    "profit_factor", "sharpe_ratio", "sortino_ratio", "max_drawdown", "since", "updated_at",
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
    rows = session.scalars(_page(asked)).all()
    held = _held(session, asked.mode) if any(row.kind == "robot" for row in rows) else {}
    return {
        "period": asked.period.value,
        "mode": asked.mode,
        "kind": asked.kind,
        "sort": asked.sort,
        "entries": [_entry(session, row, held, now) for row in rows],
        "total": _total(session, asked),
        "page": asked.page,
        "limit": asked.limit,
        "as_of": now,
        "minimum_trades": MIN_TRADES,
        "minimum_days": MIN_DAYS,
        "statement": STATEMENTS[asked.mode],
    }


def _page(asked: Asked) -> Select[LeaderboardEntry]:
    entry, skipped = LeaderboardEntry, (asked.page - 1) * asked.limit
    query = select(entry).where(entry.mode == asked.mode, entry.period == asked.period)
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
    entry = LeaderboardEntry
    counted = func.max(entry.position) if asked.kind == "all" else func.count()
    query = select(counted).where(entry.mode == asked.mode, entry.period == asked.period)
    if asked.kind == "robot":
        query = query.where(entry.kind == "robot")
    return session.scalar(query) or 0


def _entry(
    session: Session, row: LeaderboardEntry, held: dict[str, Held], now: datetime
) -> dict[str, Any]:
    found = held.get(row.plugin_id, _NOTHING)
    return {
        **{name: getattr(row, name) for name in _SHOWN},
        "plugin_id": row.plugin_id or None,
        "ranked": row.is_ranked,
        "rank": row.position if row.is_ranked else None,
        "delisted": row.is_delisted,
        "holding": found.symbols,
        "equity": _points(session, row, found.moved, now) if row.kind == "robot" else (),
    }


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


def _points(
    session: Session, row: LeaderboardEntry, moved: Decimal, now: datetime
) -> Sequence[dict[str, Any]]:
    # By the hour while all its hours fit, by the day from then on.
    kind = "hourly" if now - row.since <= timedelta(hours=CURVE_POINTS) else "daily"
    owned = curve.of_user(row.user_id, row.plugin_id, row.mode)
    span = (datetime(1970, 1, 1, tzinfo=UTC), now)
    points = curve.samples(session, owned, kind, span, CURVE_POINTS - 1, row.since)
    return [curve.plain(point) for point in curve.up_to_now(points, moved, now)]
