"""What the sweeper looks for in the inbox: heads that nobody works on, and holders that are stuck.

The head is a bot's oldest open signal. A ring may be lost and a worker may die or freeze; nothing
here needs Redis.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

UNTOUCHED = timedelta(milliseconds=250)
QUEUED = timedelta(seconds=5)  # for a new signal whose ring waits for workers that are busy
STUCK = timedelta(seconds=3)
OVERDUE = timedelta(seconds=10)

_HEADS = text("""
SELECT h.bot_id, h.since,
       h.since < :stuck AND coalesce(p.finished_at < :stuck, true) AS is_stuck
FROM (
  SELECT DISTINCT ON (bot_id) bot_id, seq, status, next_attempt_at,
         greatest(next_attempt_at, coalesce(claimed_at, next_attempt_at)) AS since
  FROM webhook_logs
  WHERE status IN ('received', 'processing', 'retrying')
  ORDER BY bot_id, seq
) h
LEFT JOIN webhook_logs p ON p.bot_id = h.bot_id AND p.seq = h.seq - 1
WHERE h.next_attempt_at <= :now
  AND h.since < CASE h.status WHEN 'received' THEN :new ELSE :untouched END
""")
# The lock is on a 64-bit key, which pg_locks shows as two halves.
_FREE = text("""
SELECT b.id AS bot_id, l.pid, pg_terminate_backend(l.pid)
FROM unnest(CAST(:bot_ids AS uuid[])) AS b (id)
JOIN pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(b.id::text, 0)
""")
_OVERDUE = text("""
SELECT count(*), min(received_at) FROM webhook_logs
WHERE status IN ('received', 'processing', 'retrying') AND received_at < :overdue
""")


@dataclass(frozen=True, slots=True)
class Head:
    """A bot whose head is due and has been left alone for a while."""

    bot_id: uuid.UUID
    is_stuck: bool


def heads(session: Session, now: datetime, patience: timedelta) -> list[Head]:
    """Bots whose head is due and that nobody has touched for a quarter of a second; with a new
    signal, for which a ring went out, for as long as `patience`."""
    limits = {"new": now - patience, "untouched": now - UNTOUCHED, "stuck": now - STUCK}
    rows = session.execute(_HEADS, {"now": now} | limits)
    return [Head(row.bot_id, row.is_stuck) for row in rows]


def free(session: Session, bot_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, int]]:
    """End the database backends that hold these bots' locks, and the locks with them: bot and
    process id of each. Its process can write nothing any more: it writes on that connection only.
    """
    if not bot_ids:
        return []
    rows = session.execute(_FREE, {"bot_ids": [str(one) for one in bot_ids]})
    return [(row.bot_id, row.pid) for row in rows]


def overdue(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many signals have been open for more than 10 s, and since when the oldest."""
    count, oldest = session.execute(_OVERDUE, {"overdue": now - OVERDUE}).one()
    return count, oldest
