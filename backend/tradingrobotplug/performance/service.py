"""Keeping figures up to date: refresh after fills, hourly samples, closing of windows, rebuild."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from .. import live
from ..marketdata import calendar
from ..models import (
    Bot,
    BotPerformance,
    EquitySample,
    Fill,
    PerformanceCursor,
    UserPerformance,
)
from . import collector, periods, storage
from .collector import Book, Collection, Owner

BATCH = 500  # fills per transaction
Marks = Mapping[tuple[str, str], Decimal]  # (asset type, symbol) → price


def refresh(session: Session, bot_id: uuid.UUID, mode: str | None = None) -> int:
    """Take a bot's next fills in one mode (its present one) into all figures; how many there were
    (at most BATCH)."""
    bot = session.get(Bot, bot_id)
    if bot is None:
        return 0
    mode = mode or bot.trading_mode
    storage.lock_figures(session, bot.user_id)
    book = storage.load_book(session, bot, mode)
    fills = storage.next_fills(session, bot_id, mode, book.fill_seq, BATCH)
    if fills:
        taken = storage.load_groups(session, bot.user_id, mode)
        for fill in fills:
            collector.take_fill(taken, book, fill)
        storage.save(session, bot.user_id, mode, taken, [book])
        live.note(session, "figures", bot.user_id, bot_id, bot_id)
    return len(fills)


def behind(session: Session, mode: str) -> list[uuid.UUID]:
    """Bots with fills in this mode that their figures don't know yet."""
    newest = (
        select(Fill.seq)
        .where(Fill.bot_id == Bot.id, Fill.mode == mode)
        .order_by(Fill.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Bot.id)
            .outerjoin(
                PerformanceCursor,
                and_(PerformanceCursor.bot_id == Bot.id, PerformanceCursor.mode == mode),
            )
            .where(or_(PerformanceCursor.fill_seq.is_(None), PerformanceCursor.fill_seq < newest))
            .where(exists().where(Fill.bot_id == Bot.id, Fill.mode == mode))
        )
    )


def traders(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Users with figures, and in which mode."""
    rows = session.execute(
        select(Bot.user_id, PerformanceCursor.mode)
        .join(PerformanceCursor, PerformanceCursor.bot_id == Bot.id)
        .distinct()
        .order_by(Bot.user_id)
    )
    return [(user_id, mode) for user_id, mode in rows]


def held_symbols(session: Session) -> set[tuple[str, str]]:
    """(asset type, symbol) of everything that a bot holds."""
    rows = session.execute(
        select(Bot.asset_type, PerformanceCursor.holdings)
        .join(PerformanceCursor, PerformanceCursor.bot_id == Bot.id)
        .where(Bot.deleted_at.is_(None), PerformanceCursor.holdings != {})
    )
    return {(asset_type, symbol) for asset_type, held in rows for symbol in held}


@dataclass(frozen=True, slots=True)
class Hour:
    """An hourly sample to take: its moment, the prices, and which markets traded in that hour."""

    at: datetime
    marks: Marks
    traded: frozenset[str]


def sample_user(session: Session, user_id: uuid.UUID, mode: str, hour: Hour) -> None:
    """The hourly samples of a user's bots, then of the user; those already taken are left."""
    storage.lock_figures(session, user_id)
    taken = storage.load_groups(session, user_id, mode)
    books = [b for b in _books(session, user_id, mode) if _is_due(b, hour)]
    for book in books:
        prices = {symbol: p for (kind, symbol), p in hour.marks.items() if kind == book.asset_type}
        collector.take_marks(taken, book, prices, hour.at)
    for name, group in taken.groups.items():
        is_open = group.track.asset_type in hour.traded
        if is_open and (group.track.hour is None or group.track.hour < hour.at):
            collector.take_hour(taken, Owner(user_id, name, mode), hour.at)
    storage.save(session, user_id, mode, taken, books)


def close_windows(session: Session, user_id: uuid.UUID, mode: str, now: datetime) -> None:
    """Close every window that is over, also those whose closing was missed."""
    storage.lock_figures(session, user_id)
    taken = storage.load_groups(session, user_id, mode)
    books = list(_books(session, user_id, mode))
    for book in books:
        if book.ledger is not None:
            day = calendar.trading_day(book.ledger.track.asset_type, now)
            collector.close_days(taken, book.owner, book.ledger, day)
    for name, group in taken.groups.items():
        day = calendar.trading_day(group.track.asset_type, now)
        collector.close_days(taken, Owner(user_id, name, mode), group, day)
    if taken.journal:
        storage.save(session, user_id, mode, taken, books)


def rebuild(session: Session, user_id: uuid.UUID, mode: str) -> None:
    """Recompute all of a user's figures from the fills, in the order in which they were taken in.

    The hourly samples keep the prices they were taken at. Fills that were never taken in follow.
    """
    storage.lock_figures(session, user_id)
    books = _emptied_books(session, user_id, mode)
    journal = _journal(session, user_id, mode)
    _delete_figures(session, user_id, mode, list(books))
    facts = {
        bot_id: {f.seq: f for f in storage.next_fills(session, bot_id, mode, 0, 2**31 - 1)}
        for bot_id in books
    }
    taken = Collection({})
    for entry in journal:
        book = books.get(entry.bot_id) if entry.bot_id else None
        if entry.kind == "fill" and book and entry.fill_seq:
            collector.take_fill(taken, book, facts[book.owner.bot_id][entry.fill_seq])  # type: ignore[index]
        else:
            _replay_time(taken, book, entry)
    storage.save(session, user_id, mode, taken, books.values())


def _replay_time(taken: Collection, book: Book | None, entry: EquitySample) -> None:
    owner = Owner(entry.user_id, entry.plugin_id, entry.mode, entry.bot_id)
    if entry.kind == "start" and book:
        collector.join(taken, book, entry.at)
    elif entry.kind == "hourly" and book:
        marks = {symbol: Decimal(price) for symbol, price in entry.marks.items()}
        collector.take_marks(taken, book, marks, entry.at)
    elif entry.kind == "hourly":
        collector.take_hour(taken, owner, entry.at)
    elif entry.kind == "daily":
        ledger = book.ledger if book else taken.groups[entry.plugin_id]
        assert ledger is not None
        kind = ledger.track.asset_type
        closed = periods.day_of_sample(kind, entry.at)
        collector.close_days(taken, owner, ledger, periods.day_after(kind, closed))


def _books(session: Session, user_id: uuid.UUID, mode: str) -> Iterator[Book]:
    bots = session.scalars(
        select(Bot)
        .join(PerformanceCursor, PerformanceCursor.bot_id == Bot.id)
        .where(Bot.user_id == user_id, PerformanceCursor.mode == mode, Bot.deleted_at.is_(None))
        .order_by(Bot.id)
    ).all()
    return (storage.load_book(session, bot, mode) for bot in bots)


def _is_due(book: Book, hour: Hour) -> bool:
    if book.ledger is None or book.asset_type not in hour.traded:
        return False
    return book.ledger.track.hour is None or book.ledger.track.hour < hour.at


def _emptied_books(session: Session, user_id: uuid.UUID, mode: str) -> dict[uuid.UUID, Book]:
    books = {}
    bots = session.scalars(
        select(Bot)
        .outerjoin(PerformanceCursor, PerformanceCursor.bot_id == Bot.id)
        .where(
            Bot.user_id == user_id, or_(Bot.trading_mode == mode, PerformanceCursor.mode == mode)
        )
        .order_by(Bot.id)
        .distinct()
    ).all()
    for bot in bots:
        stored = storage.load_book(session, bot, mode)
        # The capital it started with, even if the bot was edited since.
        capital = stored.ledger.track.base_equity if stored.ledger else bot.starting_cash
        books[bot.id] = Book(stored.owner, bot.asset_type, 0, capital, {}, None)
    return books


def _journal(session: Session, user_id: uuid.UUID, mode: str) -> list[EquitySample]:
    entries = session.scalars(
        select(EquitySample)
        .where(EquitySample.user_id == user_id, EquitySample.mode == mode)
        .where(or_(EquitySample.bot_id.is_not(None), EquitySample.kind.in_(("hourly", "daily"))))
        .order_by(EquitySample.seq)
    ).all()
    session.expunge_all()
    return list(entries)


def _delete_figures(
    session: Session, user_id: uuid.UUID, mode: str, bot_ids: list[uuid.UUID]
) -> None:
    for table in (EquitySample, UserPerformance):
        session.execute(delete(table).where(table.user_id == user_id, table.mode == mode))
    for kept in (PerformanceCursor, BotPerformance):
        session.execute(delete(kept).where(kept.bot_id.in_(bot_ids), kept.mode == mode))
