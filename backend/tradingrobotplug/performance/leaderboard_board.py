"""The board as it stands: one row per entry, mode and period, kept by a periodic job.

The order is made in one statement where the figures are, and only rows that changed are written.
"""

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..marketdata import calendar
from . import periods
from .periods import Period

MIN_TRADES = 30  # fewer round trips say too little to rank
MIN_DAYS = 21  # and so does a shorter record
MODES = ("paper", "live")

_LOCK = 0x7472705F626F6172  # 'trp_boar': one refresh at a time
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
  INSERT INTO leaderboard_entries AS e ({", ".join((*_KEY, *_VALUES))})
  SELECT {", ".join((*_KEY, *_VALUES))} FROM board
  ON CONFLICT ({", ".join(_KEY)}) DO UPDATE
  SET {", ".join(f"{name} = excluded.{name}" for name in _VALUES)}
  WHERE ({", ".join(f"e.{name}" for name in _VALUES)})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _VALUES)})
)
DELETE FROM leaderboard_entries e
WHERE e.mode = :mode AND e.period = :period AND NOT EXISTS (
  SELECT FROM board b WHERE b.user_id = e.user_id AND b.plugin_id = e.plugin_id
)
""")  # nosec B608  # made of names of ours alone


def refresh(session: Session, mode: str, period: Period, now: datetime) -> None:
    """Bring the board of this mode and period up to date with the figures."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
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


def _current(period: Period, now: datetime) -> list[date]:
    if period is Period.ALL_TIME:
        return [periods.ALL_TIME_DATE]
    days = (calendar.trading_day(kind, now) for kind in ("crypto", "stocks"))
    return sorted({periods.key(period, day) for day in days})
