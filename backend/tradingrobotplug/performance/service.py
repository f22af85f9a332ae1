"""Keeping figures up to date: refresh after fills and flows, hourly samples, closing of windows."""

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from .. import live
from ..models import Bot, CapitalFlow, Fill, PerformanceCursor
from . import collector, periods, storage
from .collector import Book, Collection, FillFact, FlowFact, Owner

BATCH = 500  # fills per transaction
Marks = Mapping[tuple[str, str], Decimal]  # (asset type, symbol) → price


def refresh(session: Session, bot_id: uuid.UUID, mode: str | None = None) -> int:
    """Take a bot's next fills and capital flows in one mode (its present one) into all figures; how
    many fills there were (at most BATCH)."""
    found = storage.lock_of_bot(session, bot_id)
    if found is None:
        return 0
    user_id, mode = found.user_id, mode or found.mode
    book = storage.load_book(session, user_id, bot_id, mode)
    fills, flows = storage.next_events(session, book, BATCH)
    if fills or (flows and book.ledger):
        taken = storage.load_groups(session, user_id, mode)
        _take(taken, book, fills, flows)
        storage.save(session, user_id, mode, taken, [book])
        live.note(session, "figures", user_id, bot_id, bot_id)
    return len(fills)


def _take(taken: Collection, book: Book, fills: list[FillFact], flows: deque[FlowFact]) -> None:
    """Fills in their order, each after the flows before it; the last flows once there are no more
    fills."""
    for fill in fills:
        while flows and flows[0].after_fill < fill.seq:
            collector.take_flow(taken, book, flows.popleft())
        collector.take_fill(taken, book, fill)
    while flows and len(fills) < BATCH:
        collector.take_flow(taken, book, flows.popleft())


def behind(session: Session, mode: str) -> list[uuid.UUID]:
    """Bots with fills or flows in this mode that their figures don't know yet."""
    newest = (
        select(Fill.seq)
        .where(Fill.bot_id == Bot.id, Fill.mode == mode)
        .order_by(Fill.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    cursor = and_(PerformanceCursor.bot_id == Bot.id, PerformanceCursor.mode == mode)
    unknown = or_(PerformanceCursor.fill_seq.is_(None), PerformanceCursor.fill_seq < newest)
    flows = exists().where(
        CapitalFlow.bot_id == Bot.id,
        CapitalFlow.mode == mode,
        CapitalFlow.seq > PerformanceCursor.flow_seq,
    )
    traded = exists().where(Fill.bot_id == Bot.id, Fill.mode == mode)
    wanted = select(Bot.id).outerjoin(PerformanceCursor, cursor)
    return list(session.scalars(wanted.where(or_(and_(unknown, traded), flows))))


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
    books = [b for b in storage.load_books(session, user_id, mode) if _is_due(b, hour)]
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
    books = storage.load_books(session, user_id, mode)
    for book in books:
        if book.ledger is not None:
            day = periods.day_of(book.ledger.track.asset_type, now)
            collector.close_days(taken, book.owner, book.ledger, day)
    for name, group in taken.groups.items():
        day = periods.day_of(group.track.asset_type, now)
        collector.close_days(taken, Owner(user_id, name, mode), group, day)
    if taken.journal:
        storage.save(session, user_id, mode, taken, books)


def _is_due(book: Book, hour: Hour) -> bool:
    if book.ledger is None or book.asset_type not in hour.traded:
        return False
    return book.ledger.track.hour is None or book.ledger.track.hour < hour.at
