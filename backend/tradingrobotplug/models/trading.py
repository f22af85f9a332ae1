"""Orders, fills, positions, lots and round trips."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, Money, new_id

LIVE_STATES = ("held", "planned", "submitting", "accepted", "partially_filled")
_LIVE_ORDER = "state IN ('held', 'planned', 'submitting', 'accepted', 'partially_filled')"
WANTS_PROTECTION = text("trades.protection <> '{}'")


class Order(Base):
    """Table trades. States: planned → submitting → accepted → partially_filled → filled |
    cancelled | rejected | failed; `submitting` without an answer is 'in doubt'. Protection that
    the venue can't hold is `held` here until its price is reached, then planned."""

    __tablename__ = "trades"
    __table_args__ = (
        UniqueConstraint("signal_id", "leg"),
        UniqueConstraint("client_order_id"),
        Index("ix_trades_live", "bot_id", "state", postgresql_where=_LIVE_ORDER),
        Index("ix_trades_bot", "bot_id", "id"),
        Index("ix_trades_user", "user_id", "id"),
        Index("ix_trades_account_live", "account_id", postgresql_where=_LIVE_ORDER),
        Index(
            "ix_trades_account_entries",
            "account_id",
            "created_at",
            postgresql_where="leg = 'entry' AND account_id IS NOT NULL",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    signal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_logs.id", ondelete="CASCADE"))
    leg: Mapped[str] = mapped_column(String(24))  # entry | exit | stop_loss | take_profit | …
    parent_id: Mapped[uuid.UUID | None] = mapped_column()  # the entry that a protection guards
    oco_group: Mapped[str | None] = mapped_column(String(64))  # what one fills, the others may not
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(8))  # paper | live
    venue: Mapped[str] = mapped_column(String(16))  # paper | alpaca | coinbase
    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user_trading_accounts.id", ondelete="SET NULL")
    )
    client_order_id: Mapped[str] = mapped_column(String(64))
    broker_order_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(24))
    symbol: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))  # buy | sell
    # market | limit | stop | stop_limit | trailing_stop | bracket
    type: Mapped[str] = mapped_column(String(16))
    time_in_force: Mapped[str] = mapped_column(String(8))  # day | gtc | ioc | fok | opg | cls
    extended_hours: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[Decimal] = mapped_column(Money)
    limit_price: Mapped[Decimal | None] = mapped_column(Money)
    stop_price: Mapped[Decimal | None] = mapped_column(Money)
    stop_limit_price: Mapped[Decimal | None] = mapped_column(Money)  # of a bracket's stop
    trail_percent: Mapped[Decimal | None] = mapped_column(Money)  # of a trailing stop
    trail_amount: Mapped[Decimal | None] = mapped_column(Money)
    extreme_price: Mapped[Decimal | None] = mapped_column(Money)  # that a held trailing stop saw
    attached_to: Mapped[str | None] = mapped_column(String(80))  # the broker's id of its entry
    reference_price: Mapped[Decimal | None] = mapped_column(Money)  # the alert's, or the quote's
    # Of an entry: {"stop_loss" | "stop_loss_percent", "take_profit" | …_percent, "price_step"}.
    protection: Mapped[dict[str, Any]] = mapped_column(default=dict)
    filled_quantity: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    average_price: Mapped[Decimal | None] = mapped_column(Money)
    fees: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Fill(Base):
    __tablename__ = "fills"
    __table_args__ = (
        UniqueConstraint("trade_id", "broker_fill_id"),
        Index("ix_fills_bot", "bot_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    trade_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("trades.id", ondelete="CASCADE"))
    broker_fill_id: Mapped[str] = mapped_column(String(80))
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(String(8))
    symbol: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))
    quantity: Mapped[Decimal] = mapped_column(Money)
    price: Mapped[Decimal] = mapped_column(Money)
    fee: Mapped[Decimal] = mapped_column(Money)
    filled_at: Mapped[datetime] = mapped_column(Moment)


class Position(Base):
    """What a bot holds in one symbol. quantity < 0 is a short. A flat position has no row."""

    __tablename__ = "positions"

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    mode: Mapped[str] = mapped_column(String(8))
    quantity: Mapped[Decimal] = mapped_column(Money)
    average_price: Mapped[Decimal] = mapped_column(Money)  # of the open lots, without fees
    opened_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class Lot(Base):
    """An entry fill's part that is still open, matched first-in-first-out."""

    __tablename__ = "lots"
    __table_args__ = (
        Index("ix_lots_open", "bot_id", "symbol", "seq", postgresql_where="remaining > 0"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    symbol: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(5))  # long | short
    quantity: Mapped[Decimal] = mapped_column(Money)
    remaining: Mapped[Decimal] = mapped_column(Money)
    price: Mapped[Decimal] = mapped_column(Money)
    fee: Mapped[Decimal] = mapped_column(Money)  # of the whole lot
    opened_at: Mapped[datetime] = mapped_column(Moment)
    fill_seq: Mapped[int] = mapped_column(BigInteger)


class RoundTrip(Base):
    """A reducing fill matched against the open lots: the unit that wins or loses."""

    __tablename__ = "round_trips"
    __table_args__ = (
        Index("ix_round_trips_bot", "bot_id", "seq"),
        Index("ix_round_trips_day", "bot_id", "exited_at"),
        Index("ix_round_trips_user", "user_id", "mode", "seq"),
        Index("ix_round_trips_bot_pnl", "bot_id", "mode", "pnl", "seq"),
        Index("ix_round_trips_user_pnl", "user_id", "mode", "pnl", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    plugin_id: Mapped[str | None] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(8))
    symbol: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(5))  # long | short
    quantity: Mapped[Decimal] = mapped_column(Money)
    entry_price: Mapped[Decimal] = mapped_column(Money)  # average of the matched lots
    exit_price: Mapped[Decimal] = mapped_column(Money)
    entry_value: Mapped[Decimal] = mapped_column(Money)  # quantity × entry price
    fees: Mapped[Decimal] = mapped_column(Money)  # entry and exit
    pnl: Mapped[Decimal] = mapped_column(Money)  # net of fees
    entered_at: Mapped[datetime] = mapped_column(Moment)
    exited_at: Mapped[datetime] = mapped_column(Moment)
    exit_fill_seq: Mapped[int] = mapped_column(BigInteger, unique=True)


class PaperAccount(Base):
    """The paper broker's own books for one bot, as a venue would keep them."""

    __tablename__ = "paper_accounts"

    bot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True
    )
    cash: Mapped[Decimal] = mapped_column(Money)
    positions: Mapped[dict[str, Any]]  # symbol → signed quantity, as text


class PaperOrder(Base):
    """An order at the paper broker; client_order_id is unique for ever, as at Alpaca."""

    __tablename__ = "paper_orders"
    __table_args__ = (
        Index("ix_paper_orders_open", "bot_id", postgresql_where="state IN ('new', 'partial')"),
    )

    client_order_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(16))  # new | partial | filled | cancelled | rejected
    asset_type: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))
    type: Mapped[str] = mapped_column(String(16))
    time_in_force: Mapped[str] = mapped_column(String(8))
    extended_hours: Mapped[bool]
    quantity: Mapped[Decimal] = mapped_column(Money)
    limit_price: Mapped[Decimal | None] = mapped_column(Money)
    stop_price: Mapped[Decimal | None] = mapped_column(Money)
    trail_percent: Mapped[Decimal | None] = mapped_column(Money)  # of a trailing stop
    trail_amount: Mapped[Decimal | None] = mapped_column(Money)
    extreme_price: Mapped[Decimal | None] = mapped_column(Money)  # that a trailing stop has seen
    triggered_at: Mapped[datetime | None] = mapped_column(Moment)  # of a stop
    oco_group: Mapped[str | None] = mapped_column(String(64), index=True)  # one cancels the others
    filled_quantity: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    executions: Mapped[list[Any]]  # [{"id", "quantity", "price", "fee", "at"}], amounts as text
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
