"""What each kind of file is made of, piece by piece."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from . import formats, history, tax
from .history import Transactions, Wanted
from .lots import Disposal, Method


class Kind(StrEnum):
    """The files there are."""

    TRADES_CSV = "trades_csv"
    TRADES_JSON = "trades_json"
    REPORT_PDF = "report_pdf"
    TAX_CSV = "tax_csv"


@dataclass(frozen=True, slots=True)
class Order:
    """The file to make. `first` None: from the beginning; `last`: the last day, included."""

    kind: Kind
    user_id: uuid.UUID
    bot_id: uuid.UUID | None
    mode: str | None
    first: date | None
    last: date | None
    year: int | None
    method: Method | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the file's bytes, maybe none; how much is done, 0 to 1; what to tell beside it."""

    content: bytes = b""
    done: float = 0.0
    summary: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of file is named and made."""

    name: str
    media_type: str
    pieces: Callable[[Order, Transactions], Iterator[Piece]]


def trades(wanted: Wanted, form: str, transactions: Transactions) -> Iterator[Piece]:
    """A trade history as csv or json."""
    with transactions() as session:
        total, last = history.extent(session, wanted)
    batches = history.chunks(wanted, last, transactions)
    done = 0

    def counted() -> Iterator[history.Rows]:
        nonlocal done
        for batch in batches:
            done += len(batch)
            yield batch

    yield Piece(summary={"rows": total})
    if form == "csv":
        contents = formats.as_csv(history.COLUMNS, counted())
    else:
        contents = formats.as_json(
            {"mode": wanted.mode or "all"}, "trades", history.COLUMNS, counted()
        )
    for content in contents:
        yield Piece(content, done / max(total, 1))


def instants(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """[since, until) of these days in UTC, both included; None: no bound."""
    since = datetime.combine(first, time(), UTC) if first else None
    return since, datetime.combine(last + timedelta(days=1), time(), UTC) if last else None


def _trades(form: str) -> Callable[[Order, Transactions], Iterator[Piece]]:
    def pieces(order: Order, transactions: Transactions) -> Iterator[Piece]:
        span = instants(order.first, order.last)
        wanted = Wanted(order.user_id, order.bot_id, order.mode, *span)
        return trades(wanted, form, transactions)

    return pieces


def _report(order: Order, transactions: Transactions) -> Iterator[Piece]:
    # Only who makes a report pays for the library that draws it.
    from . import pdf, report  # noqa: PLC0415

    last = order.last or order.asked_at.astimezone(UTC).date()
    subject = report.Subject(order.user_id, order.bot_id, order.mode or "paper", order.first, last)
    with transactions() as session:
        found = report.read(session, subject, order.asked_at)
    yield Piece(done=0.3)
    yield Piece(pdf.render(found), 1.0, {"trade_count": found.trip_count})


def _tax(order: Order, transactions: Transactions) -> Iterator[Piece]:
    assert order.year is not None
    year, mode = order.year, order.mode or "live"
    scope = tax.Scope(order.user_id, order.bot_id, mode, year)
    totals = tax.Totals()
    yield Piece(formats.csv_lines([tax.COLUMNS]))
    with transactions() as session:
        chosen = tax.methods_of(session, order.user_id) if mode == "live" else {}
        if order.method:
            chosen[year] = order.method
        method_of = _by_year(chosen)
        found = tax.lines(tax.executions(session, scope), year, method_of, _of_bot(order.bot_id))
        for batch in found:
            for line in batch:
                totals.add(line)
            rows = [tax.cells(line, method_of(year), mode) for line in batch]
            yield Piece(formats.csv_lines(rows), 0.5)
    summary = totals.summary() | {"year": year, "tax_method": method_of(year).value}
    yield Piece(totals.rows() + tax.notes(mode), 1.0, summary)


def _by_year(chosen: dict[int, Method]) -> Callable[[int], Method]:
    return lambda year: chosen.get(year, Method.FIFO)


def _of_bot(bot_id: uuid.UUID | None) -> Callable[[Disposal], bool]:
    return lambda disposal: bot_id is None or disposal.bot[0] == str(bot_id)


FORMS: dict[Kind, Form] = {
    Kind.TRADES_CSV: Form("trades.csv", formats.CSV_TYPE, _trades("csv")),
    Kind.TRADES_JSON: Form("trades.json", formats.JSON_TYPE, _trades("json")),
    Kind.REPORT_PDF: Form("performance-report.pdf", formats.PDF_TYPE, _report),
    Kind.TAX_CSV: Form("form-8949.csv", formats.CSV_TYPE, _tax),
}
