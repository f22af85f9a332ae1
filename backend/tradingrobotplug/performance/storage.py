"""Rows in and out: cursors, windows, samples. One lock per user orders all who write figures."""

import json
import uuid
from collections import deque
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from .. import db
from ..money import ZERO
from . import metrics, periods, reads, totals, writes
from .aggregator import Ledger, Sample, Trip, Window, track_from_json, track_to_json
from .collector import BOT_PERIODS, USER_PERIODS, Book, Collection, FillFact, FlowFact, Owner
from .periods import Period
from .sums import Sums

_NO_END = 2**62


class Locked(NamedTuple):
    """A bot whose user's figures nobody else writes now."""

    bot_id: uuid.UUID
    user_id: uuid.UUID
    mode: str  # in which it trades


def lock_figures(session: Session, user_id: uuid.UUID) -> None:
    """Wait until nobody else writes this user's figures; held to the end of the transaction."""
    db.rows(session, reads.LOCK_OF_USER, user_id=user_id)


def lock_of_bot(session: Session, bot_id: uuid.UUID) -> Locked | None:
    """The same for the bot's user; None if there is no such bot."""
    found = db.rows(session, reads.LOCK_OF_BOT, bot_id=bot_id)
    return Locked(bot_id, found[0].user_id, found[0].trading_mode) if found else None


def next_events(session: Session, book: Book, limit: int) -> tuple[list[FillFact], deque[FlowFact]]:
    """A bot's fills (`limit` at most) and flows that its book does not know yet, each oldest
    first."""
    rows = db.rows(
        session, reads.EVENTS, bot_id=book.owner.bot_id, mode=book.owner.mode, after=book.fill_seq,
        last=_NO_END, most=limit, after_flow=book.flow_seq,
    )  # fmt: skip
    rows.sort(key=attrgetter("seq"))
    fills = [_fact(row) for row in rows if row.symbol is not None]
    flows = (
        FlowFact(row.seq, row.quantity, row.filled_at, row.after_fill)
        for row in rows
        if row.symbol is None
    )
    return fills, deque(flows)


def fills_between(
    session: Session, bot_id: uuid.UUID, mode: str, first: int, last: int
) -> list[FillFact]:
    """A bot's fills in one mode from one seq to another, both included."""
    rows = db.rows(
        session, reads.FILLS, bot_id=bot_id, mode=mode, after=first - 1, last=last, most=_NO_END
    )
    return [_fact(row) for row in rows]


def load_book(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID, mode: str) -> Book:
    """A bot's book in one mode as last stored; one that is new if nothing was: it begins with its
    starting cash, or empty where its capital comes as flows."""
    (row,) = db.rows(session, reads.BOOK, bot_id=bot_id, mode=mode)
    return _book(row, user_id, mode)


def load_books(session: Session, user_id: uuid.UUID, mode: str) -> list[Book]:
    """The books of all of a user's bots that have figures in this mode, but deleted ones."""
    rows = db.rows(session, reads.BOOKS, user_id=user_id, mode=mode)
    return [_book(row, user_id, mode) for row in rows]


def load_groups(session: Session, user_id: uuid.UUID, mode: str) -> Collection:
    """A user's open windows, of all robots together and of each."""
    rows = db.rows(session, reads.GROUPS, user_id=user_id, mode=mode)
    groups: dict[str, Ledger] = {}
    for row in sorted(rows, key=lambda row: row.period != Period.ALL_TIME):
        if row.period == Period.ALL_TIME:
            groups[row.plugin_id] = Ledger(USER_PERIODS, track_from_json(row.track), {})
        groups[row.plugin_id].windows[Period(row.period)] = _window(
            row.date, row.totals, row.updated_at
        )
    return Collection(groups)


def save(
    session: Session, user_id: uuid.UUID, mode: str, taken: Collection, books: Iterable[Book]
) -> None:
    """Store what was taken in: books, windows open and closed, samples in their order.

    Nothing is left to store in what was handed over, so that more may be taken into it.
    """
    books = [book for book in books if book.ledger is not None]
    stored = {
        "cursors": [_cursor_row(book) for book in books],
        "days": [row for book in books for row in _day_rows(book)],
        "windows": [
            {"user_id": user_id, "plugin_id": name, "mode": mode, **row}
            for name, group in taken.groups.items()
            for row in _window_rows(group)
        ],
        "sums": _sum_rows(user_id, mode, taken.trips, books),
        "samples": [_sample_row(owner, point) for owner, point in taken.journal],
    }
    texts = {name: json.dumps(rows, default=str) for name, rows in stored.items()}
    db.execute(session, writes.SAVE, **texts)
    taken.journal.clear()
    taken.trips.clear()
    for ledger in [*taken.groups.values(), *(book.ledger for book in books)]:
        assert ledger is not None
        ledger.closed.clear()


def _fact(row: Any) -> FillFact:
    signed = row.quantity if row.side == "buy" else -row.quantity
    closed = None
    if row.pnl is not None:
        held = max(row.exited_at - row.entered_at, timedelta())
        closed = Trip(row.pnl, row.entry_value, held, row.symbol, row.trip_side, row.exited_at)
    return FillFact(row.seq, row.symbol, signed, row.price, row.fee, row.filled_at, closed)


def _book(row: Any, user_id: uuid.UUID, mode: str) -> Book:
    owner = Owner(user_id, row.plugin_id or "", mode, row.bot_id)
    if row.fill_seq is None:
        cash = ZERO if row.has_flows else row.starting_cash
        return Book(owner, row.asset_type, 0, 0, cash, {}, None)
    all_time = _window(periods.ALL_TIME_DATE, row.totals, row.updated_at)
    windows = {Period.ALL_TIME: all_time}
    if row.day is not None:
        windows[Period.DAILY] = _window(row.day, row.day_totals, row.day_updated_at)
    ledger = Ledger(BOT_PERIODS, track_from_json(row.track), windows)
    holdings = {s: (Decimal(q), Decimal(p)) for s, (q, p) in row.holdings.items()}
    return Book(owner, row.asset_type, row.fill_seq, row.flow_seq, row.cash, holdings, ledger)


def _window(day: date, values: dict[str, Any], updated_at: datetime) -> Window:
    return Window(day, totals.from_json(values), updated_at)


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
        "id": db.new_id(),
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
