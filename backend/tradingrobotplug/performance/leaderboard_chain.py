"""The daily hash: each day's figures of everybody on the board, sealed onto the day before.

A day is a list of lines, one canonical JSON object per entry and mode, cut into pages of a
thousand. Its hash is the SHA-256 of its date, its number of entries, its pages' SHA-256 and the
hash of the day before. Who has noted one hash can tell later whether anything up to that day was
changed. The figures are those of the day's closed windows, so a day that was missed is published
later exactly as it would have been; the growth index carries the whole record.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from ..marketdata.calendar import NEW_YORK
from ..models import LeaderboardDay, LeaderboardPage
from ..money import as_text
from . import metrics, totals
from .leaderboard_board import SUBJECTS

START = "0" * 64  # what the first day follows
LINES_A_PAGE = 1_000
_LOCK = 0x7472705F64617973  # 'trp_days': one end of the chain
_DIGITS = Decimal("1e-6")

# Who was on the board when the day ended.
_LINES = text(f"""
SELECT s.name, s.kind, s.plugin_id, p.mode, p.totals
FROM ({SUBJECTS} AND m.joined_at < :ended AND (m.left_at IS NULL OR m.left_at >= :ended)) s
JOIN user_performance_metrics p ON p.user_id = s.user_id AND p.plugin_id = s.plugin_id
WHERE p.period = 'daily' AND p.date = :day AND p.closed_at IS NOT NULL
ORDER BY p.mode COLLATE "C", s.kind COLLATE "C", s.name COLLATE "C", s.plugin_id COLLATE "C"
""")  # nosec B608  # made of names of ours alone


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk along the chain found; `broken_on` and `reason` are None for a whole one."""

    days: int
    head: str
    broken_on: date | None = None
    reason: str | None = None


def due(session: Session, now: datetime) -> date | None:
    """The next day to publish, None if all that are over are. The first ever is yesterday.

    A day is over an hour after it has ended in New York too.
    """
    last = session.scalar(select(LeaderboardDay.day).order_by(LeaderboardDay.day.desc()).limit(1))
    newest = (now - timedelta(hours=1)).astimezone(NEW_YORK).date() - timedelta(days=1)
    following = newest if last is None else last + timedelta(days=1)
    return following if following <= newest else None


def publish(session: Session, day: date, now: datetime) -> LeaderboardDay | None:
    """Seal a day onto the one before; None if it is published already or not the next."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if due(session, now) != day:
        return None
    before = session.scalar(select(LeaderboardDay).order_by(LeaderboardDay.day.desc()).limit(1))
    sealed = LeaderboardDay(
        day=day, entries=0, page_hashes=[], previous_hash=before.hash if before else START,
        hash="", published_at=now,
    )  # fmt: skip
    session.add(sealed)
    session.flush()
    hashes: list[str] = []
    for number, lines in enumerate(_pages(session, day), start=1):
        page = LeaderboardPage(day=day, number=number, lines="".join(lines))
        sealed.entries += len(lines)
        hashes.append(_sha256(page.lines))
        session.add(page)
    sealed.page_hashes = hashes
    sealed.hash = _sha256(seal(sealed))
    return sealed


def seal(day: LeaderboardDay) -> str:
    """The text whose SHA-256 is the day's hash."""
    return canonical(
        {
            "day": day.day.isoformat(),
            "entries": day.entries,
            "page_hashes": day.page_hashes,
            "previous_hash": day.previous_hash,
        }
    )


def canonical(fields: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces, characters as they are."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def published() -> Select[LeaderboardDay]:
    """The query for the days, newest first."""
    return select(LeaderboardDay).order_by(LeaderboardDay.day.desc())


def verify(session: Session) -> Walk:
    """Walk the days in their order and stop at the first that was changed, is missing, or says
    something else than the figures that are still there."""
    head, previous, count = START, None, 0
    for day in session.scalars(select(LeaderboardDay).order_by(LeaderboardDay.day)).all():
        reason = _misfit(session, day, head, previous)
        if reason:
            return Walk(count, head, day.day, reason)
        head, previous, count = day.hash, day.day, count + 1
    return Walk(count, head)


def _misfit(session: Session, day: LeaderboardDay, head: str, previous: date | None) -> str | None:
    if previous is not None and day.day != previous + timedelta(days=1):
        return "the day before it is missing"
    if day.previous_hash != head:
        return "it does not follow the day before it"
    if _sha256(seal(day)) != day.hash:
        return "its hash was changed"
    pages = select(LeaderboardPage).where(LeaderboardPage.day == day.day)
    found = session.scalars(pages.order_by(LeaderboardPage.number)).all()
    if [_sha256(page.lines) for page in found] != day.page_hashes:
        return "its lines were changed"
    stored = dict(_by_entry(line) for lines in _pages(session, day.day) for line in lines)
    lines = (line for page in found for line in page.lines.splitlines(keepends=True))
    differing = [key for key, line in map(_by_entry, lines) if stored.get(key, line) != line]
    return f"the figures of {differing[0][0]} were changed afterwards" if differing else None


def _pages(session: Session, day: date) -> Iterator[list[str]]:
    ended = datetime.combine(day + timedelta(days=1), time(), NEW_YORK)
    found = session.execute(_LINES, {"day": day, "ended": ended})
    for rows in found.yield_per(LINES_A_PAGE).partitions():
        yield [f"{canonical(_figures(row, day))}\n" for row in rows]


def _figures(row: Row[Any], day: date) -> dict[str, object]:
    """Of one day, and `growth` since the record began; no dollars, they would say how rich a user
    is. Decimals are text, so that every reader sees the same digits."""
    window = totals.from_json(row.totals)
    gained = metrics.total_return_pct(window)
    return {
        "day": day.isoformat(),
        "mode": row.mode,
        "kind": row.kind,
        "name": row.name,
        "plugin_id": row.plugin_id or None,
        "trade_count": window.trades,
        "win_count": window.wins,
        "loss_count": window.losses,
        "return_pct": None if isinstance(gained, metrics.Undefined) else _text(Decimal(gained)),
        "max_drawdown": _text(window.drawdown * 100),
        "growth": _text(window.end),
    }


def _by_entry(line: str) -> tuple[tuple[str, str, str | None], str]:
    read = json.loads(line)
    return (read["name"], read["mode"], read["plugin_id"]), line


def _text(value: Decimal) -> str:
    return as_text(value.quantize(_DIGITS))


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
