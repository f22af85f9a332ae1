"""One alert on its way in, and what became of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..trading.intent import Intent
from .alert import dedup_key, read
from .reading import Refused

Word = Literal[
    "received", "duplicate", "ignored", "refused", "rate_limited", "unknown", "wrong_sender"
]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert as it came in. `secret_hash` is of the secret in the URL; nothing is verified."""

    id: uuid.UUID
    bot_id: uuid.UUID
    secret_hash: str
    body: bytes
    received_at: datetime
    parser: str | None
    intent: Intent | None
    refusal: str | None
    key: str | None  # None: what can't be read repeats nothing
    key_is_id: bool
    sender: str | None = None  # the address it came from

    @property
    def due_at(self) -> datetime:
        """When it is to be carried out: at once, or after the delay that the sender asks for."""
        wait = self.intent.delay_seconds if self.intent else 0
        return self.received_at + timedelta(seconds=wait)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What intake decided. `unknown`: no such bot, or the wrong secret; nothing was stored."""

    word: Word
    signal_id: uuid.UUID | None = None
    reason: str | None = None
    has_priority: bool = False  # its bot is rung ahead of others


def arrive(
    signal_id: uuid.UUID, bot_id: uuid.UUID, secret_hash: str, body: bytes, received_at: datetime
) -> Arrival:
    """Read the body; an alert that can't be read arrives too, with the reason."""
    try:
        found = read(body, is_arriving=True)
    except Refused as error:
        return Arrival(
            signal_id, bot_id, secret_hash, body, received_at, None, None, error.reason, None, False
        )
    key, is_id = dedup_key(body, found.intent.alert_id)
    return Arrival(
        signal_id,
        bot_id,
        secret_hash,
        body,
        received_at,
        found.parser,
        found.intent,
        None,
        key,
        is_id,
    )
