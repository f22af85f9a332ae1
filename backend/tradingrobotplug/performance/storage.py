"""Rows in and out: cursors, windows, samples. One lock per user orders all who write figures."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Insert, Row
from sqlalchemy.orm import Session

from ..models import Bot, BotPerformance, PerformanceCursor, UserPerformance
from ..money import ZERO
from . import metrics, periods, reads, totals, writes
from .aggregator import Ledger, Sample, Trip, Window, track_from_json, track_to_json
from .collector import BOT_PERIODS, USER_PERIODS, Book, Collection, FillFact, FlowFact, Owner
from .periods import Period
from .sums import Sums

_NO_END = 2**62


def lock_figures(session: Session, user_id: uuid.UUID) -> None:
    """Wait until nobody else writes this user's figures; held to the end of the transaction."""
    session.execute(reads.LOCK, {"user": f"figures:{user_id}"})


def next_fills(
    session: Session, bot_id: uuid.UUID, mode: str, after: int, limit: int
) -> list[FillFact]:
    """A bot's fills in one mode beyond the cursor, oldest first, each with the round trip that it
    closed."""
    chosen = {"bot_id": bot_id, "mode": mode, "after": after, "last": _NO_END, "most": limit}
    return [_fact(row) for row in session.execute(reads.FILLS, chosen)]


def fills_between(
    session: Session, bot_id: uuid.UUID, mode: str, first: int, last: int
) -> list[FillFact]:
    """A bot's fills in one mode from one seq to another, both included."""
    chosen = {"bot_id": bot_id, "mode": mode, "after": first - 1, "last": last, "most": _NO_END}
    return [_fact(row) for row in session.execute(reads.FILLS, chosen)]


def next_flows(session: Session, bot_id: uuid.UUID, mode: str, after: int) -> list[FlowFact]:
    """A bot's capital flows in one mode beyond the cursor, oldest first."""
    rows = session.execute(reads.FLOWS, {"bot_id": bot_id, "mode": mode, "after": after})
    return [FlowFact(*row) for row in rows]


def load_book(session: Session, bot: Bot, mode: str) -> Book:
    """A bot's book in one mode as last stored; one that is new if nothing was: it begins with its
    starting cash, or empty where its capital comes as flows."""
    owner = Owner(bot.user_id, bot.plugin_id or "", mode, bot.id)
    found = session.execute(reads.BOOK, {"bot_id": bot.id, "mode": mode}).one_or_none()
    if found is None:
        cash = ZERO if next_flows(session, bot.id, mode, 0) else bot.starting_cash
        return Book(owner, bot.asset_type, 0, 0, cash, {}, None)
    cursor: PerformanceCursor = found[0]
    day: BotPerformance | None = found[1]
    track = track_from_json(cursor.track)
    windows = {Period.ALL_TIME: _window(cursor, periods.ALL_TIME_DATE)}
    if day is not None:
        windows[Period.DAILY] = _window(day, day.date)
    ledger = Ledger(BOT_PERIODS, track, windows)
    holdings = {s: (Decimal(q), Decimal(p)) for s, (q, p) in cursor.holdings.items()}
    seqs = (cursor.fill_seq, cursor.flow_seq)
    return Book(owner, bot.asset_type, *seqs, cursor.cash, holdings, ledger)


def load_groups(session: Session, user_id: uuid.UUID, mode: str) -> Collection:
    """A user's open windows, of all robots together and of each."""
    rows = session.scalars(reads.GROUPS, {"user_id": user_id, "mode": mode}).all()
    groups: dict[str, Ledger] = {}
    for row in sorted(rows, key=lambda row: row.period != Period.ALL_TIME):
        if row.period == Period.ALL_TIME:
            groups[row.plugin_id] = Ledger(USER_PERIODS, track_from_json(row.track), {})
        groups[row.plugin_id].windows[Period(row.period)] = _window(row, row.date)
    return Collection(groups)


def save(
    session: Session, user_id: uuid.UUID, mode: str, taken: Collection, books: Iterable[Book]
) -> None:
    """Store what was taken in: books, windows open and closed, samples in their order.

    Nothing is left to store in what was handed over, so that more may be taken into it.
    """
    books = [book for book in books if book.ledger is not None]
    cursors = [_cursor_row(book) for book in books]
    days = [row for book in books for row in _day_rows(book)]
    windows = [
        {"user_id": user_id, "plugin_id": name, "mode": mode, **row}
        for name, group in taken.groups.items()
        for row in _window_rows(group)
    ]
    points = [_sample_row(owner, point) for owner, point in taken.journal]
    _write(session, writes.SAVE_CURSORS, cursors)
    _write(session, writes.SAVE_DAYS, days)
    _write(session, writes.SAVE_WINDOWS, windows)
    _write(session, writes.ADD_SUMS, _sum_rows(user_id, mode, taken.trips, books))
    _write(session, writes.ADD_SAMPLES, points)
    taken.journal.clear()
    taken.trips.clear()
    for ledger in [*taken.groups.values(), *(book.ledger for book in books)]:
        assert ledger is not None
        ledger.closed.clear()


def _fact(row: Row[Any]) -> FillFact:
    signed = row.quantity if row.side == "buy" else -row.quantity
    closed = None
    if row.pnl is not None:
        held = max(row.exited_at - row.entered_at, timedelta())
        closed = Trip(row.pnl, row.entry_value, held, row.symbol, row.trip_side, row.exited_at)
    return FillFact(row.seq, row.symbol, signed, row.price, row.fee, row.filled_at, closed)


def _window(row: PerformanceCursor | BotPerformance | UserPerformance, key: Any) -> Window:
    return Window(key, totals.from_json(row.totals), row.updated_at)


def _cursor_row(book: Book) -> dict[str, Any]:
    assert book.ledger is not None
    window = book.ledger.windows[Period.ALL_TIME]
    return {
        "bot_id": book.owner.bot_id,
        "mode": book.owner.mode,
        "fill_seq": book.fill_seq,
        "flow_seq": book.flow_seq,
        "cash": book.cash,
        "equity": book.equity,
        "holdings": {s: [str(q), str(p)] for s, (q, p) in sorted(book.holdings.items())},
        "track": track_to_json(book.ledger.track),
        "updated_at": window.updated_at,
        **_figures(Period.ALL_TIME, window, book.asset_type),
    }


def _day_rows(book: Book) -> list[dict[str, Any]]:
    assert book.ledger is not None
    owned = {"bot_id": book.owner.bot_id, "mode": book.owner.mode}
    days = [*book.ledger.closed, (Period.DAILY, book.ledger.windows[Period.DAILY])]
    return [owned | _dated(period, window, book.asset_type) for period, window in days]


def _window_rows(group: Ledger) -> list[dict[str, Any]]:
    kind, all_time = group.track.asset_type, track_to_json(group.track)
    return [
        _dated(period, window, kind)
        | {"period": period.value, "track": all_time if period is Period.ALL_TIME else {}}
        for period, window in [*group.closed, *group.windows.items()]
    ]


def _dated(period: Period, window: Window, asset_type: str) -> dict[str, Any]:
    return {
        "date": window.date,
        "closed_at": window.closed_at,
        "updated_at": window.updated_at,
        **_figures(period, window, window.closed_as or asset_type),
    }


def _figures(period: Period, window: Window, asset_type: str) -> dict[str, Any]:
    values, reasons = metrics.figures(window.totals, periods.periods_per_year(period, asset_type))
    return {"totals": totals.to_json(window.totals), "metrics": values, "undefined": reasons}


def _sample_row(owner: Owner, point: Sample) -> dict[str, Any]:
    return {
        "user_id": owner.user_id,
        "plugin_id": owner.plugin_id,
        "bot_id": owner.bot_id,
        "mode": owner.mode,
        "kind": point.kind,
        "at": point.at,
        "equity": point.equity,
        "growth": point.growth,
        "fill_seq": point.fill_seq,
        "flow_seq": point.flow_seq,
        "flow": point.flow,
        "marks": point.marks,
    }


def _sum_rows(
    user_id: uuid.UUID, mode: str, trips: Sums, books: Iterable[Book]
) -> list[dict[str, Any]]:
    robots = {book.owner.bot_id: book.owner.plugin_id for book in books}
    return [
        {"user_id": user_id, "plugin_id": robots[cell.bot_id], "mode": mode, **cell._asdict()}
        | {name: getattr(found, name) for name in (*writes.SUMMED, *writes.BINS)}
        for cell, found in trips.items()
    ]


def _write(session: Session, statement: Insert, rows: list[dict[str, Any]]) -> None:
    # Not by the session: the ORM's bulk insert would group rows and lose the journal's order.
    if rows:
        session.connection().execute(statement, rows)
