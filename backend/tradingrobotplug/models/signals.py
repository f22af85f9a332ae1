"""The inbox: every alert is a row here before anything else happens."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id

OPEN_STATES = ("received", "processing", "retrying")
REPLAYS = ("replay", "paper_replay")  # sources: repeated by hand, at the bot or on paper
END_STATES = ("done", "dead", "expired", "refused", "rate_limited", "ignored", "discarded")
_TURNED_AWAY = "status = 'refused' AND attempts = 0"  # by intake, before it was a worker's
_OPEN = "status IN ('received', 'processing', 'retrying')"
IS_OPEN = text(f"webhook_logs.{_OPEN}")  # for statements that are made once


class Signal(Base):
    """Table webhook_logs. States: received → processing → done | retrying → … | dead | expired |
    refused | rate_limited | ignored | discarded."""

    __tablename__ = "webhook_logs"
    __table_args__ = (
        UniqueConstraint("bot_id", "seq"),
        # A key is unique while its window lasts; intake clears the key of a row whose
        # `dedup_until` has passed before it lets the next one in.
        Index("uq_webhook_logs_bot_key", "bot_id", "dedup_key", unique=True),
        Index("ix_webhook_logs_open", "bot_id", "seq", postgresql_where=_OPEN),
        Index("ix_webhook_logs_turned_away", "received_at", postgresql_where=_TURNED_AWAY),
        Index("ix_webhook_logs_dead", "bot_id", "seq", postgresql_where="status = 'dead'"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger)
    dedup_key: Mapped[str | None] = mapped_column(String(80))
    dedup_until: Mapped[datetime | None] = mapped_column(Moment)
    # webhook | robot | test | halt | repair | REPLAYS
    source: Mapped[str] = mapped_column(String(16))
    replay_of: Mapped[uuid.UUID | None] = mapped_column()
    body: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Moment)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[int | None] = mapped_column()  # pid of the PostgreSQL backend that works
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)
    parser: Mapped[str | None] = mapped_column(String(32))
    intent: Mapped[dict[str, Any] | None]
    log: Mapped[list[Any]]  # [{"step": …, "at": …, …}], what was decided and when


class BotSequence(Base):
    """The last sequence number of a bot's signals, and how many came in this minute and the one
    before; apart, so that editing a bot never blocks intake. The row is intake's lock on the bot.
    """

    __tablename__ = "bot_sequence"

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    last: Mapped[int] = mapped_column(BigInteger)
    minute: Mapped[datetime] = mapped_column(Moment)
    in_minute: Mapped[int] = mapped_column()
    in_minute_before: Mapped[int] = mapped_column()
