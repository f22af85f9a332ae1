"""The public leaderboard: who takes part, the board as it stands, and the days once published."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, desc, nulls_last
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment

# Figures a board can be sorted by, the best first: what is deepest below its peak comes last.
SORTED_BY = (
    "sharpe_ratio", "total_return_pct", "max_drawdown", "profit_factor", "win_rate", "trade_count",
)  # fmt: skip


class LeaderboardMember(Base):
    """A user who takes part, by a handle that says nothing of who it is. Leaving and coming back
    neither changes the handle nor begins the record anew."""

    __tablename__ = "leaderboard_members"
    __table_args__ = (UniqueConstraint("handle"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    handle: Mapped[str] = mapped_column(String(40))
    joined_at: Mapped[datetime] = mapped_column(Moment)  # last
    left_at: Mapped[datetime | None] = mapped_column(Moment)


class LeaderboardEntry(Base):
    """A place on the board of one mode and period, made from the figures by a periodic job.

    `position` counts from 1 through the whole board in its default order, the ranked first.
    """

    __tablename__ = "leaderboard_entries"
    __table_args__ = (
        Index("ix_leaderboard_entries_position", "mode", "period", "position"),
        Index("ix_leaderboard_entries_robots", "mode", "period", "position",
              postgresql_where="kind = 'robot'"),
    )  # fmt: skip

    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    plugin_id: Mapped[str] = mapped_column(String(64), primary_key=True)  # '' for a user
    kind: Mapped[str] = mapped_column(String(8))  # robot | user
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    is_ranked: Mapped[bool]
    is_delisted: Mapped[bool]
    since: Mapped[datetime] = mapped_column(Moment)
    days: Mapped[int]  # of the record, from its first trade
    trade_count: Mapped[int]
    win_rate: Mapped[float | None]
    total_pnl: Mapped[float | None]  # of robots only: dollars would say how rich a user is
    total_return_pct: Mapped[float | None]
    profit_factor: Mapped[float | None]
    sharpe_ratio: Mapped[float | None]
    sortino_ratio: Mapped[float | None]
    max_drawdown: Mapped[float]
    updated_at: Mapped[datetime] = mapped_column(Moment)


for _figure in SORTED_BY[1:]:
    Index(
        f"ix_leaderboard_entries_{_figure}",
        LeaderboardEntry.mode,
        LeaderboardEntry.period,
        LeaderboardEntry.is_ranked.desc(),
        nulls_last(desc(getattr(LeaderboardEntry, _figure))),
        LeaderboardEntry.position,
    )


class LeaderboardCurve(Base):
    """A robot's equity as the board draws it, up to its last sample or fill."""

    __tablename__ = "leaderboard_curves"

    mode: Mapped[str] = mapped_column(String(8), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    plugin_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    points: Mapped[list[Any]]  # [at, equity, growth], the amounts as text


class LeaderboardDay(Base):
    """A day's figures as published: its pages' hashes, chained to those of the day before."""

    __tablename__ = "leaderboard_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]
    page_hashes: Mapped[list[Any]]  # SHA-256 of each page's lines, hex
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Moment)


class LeaderboardPage(Base):
    """Up to a thousand of a day's lines, each a JSON object in canonical form."""

    __tablename__ = "leaderboard_pages"

    day: Mapped[date] = mapped_column(
        ForeignKey("leaderboard_days.day", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    lines: Mapped[str] = mapped_column(Text)  # each ends with a line feed
