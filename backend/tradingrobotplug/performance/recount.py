"""Figures counted again straight from their rows, all at once: a check on those that were added up
fill by fill. It shares no step with them but the formulas."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from math import isclose
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Bot, PerformanceCursor
from . import totals, vectors
from .totals import Totals
from .vectors import Amounts, Floats, Trips

AT_ONCE = 250_000  # rows read before they are counted, so that memory does not grow with history
_CLOSE = 1e-9
# PostgreSQL's binary COPY: per row the number of fields, then each with its length. Big-endian.
_SPLIT = "trunc({0})::int8, ((({0}) - trunc({0})) * 1e12)::int8"
_TRIPS = f"""
SELECT {_SPLIT.format("pnl")}, {_SPLIT.format("entry_value")},
       greatest((extract(epoch FROM exited_at - entered_at) * 1e6)::int8, 0)
FROM round_trips WHERE bot_id = %s AND mode = %s AND exit_fill_seq <= %s ORDER BY exit_fill_seq
"""  # nosec B608  # made of names of ours alone
_CURVE = """
SELECT growth::float8 FROM equity_samples
WHERE bot_id = %s AND mode = %s {0} ORDER BY seq
"""
_HEADER = 19  # bytes before the first row, in one block: signature, flags, length of an extension
_OF_CURVE = ("start", "end", "high", "low", "drawdown")
_OF_RETURNS = ("returns", "return_sum", "return_squares", "downside_squares")


@dataclass(frozen=True, slots=True)
class Recount:
    """How many round trips were counted again, and where that gave something else."""

    trips: int
    different: tuple[str, ...]  # "bot …: wins", …


def recount(session: Session, user_id: uuid.UUID, mode: str) -> Recount:
    """Compare the all-time figures of a user's bots in one mode with their rows: money and counts
    exactly, ratios to 1e-9."""
    cursors = session.scalars(
        select(PerformanceCursor)
        .join(Bot, Bot.id == PerformanceCursor.bot_id)
        .where(Bot.user_id == user_id, PerformanceCursor.mode == mode)
        .order_by(PerformanceCursor.bot_id)
    ).all()
    count, different = 0, []
    for cursor in cursors:
        stored = totals.from_json(cursor.totals)
        trips = trips_of(session, cursor.bot_id, mode, cursor.fill_seq)
        count += trips.trades
        names = [*_exactly(stored, trips), *_nearly(stored, session, cursor)]
        different += [f"bot {cursor.bot_id}: {name}" for name in names]
    return Recount(count, tuple(different))


def trips_of(session: Session, bot_id: uuid.UUID, mode: str, last_fill: int) -> Totals:
    """Totals of a bot's round trips up to a fill, from their rows."""
    found = Totals()
    for columns in _columns(session, _TRIPS, (bot_id, mode, last_fill), 5, ">i8"):
        pnl, value = Amounts(*columns[:2]), Amounts(*columns[2:4])
        found = totals.merged(found, vectors.of_trips(Trips(pnl, value, columns[4])))
    return found


def _exactly(stored: Totals, counted: Totals) -> Iterator[str]:
    curve = {*_OF_CURVE, *_OF_RETURNS, "gain", "trough"}
    for name in (field.name for field in fields(Totals) if field.name not in curve):
        if getattr(stored, name) != getattr(counted, name):
            yield name


def _nearly(stored: Totals, session: Session, cursor: PerformanceCursor) -> Iterator[str]:
    whole = _curve(session, cursor, "")
    closes = _curve(session, cursor, "AND kind = 'daily'")
    marks, days = vectors.of_curve(whole), vectors.of_curve(np.concatenate((whole[:1], closes)))
    for names, counted in ((_OF_CURVE, marks), (_OF_RETURNS, days)):
        for name in names:
            if not _is_close(getattr(stored, name), getattr(counted, name)):
                yield name


def _is_close(first: Decimal | int, then: Decimal | int) -> bool:
    return isclose(float(first), float(then), rel_tol=_CLOSE, abs_tol=_CLOSE)


def _curve(session: Session, cursor: PerformanceCursor, which: str) -> Floats:
    query = _CURVE.format(which)
    parts = [c[0] for c in _columns(session, query, (cursor.bot_id, cursor.mode), 1, ">f8")]
    return np.concatenate(parts) if parts else np.empty(0)


def _columns(
    session: Session, query: str, values: tuple[Any, ...], count: int, kind: str
) -> Iterator[list[Any]]:
    """The query's columns, of AT_ONCE rows at most: `count` of them, each of eight bytes."""
    parts = ((f"size{n}", ">i4", f"value{n}", kind) for n in range(count))
    sized = [pair for name, of, value, what in parts for pair in ((name, of), (value, what))]
    row = np.dtype([("fields", ">i2"), *sized])
    connection = session.connection().connection.driver_connection
    assert connection is not None
    kept = bytearray()
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", values) as copy:
        for place, block in enumerate(copy):
            kept += bytes(block)[0 if place else _HEADER :]
            if len(kept) >= AT_ONCE * row.itemsize:
                yield _taken(kept, row, count)
    if len(kept) >= row.itemsize:
        yield _taken(kept, row, count)


def _taken(kept: bytearray, row: np.dtype[Any], count: int) -> list[Any]:
    """The columns of the whole rows in `kept`, which are taken out of it. The end is marked by two
    bytes, less than a row."""
    rows = len(kept) // row.itemsize
    found = np.frombuffer(bytes(kept[: rows * row.itemsize]), row)
    del kept[: rows * row.itemsize]
    native = row["value0"].newbyteorder("=")
    return [found[f"value{n}"].astype(native) for n in range(count)]
