"""All of a user's data in one ZIP, each table as JSON and as CSV.

Packed into a temporary file from one snapshot of the database, row by row, so that neither memory
nor a slow download depends on how much there is.
"""

import csv
import io
import json
import re
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from ..money import as_text
from .export_tables import tables

_IN_MEMORY = 1024 * 1024
_ROWS_AT_ONCE = 500
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


def pack(session: Session, user_id: uuid.UUID) -> IO[bytes]:
    """The ZIP, wound back to its beginning; whoever reads it closes it."""
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    packed = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed by its reader)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, query in tables(user_id).items():
            with archive.open(f"{name}.json", "w", force_zip64=True) as member:
                _write_json(member, _rows(session, query))
            with archive.open(f"{name}.csv", "w", force_zip64=True) as member:
                _write_csv(member, [c.name for c in query.selected_columns], _rows(session, query))
    packed.seek(0)
    return packed


def csv_cell(value: object) -> object:
    """What a spreadsheet shows as it is and never runs: texts that look like a formula are quoted.

    Numbers are let through, because they come as numbers and not from anybody's text.
    """
    if isinstance(value, str):
        return _harmless(value)
    if isinstance(value, bytes):
        return _harmless(value.decode("utf-8", "replace"))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return plain(value)


def plain(value: object) -> object:
    """As JSON has it: amounts and ids as text, times in ISO 8601, bytes as the text they are."""
    written = _PLAIN.get(type(value))
    return written(value) if written else value


_PLAIN: dict[type, Callable[[Any], str]] = {
    Decimal: as_text,
    datetime: datetime.isoformat,
    date: date.isoformat,
    uuid.UUID: str,
    bytes: lambda value: value.decode("utf-8", "replace"),
}


def _harmless(text: str) -> str:
    if text[:1].isalnum():  # most are, and a file may have millions of cells
        return text
    return f"'{text}" if _FORMULA.match(text.lstrip(" ")) else text


def _rows(session: Session, query: Select[Any]) -> Iterator[Sequence[Any]]:
    found = session.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    return iter(found)


def _write_json(member: IO[bytes], rows: Iterator[Sequence[Any]]) -> None:
    member.write(b"[")
    for index, row in enumerate(rows):
        values = {name: plain(value) for name, value in row._mapping.items()}  # type: ignore[attr-defined]
        line = json.dumps(values, ensure_ascii=False)
        member.write((",\n" if index else "\n").encode() + line.encode("utf-8", "replace"))
    member.write(b"\n]\n")


def _write_csv(member: IO[bytes], names: list[str], rows: Iterator[Sequence[Any]]) -> None:
    with io.TextIOWrapper(member, "utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for row in rows:
            writer.writerow([csv_cell(value) for value in row])
