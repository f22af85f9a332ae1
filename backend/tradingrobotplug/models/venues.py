"""What we know of users' accounts at brokers, where it differs from our books, and who has
stopped trading."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, Money, new_id


class AccountState(Base):
    """A trading account as its broker last showed it. `outside`: units by symbol that the account
    held without a bot of ours, so that they are nobody's drift."""

    __tablename__ = "account_states"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_trading_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    cash: Mapped[Decimal | None] = mapped_column(Money)
    buying_power: Mapped[Decimal | None] = mapped_column(Money)
    equity: Mapped[Decimal | None] = mapped_column(Money)
    fee_rate: Mapped[Decimal | None] = mapped_column(Money)  # of a market order's value
    positions: Mapped[dict[str, Any]]  # symbol → signed units, as text
    outside: Mapped[dict[str, Any]]  # symbol → signed units, as text
    # Differences as they were last seen, by `kind:subject`: {"gap", "at", "since"}. Of a symbol
    # that moved when the account was first seen, `first:symbol`: its baseline is still to be taken.
    suspects: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    unsupported: Mapped[list[Any]]  # order types that this account can't use after all
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(Text)  # why the broker could not be asked


class Drift(Base):
    """A difference between a broker's book and ours that lasts. Kinds: position (units held),
    unknown_order (the broker has an order of ours that we don't know), missing_order (we have an
    open order that the broker does not)."""

    __tablename__ = "drifts"
    __table_args__ = (
        Index(
            "uq_drifts_open",
            "account_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where="resolved_at IS NULL",
        ),
        Index("ix_drifts_user", "user_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_trading_accounts.id", ondelete="CASCADE")
    )
    bot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(80))  # the symbol, or the broker's or our order id
    symbol: Mapped[str] = mapped_column(String(32))
    ours: Mapped[Decimal] = mapped_column(Money)
    theirs: Mapped[Decimal] = mapped_column(Money)
    found_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)  # when its user was told
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    resolution: Mapped[str | None] = mapped_column(String(16))  # broker | ours | outside | gone


class Halt(Base):
    """Somebody stopped trading, for one user or for all (no user). Levels: entries (nothing new),
    cancel (open entries are cancelled, protection stays), flatten (positions are closed)."""

    __tablename__ = "halts"
    __table_args__ = (
        CheckConstraint("level IN ('entries', 'cancel', 'flatten')", name="level"),
        Index(
            "uq_halts_in_force",
            "user_id",
            unique=True,
            postgresql_where="lifted_at IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text)
    ordered_by: Mapped[uuid.UUID | None] = mapped_column()  # a user's id; none: the command line
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    carried_out_at: Mapped[datetime | None] = mapped_column(Moment)  # every bot got its signal
    # Users are told in the order of their ids; the last one who was.
    told_up_to: Mapped[uuid.UUID | None] = mapped_column()
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
