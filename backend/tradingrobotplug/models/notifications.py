"""Where users want to be told what, and the messages on their way there."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id

_OPEN = "sent_at IS NULL AND given_up_at IS NULL"


class NotificationChannel(Base):
    """A chat or an address of a user. Mail needs no row: it goes to the account's address."""

    __tablename__ = "notification_channels"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))  # telegram | discord | slack | webhook
    name: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(255))  # what its owner knows it by; no secret
    sealed_record: Mapped[bytes] = mapped_column(LargeBinary)  # token or address, signing secret
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_by: Mapped[str] = mapped_column(String(256))
    key_version: Mapped[int] = mapped_column(default=1)  # counts the records it has had
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_sent_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)  # of the latest attempt; none: it went


class NotificationPreference(Base):
    """A user's own word on an event and a channel; no row: what is usual."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        UniqueConstraint("user_id", "event", "channel_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(24))
    channel_id: Mapped[uuid.UUID | None] = mapped_column(  # null: mail
        ForeignKey("notification_channels.id", ondelete="CASCADE"), index=True
    )
    is_wanted: Mapped[bool]


class Notification(Base):
    """One event for one channel, written with what happened and sent afterwards."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint(
            "user_id", "event", "key", "channel_id", postgresql_nulls_not_distinct=True
        ),
        Index("ix_notifications_open", "next_attempt_at", postgresql_where=_OPEN),
        Index("ix_notifications_attempted", "user_id", "attempted_at"),
        Index("ix_notifications_created", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    bot_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), index=True
    )
    channel_id: Mapped[uuid.UUID | None] = mapped_column(  # null: mail
        ForeignKey("notification_channels.id", ondelete="CASCADE"), index=True
    )
    event: Mapped[str] = mapped_column(String(24))  # fill | refused | dead | in_doubt | …
    key: Mapped[str] = mapped_column(String(120))  # which event it is: told once
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
