"""Files made for users, and how each user's lots are matched for tax."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id

_OPEN = "state IN ('queued', 'running')"


class Export(Base):
    """A file that a worker makes. States: queued → running → done | failed.

    The row is the truth and the queue only a bell: whose lease ran out is queued again.
    """

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_user", "user_id", "id"),
        Index("ix_exports_open", "lease_until", postgresql_where=_OPEN),
        Index("ix_exports_expires_at", "expires_at"),
        Index("ix_exports_link_hash", "link_hash", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    bot_id: Mapped[uuid.UUID | None] = mapped_column(  # none: everything of the user
        ForeignKey("bots.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))  # trades_csv | trades_json | report_pdf | tax_csv
    mode: Mapped[str | None] = mapped_column(String(8))  # paper | live; none: both, each row says
    parameters: Mapped[dict[str, Any]]  # start_date, end_date; year, tax_method
    state: Mapped[str] = mapped_column(String(8), default="queued")
    progress: Mapped[int] = mapped_column(default=0)  # percent
    attempts: Mapped[int] = mapped_column(default=0)  # the last one's number: others may not write
    lease_until: Mapped[datetime] = mapped_column(Moment)  # rung for again when it is over
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes
    sha256: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what a page shows beside it
    reason: Mapped[str | None] = mapped_column(String(32))  # why it failed
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # the row and its file go then
    link_hash: Mapped[str | None] = mapped_column(String(64))  # of the one link that is good now
    link_until: Mapped[datetime | None] = mapped_column(Moment)


class ExportChunk(Base):
    """A part of a file, kept here because the machines that serve it share no disk."""

    __tablename__ = "export_chunks"

    export_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True
    )
    attempt: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class TaxMethod(Base):
    """Which lots a user's sales of a year are matched with. No row: first in, first out."""

    __tablename__ = "tax_methods"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(16))  # fifo | lifo | highest_cost
    chosen_at: Mapped[datetime] = mapped_column(Moment)
