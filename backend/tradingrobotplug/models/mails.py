"""The outbox: a mail is a row, written together with what causes it, and sent afterwards."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id


class Mail(Base):
    """Once a server has taken it, `text` and `html` are emptied: they may hold a link."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_unsent", "next_attempt_at", postgresql_where="sent_at IS NULL"),
        Index("ix_mails_created", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    recipient: Mapped[str] = mapped_column(String(254))
    reply_to: Mapped[str | None] = mapped_column(String(254))  # where an answer is to go
    kind: Mapped[str] = mapped_column(String(32))  # verify | reset | password_changed | …
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
