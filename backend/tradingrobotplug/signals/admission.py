"""What becomes of the alerts of one batch: secret, repeats, limits, sequence. No I/O here."""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..plans.missing import OVER_THE_DAY
from .alert import is_exit
from .arrival import Arrival, Verdict
from .senders import may_send

MAX_SIGNAL_AGE_SECONDS = 120
DEDUPE_ID_SECONDS = 86_400
DEDUPE_BODY_SECONDS = 60
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class BotState:
    """A bot while its intake lock is held; counters move as alerts are admitted."""

    bot_id: uuid.UUID
    user_id: uuid.UUID
    secret_hash: str
    previous_secret_hash: str | None
    previous_secret_until: datetime | None
    status: str
    execution: dict[str, Any]
    webhooks_per_day: int
    has_priority: bool  # its user's signals are rung ahead of others'
    last: int
    minute: datetime
    in_minute: int
    in_minute_before: int


@dataclass(frozen=True, slots=True)
class Known:
    """A stored signal that holds a key until `until`."""

    signal_id: uuid.UUID
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """A signal to be stored."""

    arrival: Arrival
    seq: int
    status: str
    dedup_until: datetime | None
    expires_at: datetime | None
    reason: str | None


@dataclass(slots=True)
class Desk:
    """What is known while one batch is decided, and what is to be written at its end."""

    per_minute: int
    bots: dict[uuid.UUID, BotState]
    known: dict[tuple[uuid.UUID, str], Known]
    used: dict[tuple[uuid.UUID, date], int]
    rows: list[Row] = field(default_factory=list)
    freed: list[uuid.UUID] = field(default_factory=list)  # signals whose key has run out


def admit_all(batch: Sequence[Arrival], desk: Desk) -> list[Verdict]:
    """One verdict per arrival, in order."""
    return [_admit(arrival, desk) for arrival in batch]


def secret_fits(bot: BotState | None, secret_hash: str, now: datetime) -> bool:
    """Constant time, whether or not there is such a bot and such a previous secret."""
    none = "0" * 64
    current = bot.secret_hash if bot else none
    previous = (bot.previous_secret_hash if bot else None) or none
    until = bot.previous_secret_until if bot else None
    is_current = hmac.compare_digest(current, secret_hash)
    is_previous = hmac.compare_digest(previous, secret_hash)
    return bot is not None and (is_current or (is_previous and until is not None and now < until))


def _admit(arrival: Arrival, desk: Desk) -> Verdict:
    bot = desk.bots.get(arrival.bot_id)
    if not secret_fits(bot, arrival.secret_hash, arrival.received_at) or bot is None:
        return Verdict("unknown")
    if not may_send(bot.execution.get("allowed_senders", ()), arrival.sender):
        # Not counted: who has found the secret can't use up what the bot may take.
        verdict = _store(arrival, bot, desk, "refused", _wrong_sender(arrival))
        return replace(verdict, word="wrong_sender")
    repeated = _repeated(arrival, desk)
    if repeated:
        return Verdict("duplicate", repeated.signal_id)
    limited = _over_a_limit(arrival, bot, desk)
    if limited:
        return _store(arrival, bot, desk, "rate_limited", limited)
    _count(arrival, bot, desk)
    if arrival.refusal:
        return _store(arrival, bot, desk, "refused", arrival.refusal)
    if not _takes(bot, arrival):
        return _store(arrival, bot, desk, "ignored", f"The bot is {bot.status}.")
    return _store(arrival, bot, desk, "received", None)


def _wrong_sender(arrival: Arrival) -> str:
    return f"The address {arrival.sender or 'unknown'} is not among the bot's allowed senders."


def _takes(bot: BotState, arrival: Arrival) -> bool:
    """A paused bot opens nothing new, but what it holds may be closed."""
    if bot.status == "paused" and arrival.intent is not None:
        return is_exit(arrival.intent, bool(bot.execution.get("allow_short")))
    return bot.status == "running"


def _repeated(arrival: Arrival, desk: Desk) -> Known | None:
    if arrival.key is None:
        return None
    known = desk.known.get((arrival.bot_id, arrival.key))
    if known is None:
        return None
    if known.until is None or arrival.received_at < known.until:
        return known
    desk.freed.append(known.signal_id)
    del desk.known[arrival.bot_id, arrival.key]
    return None


def _over_a_limit(arrival: Arrival, bot: BotState, desk: Desk) -> str | None:
    _turn_minute(bot, arrival.received_at)
    # A sliding counter: the minute before weighs as much as still lies within the last 60 s.
    share = 1 - (arrival.received_at - bot.minute) / _MINUTE
    if bot.in_minute + bot.in_minute_before * min(max(share, 0.0), 1.0) + 1 > desk.per_minute:
        return f"More than {desk.per_minute} alerts a minute."
    used = desk.used.get(_day_of(arrival, bot), 0)
    if used >= bot.webhooks_per_day:
        return f"More than the {bot.webhooks_per_day} {OVER_THE_DAY}."
    return None


def _turn_minute(bot: BotState, at: datetime) -> None:
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    if minute <= bot.minute:
        return
    bot.in_minute_before = bot.in_minute if minute - bot.minute == _MINUTE else 0
    bot.in_minute, bot.minute = 0, minute


def _count(arrival: Arrival, bot: BotState, desk: Desk) -> None:
    bot.in_minute += 1
    day = _day_of(arrival, bot)
    desk.used[day] = desk.used.get(day, 0) + 1


def _day_of(arrival: Arrival, bot: BotState) -> tuple[uuid.UUID, date]:
    return bot.user_id, arrival.received_at.astimezone(UTC).date()


def _store(arrival: Arrival, bot: BotState, desk: Desk, status: str, reason: str | None) -> Verdict:
    bot.last += 1
    # Only what trades holds its key: an alert that was turned away may come again.
    until = _window_end(arrival, bot) if status == "received" else None
    desk.rows.append(Row(arrival, bot.last, status, until, expiry(arrival, bot.execution), reason))
    if until and arrival.key:
        desk.known[bot.bot_id, arrival.key] = Known(arrival.id, until)
    return Verdict(status, arrival.id, reason, bot.has_priority)  # type: ignore[arg-type]


def _window_end(arrival: Arrival, bot: BotState) -> datetime | None:
    name, default = (
        ("dedupe_id_seconds", DEDUPE_ID_SECONDS)
        if arrival.key_is_id
        else ("dedupe_body_seconds", DEDUPE_BODY_SECONDS)
    )
    return arrival.received_at + timedelta(seconds=int(bot.execution.get(name, default)))


def expiry(arrival: Arrival, execution: dict[str, Any]) -> datetime | None:
    """When the alert is too old to trade; None for an exit, which is never too late."""
    intent = arrival.intent
    if intent is None or is_exit(intent, bool(execution.get("allow_short"))):
        return None
    sent_at = min(intent.sent_at or arrival.received_at, arrival.received_at)
    age = int(execution.get("max_signal_age_seconds", MAX_SIGNAL_AGE_SECONDS))
    if intent.max_age_seconds is not None:
        age = min(age, intent.max_age_seconds)
    return sent_at + timedelta(seconds=age + intent.delay_seconds)
