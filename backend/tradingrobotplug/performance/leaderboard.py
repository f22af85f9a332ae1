"""The public record: robots of the house, best first by return for the risk taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..marketdata import calendar
from ..models import Bot, PerformanceCursor, User, UserPerformance
from ..money import ZERO
from ..trading import worth
from . import curve, periods
from .periods import Period

MIN_TRADES = 30  # fewer round trips say too little to rank
CURVE_POINTS = 60
MODE = "paper"
# The wording that US CFTC rule 4.41(b)(1) prescribes for simulated results.
STATEMENT = (
    "These results are based on simulated or hypothetical performance results that have certain "
    "inherent limitations. Unlike the results shown in an actual performance record, these results "
    "do not represent actual trading. Also, because these trades have not actually been executed, "
    "these results may have under-or over-compensated for the impact, if any, of certain market "
    "factors, such as lack of liquidity. Simulated or hypothetical trading programs in general are "
    "also subject to the fact that they are designed with the benefit of hindsight. No "
    "representation is being made that any account will or is likely to achieve profits or losses "
    "similar to these being shown."
)
_SHOWN = (
    "trade_count", "win_rate", "total_pnl", "total_return_pct", "profit_factor", "sharpe_ratio",
    "max_drawdown",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """What a robot's public record holds now, and how far that has moved since its figures."""

    symbols: tuple[str, ...] = ()
    moved: Decimal = ZERO


_NOTHING = Held()


def read(session: Session, period: Period, now: datetime) -> dict[str, Any]:
    """Entries ranked by Sharpe ratio; those with too few trades follow without a rank."""
    held = _held(session)
    entries = [
        _entry(session, row, name, since, held.get(row.plugin_id, _NOTHING), now)
        for row, name, since in _rows(session, period, now)
    ]
    return {
        "period": period.value,
        "entries": ranked(entries),
        "total": len(entries),
        "as_of": now,
        "mode": MODE,
        "minimum_trades": MIN_TRADES,
        "statement": STATEMENT,
    }


def ranked(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order, with `rank` and `ranked`. An undefined Sharpe ratio comes last among the ranked."""
    order = sorted(entries, key=_merit)
    return [
        entry | {"ranked": _is_ranked(entry), "rank": place if _is_ranked(entry) else None}
        for place, entry in enumerate(order, start=1)
    ]


def _merit(entry: dict[str, Any]) -> tuple[bool, bool, float, float]:
    sharpe = entry["sharpe_ratio"]
    return (
        not _is_ranked(entry), sharpe is None, -(sharpe or 0.0), -(entry["total_return_pct"] or 0.0)
    )  # fmt: skip


def _is_ranked(entry: dict[str, Any]) -> bool:
    return bool(entry["trade_count"] >= MIN_TRADES)


def _rows(
    session: Session, period: Period, now: datetime
) -> list[tuple[UserPerformance, str, datetime]]:
    house = (
        select(
            Bot.user_id,
            Bot.plugin_id,
            func.max(Bot.name).label("name"),
            func.min(Bot.created_at).label("since"),
        )
        .join(User, User.id == Bot.user_id)
        .where(User.is_house, Bot.plugin_id.is_not(None))
        .group_by(Bot.user_id, Bot.plugin_id)
        .subquery()
    )
    current = _current(period, now)
    rows = session.execute(
        select(UserPerformance, house.c.name, house.c.since)
        .join(
            house,
            (house.c.user_id == UserPerformance.user_id)
            & (house.c.plugin_id == UserPerformance.plugin_id),
        )
        .where(
            UserPerformance.period == period,
            UserPerformance.date.in_(current),
            UserPerformance.closed_at.is_(None),
            UserPerformance.mode == MODE,
        )
    )
    return [(row, name, since) for row, name, since in rows]


def _current(period: Period, now: datetime) -> set[date]:
    if period is Period.ALL_TIME:
        return {periods.ALL_TIME_DATE}
    days = (calendar.trading_day(kind, now) for kind in ("crypto", "stocks"))
    return {periods.key(period, day) for day in days}


def _held(session: Session) -> dict[str | None, Held]:
    """By robot."""
    rows = session.execute(
        select(Bot, PerformanceCursor)
        .join(User, User.id == Bot.user_id)
        .join(PerformanceCursor, worth.figures_of_bot())
        .where(User.is_house, Bot.plugin_id.is_not(None), Bot.deleted_at.is_(None))
    ).all()
    moved = worth.moved(session, [(bot, cursor) for bot, cursor in rows])
    found: dict[str | None, Held] = {}
    for bot, cursor in rows:
        before = found.get(bot.plugin_id, _NOTHING)
        symbols = {*before.symbols, *cursor.holdings}
        gain = before.moved + moved.get(bot.id, ZERO)
        found[bot.plugin_id] = Held(tuple(sorted(symbols)), gain)
    return found


def _entry(
    session: Session, row: UserPerformance, name: str, since: datetime, held: Held, now: datetime
) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "robot",
        "plugin_id": row.plugin_id,
        "mode": row.mode,
        **{figure: row.metrics[figure] for figure in _SHOWN},
        "since": since,
        "updated_at": row.updated_at,
        "holding": held.symbols,
        "equity": _points(session, row, since, held.moved, now),
    }


def _points(
    session: Session, row: UserPerformance, since: datetime, moved: Decimal, now: datetime
) -> list[dict[str, Any]]:
    # By the hour while all its hours fit, by the day from then on.
    kind = "hourly" if now - since <= timedelta(hours=CURVE_POINTS) else "daily"
    owned = curve.of_user(row.user_id, row.plugin_id, MODE)
    span = (datetime(1970, 1, 1, tzinfo=UTC), now)
    points = curve.samples(session, owned, kind, span, CURVE_POINTS - 1, since)
    return [curve.plain(point) for point in curve.up_to_now(points, moved, now)]
