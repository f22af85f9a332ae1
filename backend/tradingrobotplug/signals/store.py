"""The inbox's write path: one transaction, two round trips for everything that came together.

psycopg directly: pipelined statements over arrays are what makes a batch cost little more than a
single row. The locks are taken in one order (bots, then users), so that committers never deadlock.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg import Connection

from ..plans import catalogue
from .admission import BotState, Desk, Known, Row, admit_all, secret_fits
from .arrival import Arrival, Verdict

# What PostgreSQL trouble looks like; a spool takes the alert instead.
Trouble = psycopg.OperationalError
# A row that PostgreSQL does not want; it costs only itself.
BadRow = psycopg.DatabaseError

_LOCK_BOTS = """
SELECT b.id, b.user_id, b.secret_hash, b.previous_secret_hash, b.previous_secret_until, b.status,
       b.execution, p.plan_id, s.last, s.minute, s.in_minute, s.in_minute_before
FROM bots b
JOIN bot_sequence s ON s.bot_id = b.id
LEFT JOIN subscriptions p
  ON p.user_id = b.user_id AND p.status IN ('active', 'trialing', 'past_due')
WHERE b.id = ANY(%s) AND b.deleted_at IS NULL
ORDER BY b.id FOR UPDATE OF s
"""
_LOCK_USAGE = """
SELECT u.user_id, u.day, u.count FROM usage_counters u
WHERE u.kind = 'webhooks' AND u.day = ANY(%s)
  AND u.user_id IN (SELECT user_id FROM bots WHERE id = ANY(%s) AND deleted_at IS NULL)
ORDER BY u.user_id, u.day FOR UPDATE
"""
_KNOWN_KEYS = """
SELECT w.bot_id, w.dedup_key, w.id, w.dedup_until
FROM unnest(%s::uuid[], %s::text[]) AS k(bot_id, key)
JOIN webhook_logs w ON w.bot_id = k.bot_id AND w.dedup_key = k.key
"""
_MAKE_SEQUENCES = """
INSERT INTO bot_sequence (bot_id, last, minute, in_minute, in_minute_before)
SELECT id, 0, %s, 0, 0 FROM bots WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY id
ON CONFLICT DO NOTHING
"""
_MAKE_USAGE = """
INSERT INTO usage_counters (user_id, day, kind, count)
SELECT DISTINCT user_id, d.day, 'webhooks', 0 FROM bots CROSS JOIN unnest(%s::date[]) AS d(day)
WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY user_id, d.day
ON CONFLICT DO NOTHING
"""
_FREE_KEYS = "UPDATE webhook_logs SET dedup_key = NULL WHERE id = ANY(%s)"
_INSERT = """
WITH moved AS (
  UPDATE bot_sequence s
  SET last = v.last, minute = v.minute, in_minute = v.now, in_minute_before = v.before
  FROM jsonb_to_recordset(%s::jsonb)
    AS v(bot_id uuid, last bigint, minute timestamptz, now int, before int)
  WHERE s.bot_id = v.bot_id
), used AS (
  UPDATE usage_counters u SET count = v.count
  FROM jsonb_to_recordset(%s::jsonb) AS v(user_id uuid, day date, count bigint)
  WHERE u.user_id = v.user_id AND u.day = v.day AND u.kind = 'webhooks'
)
INSERT INTO webhook_logs (id, bot_id, seq, dedup_key, dedup_until, source, body, status, attempts,
  received_at, next_attempt_at, expires_at, finished_at, last_error, parser, log)
SELECT r.id, r.bot_id, r.seq, r.dedup_key, r.dedup_until, 'webhook',
  decode(r.body, 'base64'), r.status, 0, r.received_at, r.received_at, r.expires_at,
  r.finished_at, r.last_error, r.parser, r.log
FROM jsonb_to_recordset(%s::jsonb)
  AS r(id uuid, bot_id uuid, seq bigint, dedup_key text, dedup_until timestamptz, body text,
       status text, received_at timestamptz, expires_at timestamptz, finished_at timestamptz,
       last_error text, parser text, log jsonb)
ON CONFLICT (id) DO NOTHING
"""


def connect(database_url: str) -> Connection:
    """A connection for intake: durable commits, and no statement that lasts longer than an answer
    may take. A process that is stopped in mid-batch loses its locks after a second."""
    return psycopg.connect(
        database_url,
        autocommit=True,
        connect_timeout=2,
        options="-c synchronous_commit=on -c statement_timeout=300"
        " -c idle_in_transaction_session_timeout=1000 -c application_name=trp-intake",
    )


def commit(
    connection: Connection, batch: Sequence[Arrival], per_minute: int, now: datetime
) -> list[Verdict]:
    """Decide and store what came together, durably; one verdict per arrival, in order."""
    with connection.pipeline(), connection.transaction():
        desk = _open_desk(connection, batch, per_minute)
        if _has_gaps(desk, batch, now):
            _fill_gaps(connection, batch, now)
            desk = _open_desk(connection, batch, per_minute)
        verdicts = admit_all(batch, desk)
        if desk.rows:
            _write(connection, desk)
    return verdicts


def _open_desk(connection: Connection, batch: Sequence[Arrival], per_minute: int) -> Desk:
    bots = list({arrival.bot_id for arrival in batch})
    keyed = [arrival for arrival in batch if arrival.key]
    rows = connection.execute(_LOCK_BOTS, (bots,), prepare=True)
    # A statement of its own: it sees what the last holder of the locks committed.
    keys = connection.execute(
        _KNOWN_KEYS, ([a.bot_id for a in keyed], [a.key for a in keyed]), prepare=True
    )
    usage = connection.execute(_LOCK_USAGE, (_days(batch), bots), prepare=True)
    return Desk(
        per_minute=per_minute,
        bots={row[0]: _bot_state(row) for row in rows},
        known={(bot, key): Known(signal_id, until) for bot, key, signal_id, until in keys},
        used={(user, day): count for user, day, count in usage},
    )


def _bot_state(row: tuple[Any, ...]) -> BotState:
    columns = list(row)
    columns[7] = catalogue.plan_for(row[7]).limits.webhooks_per_day
    return BotState(*columns)


def _days(batch: Sequence[Arrival]) -> list[date]:
    return list({arrival.received_at.astimezone(UTC).date() for arrival in batch})


def _has_gaps(desk: Desk, batch: Sequence[Arrival], now: datetime) -> bool:
    """A bot's first alert, a user's first of the day; and, so that both take the same time, an
    unknown bot as well as a wrong secret."""
    for arrival in batch:
        bot = desk.bots.get(arrival.bot_id)
        if bot is None or not secret_fits(bot, arrival.secret_hash, now):
            return True
        if (bot.user_id, arrival.received_at.astimezone(UTC).date()) not in desk.used:
            return True
    return False


def _fill_gaps(connection: Connection, batch: Sequence[Arrival], now: datetime) -> None:
    bots = list({arrival.bot_id for arrival in batch})
    minute = now.replace(second=0, microsecond=0)
    connection.execute(_MAKE_SEQUENCES, (minute, bots))
    connection.execute(_MAKE_USAGE, (_days(batch), bots))


def _write(connection: Connection, desk: Desk) -> None:
    if desk.freed:
        connection.execute(_FREE_KEYS, (desk.freed,))
    touched = {row.arrival.bot_id for row in desk.rows}
    moved = [_sequence(bot) for bot in desk.bots.values() if bot.bot_id in touched]
    used = [
        {"user_id": str(user), "day": day.isoformat(), "count": count}
        for (user, day), count in desk.used.items()
    ]
    rows = [_columns(row) for row in desk.rows]
    # JSON: psycopg takes several times as long to write thirteen arrays
    connection.execute(
        _INSERT, [json.dumps(values) for values in (moved, used, rows)], prepare=True
    )


def _sequence(bot: BotState) -> dict[str, object]:
    return {
        "bot_id": str(bot.bot_id),
        "last": bot.last,
        "minute": bot.minute.isoformat(),
        "now": bot.in_minute,
        "before": bot.in_minute_before,
    }


def _columns(row: Row) -> dict[str, object]:
    arrival = row.arrival
    received = arrival.received_at.isoformat()
    entry: dict[str, object] = {"step": row.status, "at": received, "ms": 0}
    if row.reason:
        entry["reason"] = row.reason
    return {
        "id": str(arrival.id),
        "bot_id": str(arrival.bot_id),
        "seq": row.seq,
        "dedup_key": arrival.key if row.dedup_until else None,
        "dedup_until": row.dedup_until and row.dedup_until.isoformat(),
        "body": base64.b64encode(arrival.body).decode(),
        "status": row.status,
        "received_at": received,
        "expires_at": row.expires_at and row.expires_at.isoformat(),
        "finished_at": None if row.status == "received" else received,
        "last_error": row.reason,
        "parser": arrival.parser,
        "log": [entry],
    }


def already_stored(connection: Connection, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these signals are in the inbox."""
    rows = connection.execute("SELECT id FROM webhook_logs WHERE id = ANY(%s)", (list(ids),))
    return {row[0] for row in rows}
