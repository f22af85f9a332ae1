"""The board as it stands: one row per entry, mode and period, kept by a periodic job.

The order is made in one statement where the figures are, and only rows that changed are written.
"""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import LeaderboardCurve, LeaderboardEntry
from ..money import as_text
from . import curve, periods
from .periods import Period

MIN_TRADES = 30  # fewer round trips say too little to rank
MIN_DAYS = 21  # and so does a shorter record
MODES = ("paper", "live")
CURVE_POINTS = 60
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

_LOCK = 0x7472705F626F6172  # 'trp_boar': one refresh at a time
# A board of very many is sorted and joined whole, in memory. The planner takes a thousand rows for
# one, and would go through all entries for each.
_SETTINGS = ("work_mem = '64MB'", "enable_nestloop = off", "jit = off")
_FIGURES = {
    "trade_count": "integer", "win_rate": "float8", "total_return_pct": "float8",
    "profit_factor": "float8", "sharpe_ratio": "float8", "sortino_ratio": "float8",
    "max_drawdown": "float8",
}  # fmt: skip
_READ = ", ".join(f"(p.metrics->>'{name}')::{kind} AS {name}" for name, kind in _FIGURES.items())
_KEY = ("mode", "period", "user_id", "plugin_id")
_VALUES = (
    "kind", "name", "position", "is_ranked", "is_delisted", "since", "days", *_FIGURES,
    "total_pnl", "updated_at",
)  # fmt: skip

# Robots of the house are always in, those that were taken off too; users only while they take part.
SUBJECTS = """
  SELECT b.user_id, b.plugin_id, 'robot' AS kind, max(b.name) AS name,
         min(b.created_at) AS since, bool_and(b.deleted_at IS NOT NULL) AS is_delisted
  FROM bots b JOIN users u ON u.id = b.user_id
  WHERE u.is_house AND b.plugin_id IS NOT NULL
  GROUP BY b.user_id, b.plugin_id
  UNION ALL
  SELECT m.user_id, '', 'user', m.handle, NULL, false
  FROM leaderboard_members m JOIN users u ON u.id = m.user_id
  WHERE u.suspended_at IS NULL AND u.leaving_at IS NULL
"""
_REFRESH = text(f"""
WITH subjects AS ({SUBJECTS} AND m.left_at IS NULL),
records AS (
  SELECT p.mode, p.period, s.user_id, s.plugin_id, s.kind, s.name, s.is_delisted,
         coalesce(s.since, first.day::timestamp AT TIME ZONE 'UTC') AS since,
         CAST(:today AS date) - first.day AS days, {_READ},
         CASE s.kind WHEN 'robot' THEN (p.metrics->>'total_pnl')::float8 END AS total_pnl,
         p.updated_at
  FROM subjects s
  JOIN user_performance_metrics p ON p.user_id = s.user_id AND p.plugin_id = s.plugin_id
  JOIN LATERAL (
    SELECT d.date AS day FROM user_performance_metrics d
    WHERE d.user_id = s.user_id AND d.plugin_id = s.plugin_id AND d.period = 'daily'
      AND d.mode = p.mode
    ORDER BY d.date LIMIT 1
  ) first ON true
  WHERE p.mode = :mode AND p.period = :period AND p.date = ANY(:dates) AND p.closed_at IS NULL
),
judged AS (
  SELECT *, trade_count >= :min_trades AND days >= :min_days AS is_ranked FROM records
),
board AS MATERIALIZED (
  SELECT *, row_number() OVER (
    ORDER BY is_ranked DESC, sharpe_ratio DESC NULLS LAST, total_return_pct DESC NULLS LAST,
             since, user_id, plugin_id
  ) AS position FROM judged
),
written AS (
  INSERT INTO leaderboard_entries ({", ".join((*_KEY, *_VALUES))})
  SELECT {", ".join(f"b.{name}" for name in (*_KEY, *_VALUES))}
  FROM board b LEFT JOIN leaderboard_entries e USING ({", ".join(_KEY)})
  WHERE ({", ".join(f"e.{name}" for name in _VALUES)})
    IS DISTINCT FROM ({", ".join(f"b.{name}" for name in _VALUES)})
  ON CONFLICT ({", ".join(_KEY)}) DO UPDATE
  SET {", ".join(f"{name} = excluded.{name}" for name in _VALUES)}
)
DELETE FROM leaderboard_entries e
WHERE e.mode = :mode AND e.period = :period AND NOT EXISTS (
  SELECT FROM board b WHERE b.user_id = e.user_id AND b.plugin_id = e.plugin_id
)
""")  # nosec B608  # made of names of ours alone


def refresh(session: Session, mode: str, period: Period, now: datetime) -> None:
    """Bring the board of this mode and period up to date with the figures."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    for setting in _SETTINGS:
        session.execute(text(f"SET LOCAL {setting}"))
    session.execute(
        _REFRESH,
        {
            "mode": mode,
            "period": period.value,
            "dates": _current(period, now),
            "today": now.date(),
            "min_trades": MIN_TRADES,
            "min_days": MIN_DAYS,
        },
    )


def refresh_curves(session: Session, mode: str, now: datetime) -> None:
    """Keep each robot's curve as the board draws it: by the hour while all its hours fit, by the
    day from then on."""
    entry = LeaderboardEntry
    robots = select(entry.user_id, entry.plugin_id, entry.since).where(
        entry.mode == mode, entry.period == Period.ALL_TIME, entry.kind == "robot"
    )
    for user_id, plugin_id, since in session.execute(robots).all():
        kind = "hourly" if now - since <= timedelta(hours=CURVE_POINTS) else "daily"
        owned = curve.of_user(user_id, plugin_id, mode)
        points = curve.samples(session, owned, kind, (_EVER, now), CURVE_POINTS - 1, since)
        plain = [[p.at.isoformat(), as_text(p.equity), as_text(p.growth)] for p in points]
        row = insert(LeaderboardCurve).values(
            mode=mode, user_id=user_id, plugin_id=plugin_id, points=plain
        )
        key = (LeaderboardCurve.mode, LeaderboardCurve.user_id, LeaderboardCurve.plugin_id)
        changed = row.on_conflict_do_update(
            index_elements=key,
            set_={"points": row.excluded.points},
            where=LeaderboardCurve.points != row.excluded.points,
        )
        session.execute(changed)


def _current(period: Period, now: datetime) -> list[date]:
    if period is Period.ALL_TIME:
        return [periods.ALL_TIME_DATE]
    days = (periods.day_of(kind, now) for kind in ("crypto", "stocks"))
    return sorted({periods.key(period, day) for day in days})
