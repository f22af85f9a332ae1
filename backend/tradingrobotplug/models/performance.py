"""Stored figures: one row per bot or per user and robot, window and trading mode.

Amounts inside `totals`, `track` and `holdings` are decimals as text, so that they stay exact.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, Money, new_id


class PerformanceCursor(Base):
    """How far a bot's fills and capital flows in one mode have been taken into its figures, and its
    all-time figures up to there.

    `metrics` holds the answer's numbers (trade_count, win_rate, total_pnl, …); `equity` is the
    bot's last known worth. A bot that never traded has no row.
    """

    __tablename__ = "performance_cursors"

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)  # live | paper | backtest
    fill_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    flow_seq: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    cash: Mapped[Decimal] = mapped_column(Money)
    equity: Mapped[Decimal] = mapped_column(Money)
    holdings: Mapped[dict[str, Any]]  # symbol → [signed quantity, last known price]
    track: Mapped[dict[str, Any]]  # the equity curve's present state
    totals: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    undefined: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(Moment)


class EquitySample(Base):
    """The equity curve of a bot, or (bot_id null) of a user and robot, plugin_id '' for all.

    In the order of `seq` the rows of bots are also the journal from which figures are rebuilt.
    """

    __tablename__ = "equity_samples"
    __table_args__ = (
        Index("ix_equity_samples_bot", "bot_id", "kind", "seq"),
        Index("ix_equity_samples_user", "user_id", "plugin_id", "mode", "kind", "seq",
              postgresql_where="bot_id IS NULL"),
        Index("ix_equity_samples_journal", "user_id", "mode", "seq"),
    )  # fmt: skip

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    plugin_id: Mapped[str] = mapped_column(String(64), default="")
    bot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))  # start | flow | fill | hourly | daily
    at: Mapped[datetime] = mapped_column(Moment)
    equity: Mapped[Decimal] = mapped_column(Money)
    growth: Mapped[Decimal] = mapped_column(
        Numeric
    )  # time-weighted, 1 at the start, flows left out
    fill_seq: Mapped[int | None] = mapped_column(BigInteger)  # the fill it follows (kind fill)
    flow_seq: Mapped[int | None] = mapped_column(BigInteger)  # the last capital flow before it
    flow: Mapped[Decimal | None] = mapped_column(Money)  # capital in or out (kinds start, flow)
    marks: Mapped[dict[str, Any]]  # symbol → price it was valued at (a bot's kind hourly)


class CapitalFlow(Base):
    """Capital given to a bot (> 0) or taken from it (< 0) in one mode: never a gain or a loss."""

    __tablename__ = "capital_flows"
    __table_args__ = (Index("ix_capital_flows_bot", "bot_id", "mode", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(8))
    amount: Mapped[Decimal] = mapped_column(Money)
    at: Mapped[datetime] = mapped_column(Moment)
    # The bot's last fill before it (0: none). Clocks of brokers may lie behind ours.
    after_fill: Mapped[int] = mapped_column(BigInteger)


class TripSum(Base):
    """A bot's round trips of one trading day, one month or all time, added up by weekday, hour,
    symbol and side: what trade analysis reads in the place of the trips. Hour and weekday (0:
    Monday) are those of the exit, where the market is."""

    __tablename__ = "round_trip_sums"
    __table_args__ = (Index("ix_round_trip_sums_user", "user_id", "mode", "period", "day"),)

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)  # daily | monthly | all-time
    day: Mapped[date] = mapped_column(primary_key=True)  # the first one
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    side: Mapped[str] = mapped_column(String(5), primary_key=True)  # long | short
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    plugin_id: Mapped[str] = mapped_column(String(64), default="")
    trades: Mapped[int]
    wins: Mapped[int]
    losses: Mapped[int]
    gross_profit: Mapped[Decimal] = mapped_column(Money)
    gross_loss: Mapped[Decimal] = mapped_column(Money)
    entry_value: Mapped[Decimal] = mapped_column(Money)
    hold_microseconds: Mapped[int] = mapped_column(BigInteger)
    returns: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # trips per bin of return
    holds: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # trips per bin of hold time


class MarketMark(Base):
    """The latest price of a symbol that some bot holds."""

    __tablename__ = "market_marks"

    asset_type: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    price: Mapped[Decimal] = mapped_column(Money)
    at: Mapped[datetime] = mapped_column(Moment)


class BotPerformance(Base):
    """One bot, one trading day, one mode: a bot goes live at most in the middle of a day."""

    __tablename__ = "bot_performance"
    __table_args__ = (UniqueConstraint("bot_id", "date", "mode"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    date: Mapped[date]
    mode: Mapped[str] = mapped_column(String(8))
    totals: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    undefined: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class UserPerformance(Base):
    """Table user_performance_metrics: a user (plugin_id '' for all), one window, one mode."""

    __tablename__ = "user_performance_metrics"
    __table_args__ = (
        UniqueConstraint("user_id", "plugin_id", "date", "period", "mode"),
        Index("ix_user_performance_metrics_open", "user_id", "mode", "plugin_id",
              postgresql_where="closed_at IS NULL"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    plugin_id: Mapped[str] = mapped_column(String(64), default="")
    date: Mapped[date]  # the window's first day; 1970-01-01 for all-time
    period: Mapped[str] = mapped_column(String(8))  # daily | weekly | monthly | all-time
    mode: Mapped[str] = mapped_column(String(8))
    track: Mapped[dict[str, Any]]  # the equity curve's present state (all-time rows)
    totals: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    undefined: Mapped[dict[str, Any]]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
