"""What people ask the operator about a plan."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id


class Enquiry(Base):
    """A question of a user's, or of a visitor's (no user). It goes to the operator by mail; the row
    keeps it until a mail server took it, and a year from then on."""

    __tablename__ = "enquiries"
    __table_args__ = (
        Index("ix_enquiries_created", "created_at"),
        Index("ix_enquiries_email", "email", "created_at"),
        Index("ix_enquiries_unsent", "created_at", postgresql_where="mailed_at IS NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    plan_id: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    message: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    mail_id: Mapped[uuid.UUID | None] = mapped_column(  # the mail written last
        ForeignKey("mails.id", ondelete="SET NULL"), index=True
    )
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)  # a server took it
