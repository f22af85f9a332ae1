"""Users' logins at brokers. The keys are there encrypted or, once revoked, not at all."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id


class TradingAccount(Base):
    __tablename__ = "user_trading_accounts"
    __table_args__ = (
        UniqueConstraint("user_id", "label"),
        CheckConstraint("environment IN ('paper', 'live')", name="environment"),
        CheckConstraint("permissions IN ('read', 'trade')", name="permissions"),
        CheckConstraint("(sealed_keys IS NULL) = (revoked_at IS NOT NULL)", name="erased"),
        CheckConstraint("(sealed_keys IS NULL) = (wrapped_key IS NULL)", name="wrapped"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(64))
    broker: Mapped[str] = mapped_column(String(16))
    environment: Mapped[str] = mapped_column(String(8))
    permissions: Mapped[str] = mapped_column(String(8))
    key_ending: Mapped[str] = mapped_column(String(4))  # of the key's public id, to tell it by
    key_version: Mapped[int] = mapped_column(default=1)  # counts the keys this account has had
    sealed_keys: Mapped[bytes | None] = mapped_column(LargeBinary)  # nonce and ciphertext
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # the data key, encrypted
    wrapped_by: Mapped[str] = mapped_column(String(256))  # which master key encrypted it
    created_at: Mapped[datetime] = mapped_column(Moment)
    verified_at: Mapped[datetime] = mapped_column(Moment)  # when the broker last confirmed the keys
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
