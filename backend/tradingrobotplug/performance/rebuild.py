"""Figures computed anew from fills and flows, and whether that gives what was stored.

The equity samples, in their order, are the journal of what was taken in when. It is replayed in
pieces, so that memory does not grow with history.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.orm import Session

from ..models import (
    Bot,
    BotPerformance,
    CapitalFlow,
    EquitySample,
    PerformanceCursor,
    TripSum,
    UserPerformance,
)
from . import collector, periods, storage
from .collector import Book, Collection, FillFact, FlowFact, Owner

PIECE = 2_000  # journal entries replayed before they are stored
# Table → what orders its rows, and what only identifies one.
_TABLES = {
    "performance_cursors": ("bot_id, mode", ()),
    "bot_performance": ("bot_id, date, mode", ("id",)),
    "user_performance_metrics": ("plugin_id, date, period, mode", ("id",)),
    "round_trip_sums": ("bot_id, period, day, weekday, hour, symbol, side", ()),
    "equity_samples": ("seq", ("seq",)),
}
_OF_USER = "user_id = :user_id"
_OF_BOTS = "bot_id IN (SELECT id FROM bots WHERE user_id = :user_id)"


@dataclass(frozen=True, slots=True)
class Print:
    """A table's rows of one user and mode: how many, and one hash over all of them."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows there are now, and the tables in which they differ from those before."""

    rows: int
    different: tuple[str, ...]


def rebuild(session: Session, user_id: uuid.UUID, mode: str) -> Rebuilt:
    """Recompute a user's figures in one mode from the fills and flows, in the order in which they
    were taken in; the new rows take the place of the old ones.

    The hourly samples keep the prices they were taken at. What was never taken in stays so.
    """
    storage.lock_figures(session, user_id)
    before = _prints(session, user_id, mode)
    last = session.scalar(select(func.max(EquitySample.seq))) or 0
    books = _emptied_books(session, user_id, mode)
    _delete_figures(session, user_id, mode, list(books))
    taken = Collection({})
    for piece in _pieces(_journal(session, user_id, mode, last)):
        _replay(session, taken, books, piece)
        storage.save(session, user_id, mode, taken, books.values())
    owned = (EquitySample.user_id == user_id, EquitySample.mode == mode)
    session.execute(delete(EquitySample).where(*owned, EquitySample.seq <= last))
    after = _prints(session, user_id, mode)
    different = tuple(name for name in _TABLES if before[name] != after[name])
    return Rebuilt(sum(found.rows for found in after.values()), different)


def _prints(session: Session, user_id: uuid.UUID, mode: str) -> dict[str, Print]:
    return {name: _print(session, name, user_id, mode) for name in _TABLES}


def _print(session: Session, name: str, user_id: uuid.UUID, mode: str) -> Print:
    order, hidden = _TABLES[name]
    owned = _OF_BOTS if name in ("performance_cursors", "bot_performance") else _OF_USER
    shown = "to_jsonb(t)" + "".join(f" - '{column}'" for column in hidden)
    row = session.execute(
        text(
            "SELECT count(*), coalesce(md5(string_agg("  # nosec B608  # names of ours
            f"md5(({shown})::text), '' ORDER BY {order})), '')"
            f" FROM {name} t WHERE mode = :mode AND {owned}"
        ),
        {"user_id": user_id, "mode": mode},
    ).one()
    return Print(*row)


def _emptied_books(session: Session, user_id: uuid.UUID, mode: str) -> dict[uuid.UUID, Book]:
    bots = session.scalars(
        select(Bot)
        .join(PerformanceCursor, PerformanceCursor.bot_id == Bot.id)
        .where(Bot.user_id == user_id, PerformanceCursor.mode == mode)
        .order_by(Bot.id)
    ).all()
    owners = [(Owner(user_id, bot.plugin_id or "", mode, bot.id), bot.asset_type) for bot in bots]
    # The capital comes from the journal: the bot may have been given another since.
    return {
        owner.bot_id: Book(owner, kind, 0, 0, Decimal(0), {}, None)
        for owner, kind in owners
        if owner.bot_id
    }


def _journal(session: Session, user_id: uuid.UUID, mode: str, last: int) -> Iterable[EquitySample]:
    """The events of bots, and the hours and days of the user; the rest follows from them."""
    wanted = (
        select(EquitySample)
        .where(EquitySample.user_id == user_id, EquitySample.mode == mode)
        .where(EquitySample.seq <= last)
        .where(or_(EquitySample.bot_id.is_not(None), EquitySample.kind.in_(("hourly", "daily"))))
        .order_by(EquitySample.seq)
        .execution_options(yield_per=PIECE)
    )
    return session.scalars(wanted)


def _pieces(entries: Iterable[EquitySample]) -> Iterator[list[EquitySample]]:
    rest = iter(entries)
    while piece := list(islice(rest, PIECE)):
        yield piece


def _replay(
    session: Session,
    taken: Collection,
    books: dict[uuid.UUID, Book],
    piece: Sequence[EquitySample],
) -> None:
    fills, flows = _fills_of(session, piece), _flows_of(session, piece)
    for entry in piece:
        book = books.get(entry.bot_id) if entry.bot_id else None
        if entry.kind == "fill" and book and entry.fill_seq:
            collector.take_fill(taken, book, fills[entry.fill_seq])
        elif entry.kind == "flow" and book and entry.flow_seq:
            collector.take_flow(taken, book, flows[entry.flow_seq])
        else:
            _replay_time(taken, book, entry)


def _fills_of(session: Session, piece: Sequence[EquitySample]) -> dict[int, FillFact]:
    found: dict[int, FillFact] = {}
    for bot_id in {entry.bot_id for entry in piece if entry.bot_id and entry.fill_seq}:
        seqs = [e.fill_seq for e in piece if e.bot_id == bot_id and e.fill_seq]
        facts = storage.fills_between(session, bot_id, piece[0].mode, min(seqs), max(seqs))
        found |= {fact.seq: fact for fact in facts}
    return found


def _flows_of(session: Session, piece: Sequence[EquitySample]) -> dict[int, FlowFact]:
    """A flow counts in the day of its own moment; its sample may bear a later one."""
    seqs = [entry.flow_seq for entry in piece if entry.kind == "flow" and entry.flow_seq]
    found = session.scalars(select(CapitalFlow).where(CapitalFlow.seq.in_(seqs)))
    return {row.seq: FlowFact(row.seq, row.amount, row.at, row.after_fill) for row in found}


def _replay_time(taken: Collection, book: Book | None, entry: EquitySample) -> None:
    owner = Owner(entry.user_id, entry.plugin_id, entry.mode, entry.bot_id)
    if entry.kind == "start" and book:
        book.cash, book.flow_seq = entry.equity, entry.flow_seq or 0
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


def _delete_figures(
    session: Session, user_id: uuid.UUID, mode: str, bot_ids: list[uuid.UUID]
) -> None:
    for table in (UserPerformance, TripSum):
        session.execute(delete(table).where(table.user_id == user_id, table.mode == mode))
    for kept in (PerformanceCursor, BotPerformance):
        session.execute(delete(kept).where(kept.bot_id.in_(bot_ids), kept.mode == mode))
