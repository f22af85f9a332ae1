"""A user's running configuration: where signals come from, where orders go, how much, how safe."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, Money, new_id


class Bot(Base):
    __tablename__ = "bots"
    __table_args__ = (Index("ix_bots_user_open", "user_id", postgresql_where="deleted_at IS NULL"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    asset_type: Mapped[str] = mapped_column(String(16))  # crypto | stocks
    exchange: Mapped[str] = mapped_column(String(16))  # coinbase | alpaca
    trading_mode: Mapped[str] = mapped_column(String(8))  # paper | live
    # Where its orders go; none: the paper broker.
    trading_account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user_trading_accounts.id", ondelete="SET NULL"), index=True
    )
    # Of a paper twin: the bot whose alerts are replayed here.
    paper_of: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("bots.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[str] = mapped_column(String(16))  # running | paused | stopped
    # The status it had before its user's plan no longer had a place for it; none: it has one.
    held_from: Mapped[str | None] = mapped_column(String(16))
    signal_source: Mapped[str] = mapped_column(String(16))  # webhook | robot
    plugin_id: Mapped[str | None] = mapped_column(String(64), index=True)
    symbols: Mapped[list[Any]]  # allowed symbols; empty: every symbol of the venue
    position_sizing: Mapped[dict[str, Any]]
    risk_management: Mapped[dict[str, Any]]
    execution: Mapped[dict[str, Any]]  # extended_hours, allow_short, max_signal_age_seconds, …
    # Settings of its robot that differ from the defaults: name → decimal as text.
    robot_parameters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    locked_until: Mapped[datetime | None] = mapped_column(Moment)  # the daily loss was reached
    went_live_at: Mapped[datetime | None] = mapped_column(Moment)  # last; its user confirmed it
    # What its user should look at: {"lost_alert": {"at", "detail", "signal_id"}, "unguarded": …}.
    warnings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    starting_cash: Mapped[Decimal] = mapped_column(Money)
    secret_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 hex; the secret has ≥ 128 bits
    previous_secret_hash: Mapped[str | None] = mapped_column(String(64))
    previous_secret_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
