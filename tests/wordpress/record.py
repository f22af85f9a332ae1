"""A public record and its published days, as the backend answers them."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

BOARD = "/api/performance/public/leaderboard"
NOW = datetime.now(UTC)
_SHORT = {"rank": None, "ranked": False, "days": 6, "trade_count": 9, "sharpe_ratio": None}


def entry(name: str, plugin_id: str | None, **differing: Any) -> dict[str, Any]:
    """A robot's record, a user's if there is no plugin id."""
    is_robot = plugin_id is not None
    values = [100_000 + 40 * (n % 9) ** 2 + 90 * n for n in range(40)] if is_robot else []
    return {
        "rank": 1, "ranked": True, "delisted": False, "name": name,
        "kind": "robot" if is_robot else "user", "plugin_id": plugin_id, "mode": "paper",
        "days": 84, "trade_count": 212, "win_rate": 57.4,
        "total_pnl": -812.5 if is_robot else None, "total_return_pct": -0.81,
        "profit_factor": 0.91, "sharpe_ratio": 1.84, "sortino_ratio": None, "max_drawdown": -3.12,
        "since": NOW.isoformat(), "updated_at": NOW.isoformat(), "holding": [],
        "equity": [
            {"at": (NOW - timedelta(days=40 - n)).isoformat(), "equity": str(value)}
            for n, value in enumerate(values)
        ],
    } | differing  # fmt: skip


def board(**differing: Any) -> dict[str, Any]:
    """A page of a leaderboard."""
    return {
        "period": "all-time", "mode": "paper", "kind": "all", "sort": "sharpe_ratio",
        "entries": [
            entry("Fast Robot", "fast_robot"),
            entry("quiet-heron-4821", None, rank=2),
            entry("Old Robot", "old_robot", rank=3, delisted=True),
            entry("swift-lynx-1007", None, **_SHORT),
        ],
        "total": 120, "page": 1, "limit": 50, "minimum_trades": 30, "minimum_days": 21,
        "as_of": NOW.isoformat(), "statement": "These results are hypothetical.",
    } | differing  # fmt: skip


def published(last: date, count: int = 3) -> tuple[list[dict[str, Any]], str]:
    """Sealed days, newest first, and the lines of each."""
    lines = '{"name":"Fast Robot","return_pct":"0.24"}\n{"name":"Größe","return_pct":"-1"}\n'
    days: list[dict[str, Any]] = []
    previous = "0" * 64
    for back in range(count - 1, -1, -1):
        day = {
            "day": (last - timedelta(days=back)).isoformat(),
            "entries": 2,
            "page_hashes": [_sha256(lines)],
            "previous_hash": previous,
        }
        sealed = json.dumps(day, sort_keys=True, separators=(",", ":"))
        previous = _sha256(sealed)
        days.insert(0, day | {"hash": previous, "sealed": sealed, "published_at": NOW.isoformat()})
    return days, lines


def answers(**differing: Any) -> dict[str, tuple[int, Any]]:
    """What the backend says of all of it; `lines` may differ from what was sealed."""
    days, lines = published(NOW.date() - timedelta(days=1))
    page = days[0] | {"page": 1, "lines": differing.get("lines", lines)}
    return {
        BOARD: (200, board()),
        f"{BOARD}/chain": (200, {"days": days, "total": 3, "page": 1, "limit": 30}),
        f"{BOARD}/chain/lines": (200, page),
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
