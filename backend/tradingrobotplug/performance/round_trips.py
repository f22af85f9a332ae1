"""A trader's round trips in pages: filtered, the latest, best or worst first.

A page goes on where the last one ended (keyset paging), so that each costs the same.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import RoundTrip
from ..money import as_text
from .asked import Asked

OUTCOMES = ("win", "loss", "even")
SORTS = ("latest", "best", "worst")
_AMOUNTS = ("quantity", "entry_price", "exit_price", "entry_value", "fees", "pnl")
_PLACE = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,12})?)~([0-9]{1,18})", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def page(session: Session, asked: Asked, query: Mapping[str, Any]) -> dict[str, Any]:
    """The round trips after the place that `query["after"]` names; `next` is the place to go on
    from, null at the end. Invalid for a place that is none."""
    sort, limit = query["sort"], query["limit"]
    wanted = select(RoundTrip).where(*asked.of(RoundTrip), *_filters(asked, query))
    if query["after"] is not None:
        wanted = wanted.where(_beyond(sort, query["after"]))
    rows = session.scalars(_ordered(wanted, sort).limit(limit + 1)).all()
    more = len(rows) > limit
    return asked.head | {
        "round_trips": [view(row) for row in rows[:limit]],
        "next": _place(rows[limit - 1], sort) if more else None,
        "limit": limit,
    }


def view(row: RoundTrip) -> dict[str, Any]:
    """What the API shows of a round trip; amounts as decimals."""
    return {
        "id": row.seq,
        "bot_id": str(row.bot_id),
        "plugin_id": row.plugin_id,
        "mode": row.mode,
        "symbol": row.symbol,
        "side": row.side,
        "outcome": OUTCOMES[0] if row.pnl > 0 else OUTCOMES[1] if row.pnl < 0 else OUTCOMES[2],
        "return_pct": float(row.pnl / row.entry_value * 100) if row.entry_value else None,
        "hold_seconds": max((row.exited_at - row.entered_at).total_seconds(), 0.0),
        "entered_at": row.entered_at,
        "exited_at": row.exited_at,
        **{name: getattr(row, name) for name in _AMOUNTS},
    }


def extremes(session: Session, asked: Asked, sort: str, count: int) -> list[dict[str, Any]]:
    """The best or worst few."""
    wanted = select(RoundTrip).where(*asked.of(RoundTrip), *_within(asked))
    return [view(row) for row in session.scalars(_ordered(wanted, sort).limit(count))]


def _filters(asked: Asked, query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found = _within(asked)
    if query["symbol"] is not None:
        found.append(RoundTrip.symbol == query["symbol"].upper())
    if query["side"] is not None:
        found.append(RoundTrip.side == query["side"])
    if query["outcome"] is not None:
        pnl = RoundTrip.pnl
        found.append({"win": pnl > 0, "loss": pnl < 0, "even": pnl == 0}[query["outcome"]])
    return found


def _within(asked: Asked) -> list[ColumnElement[bool]]:
    start, end = asked.instants
    bound = RoundTrip.exited_at < end
    return [bound] if asked.first is None else [bound, RoundTrip.exited_at >= start]


def _ordered(wanted: Select[RoundTrip], sort: str) -> Select[RoundTrip]:
    if sort == "worst":
        return wanted.order_by(RoundTrip.pnl, RoundTrip.seq)
    first = RoundTrip.pnl if sort == "best" else RoundTrip.exited_at
    return wanted.order_by(first.desc(), RoundTrip.seq.desc())


def _place(row: RoundTrip, sort: str) -> str:
    if sort == "latest":
        return f"{(row.exited_at - _EPOCH) // _MICROSECOND}~{row.seq}"
    return f"{as_text(row.pnl)}~{row.seq}"


def _beyond(sort: str, place: str) -> ColumnElement[bool]:
    found = _PLACE.fullmatch(place)
    if found is None or (sort == "latest" and (len(found[1]) > 16 or "." in found[1])):
        raise Invalid("invalid_input", "`after` is not a place that a page ended at.")
    seq = int(found[2])
    if sort == "latest":
        at = _EPOCH + int(found[1]) * _MICROSECOND
        return tuple_(RoundTrip.exited_at, RoundTrip.seq) < (at, seq)
    key = tuple_(RoundTrip.pnl, RoundTrip.seq)
    value = (Decimal(found[1]), seq)
    return key > value if sort == "worst" else key < value
