"""Stored figures: one row per bot or per user and robot, window and trading mode."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, Money, new_id


class PerformanceCursor(Base):
    """How far a bot's fills have been taken into its figures."""

    __tablename__ = "performance_cursors"

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    fill_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class EquitySample(Base):
    """A bot's equity at a moment: starting capital + realised + unrealised − fees."""

    __tablename__ = "equity_samples"
    __table_args__ = (Index("ix_equity_samples_bot", "bot_id", "kind", "at"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))  # fill | hourly | daily
    at: Mapped[datetime] = mapped_column(Moment)
    equity: Mapped[Decimal] = mapped_column(Money)
    flow: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))  # deposits − withdrawals since


class BotPerformance(Base):
    """One bot, one trading day."""

    __tablename__ = "bot_performance"
    __table_args__ = (UniqueConstraint("bot_id", "date"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    date: Mapped[date]
    mode: Mapped[str] = mapped_column(String(8))
    totals: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class UserPerformance(Base):
    """Table user_performance_metrics: a user (plugin_id '' for all), one window, one mode."""

    __tablename__ = "user_performance_metrics"
    __table_args__ = (UniqueConstraint("user_id", "plugin_id", "date", "period", "mode"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    plugin_id: Mapped[str] = mapped_column(String(64), default="")
    date: Mapped[date]
    period: Mapped[str] = mapped_column(String(8))  # daily | weekly | monthly | all-time
    mode: Mapped[str] = mapped_column(String(8))
    totals: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
