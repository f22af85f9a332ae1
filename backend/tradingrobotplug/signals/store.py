"""The inbox's write path: one transaction, two round trips for everything that came together.

The locks are taken in one order (bots, then users), so that committers never deadlock.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import psycopg

from .. import live
from ..plans.entitlements import of_plan
from .admission import BotState, Desk, Known, Row, admit_all, secret_fits
from .arrival import Arrival, Verdict
from .line import Call, Line

# What PostgreSQL trouble looks like; a spool takes the alert instead.
Trouble = psycopg.OperationalError
# A row that PostgreSQL does not want; it costs only itself.
BadRow = psycopg.DatabaseError

_BEGIN: Call = ("begin", ())
_COMMIT: Call = ("commit", ())
_ROLLBACK: Call = ("rollback", ())

_STATEMENTS = {
    "begin": "BEGIN",
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
    "lock_bots": """
SELECT b.id, b.user_id, b.secret_hash, b.previous_secret_hash, b.previous_secret_until, b.status,
       b.execution, p.plan_id, s.last, s.minute, s.in_minute, s.in_minute_before
FROM bots b
JOIN bot_sequence s ON s.bot_id = b.id
LEFT JOIN subscriptions p
  ON p.user_id = b.user_id AND p.lapsed_at IS NULL
  AND p.status IN ('active', 'trialing', 'past_due')
WHERE b.id = ANY($1::uuid[]) AND b.deleted_at IS NULL
ORDER BY b.id FOR UPDATE OF s
""",
    "lock_usage": """
SELECT u.user_id, u.day, u.count FROM usage_counters u
WHERE u.kind = 'webhooks' AND u.day = ANY($1::date[])
  AND u.user_id IN (SELECT user_id FROM bots WHERE id = ANY($2::uuid[]) AND deleted_at IS NULL)
ORDER BY u.user_id, u.day FOR UPDATE
""",
    "known_keys": """
SELECT w.bot_id, w.dedup_key, w.id, w.dedup_until
FROM jsonb_to_recordset($1::jsonb) AS k(bot_id uuid, key text)
JOIN webhook_logs w ON w.bot_id = k.bot_id AND w.dedup_key = k.key
""",
    "make_sequences": """
INSERT INTO bot_sequence (bot_id, last, minute, in_minute, in_minute_before)
SELECT id, 0, $1::timestamptz, 0, 0 FROM bots WHERE id = ANY($2::uuid[]) AND deleted_at IS NULL
ORDER BY id ON CONFLICT DO NOTHING
""",
    "make_usage": """
INSERT INTO usage_counters (user_id, day, kind, count)
SELECT DISTINCT user_id, d.day, 'webhooks', 0 FROM bots CROSS JOIN unnest($1::date[]) AS d(day)
WHERE id = ANY($2::uuid[]) AND deleted_at IS NULL ORDER BY user_id, d.day
ON CONFLICT DO NOTHING
""",
    "free_keys": "UPDATE webhook_logs SET dedup_key = NULL WHERE id = ANY($1::uuid[])",
    "already_stored": "SELECT id FROM webhook_logs WHERE id = ANY($1::uuid[])",
    "insert": """
WITH moved AS (
  UPDATE bot_sequence s
  SET last = v.last, minute = v.minute, in_minute = v.now, in_minute_before = v.before
  FROM jsonb_to_recordset($1::jsonb)
    AS v(bot_id uuid, last bigint, minute timestamptz, now int, before int)
  WHERE s.bot_id = v.bot_id
), used AS (
  UPDATE usage_counters u SET count = v.count
  FROM jsonb_to_recordset($2::jsonb) AS v(user_id uuid, day date, count bigint)
  WHERE u.user_id = v.user_id AND u.day = v.day AND u.kind = 'webhooks'
)
INSERT INTO webhook_logs (id, bot_id, seq, dedup_key, dedup_until, source, body, status, attempts,
  received_at, next_attempt_at, expires_at, finished_at, last_error, parser, log)
SELECT r.id, r.bot_id, r.seq, r.dedup_key, r.dedup_until, 'webhook',
  decode(r.body, 'base64'), r.status, 0, r.received_at, r.due_at, r.expires_at,
  r.finished_at, r.last_error, r.parser, r.log
FROM jsonb_to_recordset($3::jsonb)
  AS r(id uuid, bot_id uuid, seq bigint, dedup_key text, dedup_until timestamptz, body text,
       status text, received_at timestamptz, due_at timestamptz, expires_at timestamptz,
       finished_at timestamptz, last_error text, parser text, log jsonb)
ON CONFLICT (id) DO NOTHING
""",
}


def connect(database_url: str) -> Line:
    """A line for intake: durable commits, and no statement that lasts longer than an answer may
    take."""
    return Line(database_url, _STATEMENTS)


def commit(line: Line, batch: Sequence[Arrival], per_minute: int, now: datetime) -> list[Verdict]:
    """Decide and store what came together, durably; one verdict per arrival, in order."""
    try:
        return _commit(line, batch, per_minute, now)
    except BaseException:
        with suppress(psycopg.Error):
            line.ask(_ROLLBACK)
        raise


def _commit(line: Line, batch: Sequence[Arrival], per_minute: int, now: datetime) -> list[Verdict]:
    desk = _open_desk(line, [_BEGIN], batch, per_minute)
    if _has_gaps(desk, batch, now):
        desk = _open_desk(line, _fill_gaps(batch, now), batch, per_minute)
    verdicts = admit_all(batch, desk)
    if desk.rows:
        _write(line, desk)
    line.ask(_COMMIT)
    for row in desk.rows:
        bot = desk.bots[row.arrival.bot_id]
        live.publish(live.Hint(bot.user_id, "signal", bot.bot_id, row.arrival.id))
    return verdicts


def _open_desk(
    line: Line, first: Sequence[Call], batch: Sequence[Arrival], per_minute: int
) -> Desk:
    bots = _bots(batch)
    keys = [{"bot_id": str(a.bot_id), "key": a.key} for a in batch if a.key]
    # The keys in a statement of their own: it sees what the last holder of the locks committed.
    *_, found, known, used = line.ask(
        *first,
        ("lock_bots", [bots]),
        ("known_keys", [json.dumps(keys)]),
        ("lock_usage", [_days(batch), bots]),
    )
    states = [_bot_state(*row) for row in found]
    return Desk(
        per_minute=per_minute,
        bots={state.bot_id: state for state in states},
        known={
            (uuid.UUID(bot), key): Known(uuid.UUID(signal_id), _moment(until))
            for bot, key, signal_id, until in known
        },
        used={(uuid.UUID(user), date.fromisoformat(day)): int(count) for user, day, count in used},
    )


def _bot_state(
    bot_id: str,
    user_id: str,
    secret_hash: str,
    previous_hash: str | None,
    previous_until: str | None,
    status: str,
    execution: str,
    plan_id: str | None,
    *counters: str,
) -> BotState:
    last, minute, in_minute, in_minute_before = counters
    allowed = of_plan(plan_id)
    return BotState(
        uuid.UUID(bot_id),
        uuid.UUID(user_id),
        secret_hash,
        previous_hash,
        _moment(previous_until),
        status,
        _settings(execution),
        allowed.max_webhooks_per_day,
        allowed.has_priority,
        int(last),
        datetime.fromisoformat(minute),
        int(in_minute),
        int(in_minute_before),
    )


@lru_cache(10_000)
def _settings(execution: str) -> dict[str, Any]:
    """A bot's execution settings, to be read only: bots with the same ones share them."""
    settings: dict[str, Any] = json.loads(execution)
    return settings


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _array(values: Sequence[object]) -> str:
    """A literal of what needs no quotes: ids, dates."""
    return "{" + ",".join(map(str, values)) + "}"


def _bots(batch: Sequence[Arrival]) -> str:
    return _array(list({arrival.bot_id for arrival in batch}))


def _days(batch: Sequence[Arrival]) -> str:
    return _array(list({arrival.received_at.astimezone(UTC).date() for arrival in batch}))


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


def _fill_gaps(batch: Sequence[Arrival], now: datetime) -> list[Call]:
    bots = _bots(batch)
    minute = now.replace(second=0, microsecond=0).isoformat()
    return [("make_sequences", [minute, bots]), ("make_usage", [_days(batch), bots])]


def _write(line: Line, desk: Desk) -> None:
    if desk.freed:
        line.send(("free_keys", [_array(desk.freed)]))
    touched = {row.arrival.bot_id for row in desk.rows}
    moved = [_sequence(bot) for bot in desk.bots.values() if bot.bot_id in touched]
    used = [
        {"user_id": str(user), "day": day.isoformat(), "count": count}
        for (user, day), count in desk.used.items()
    ]
    rows = [_columns(row) for row in desk.rows]
    line.send(("insert", [json.dumps(values) for values in (moved, used, rows)]))


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
        "due_at": arrival.due_at.isoformat(),
        "expires_at": row.expires_at and row.expires_at.isoformat(),
        "finished_at": None if row.status == "received" else received,
        "last_error": row.reason,
        "parser": arrival.parser,
        "log": [entry],
    }


def already_stored(line: Line, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these signals are in the inbox."""
    (rows,) = line.ask(("already_stored", [_array(ids)]))
    return {uuid.UUID(row[0]) for row in rows}
