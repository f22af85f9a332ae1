"""Rows as the bytes of a CSV or JSON file, made as they are read."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...accounts.export import csv_cell, plain

CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"
PDF_TYPE = "application/pdf"

Batches = Iterable[Sequence[Sequence[Any]]]


def as_csv(columns: Sequence[str], batches: Batches) -> Iterator[bytes]:
    """A header, then a line per row (RFC 4180). A text that a spreadsheet would take for a formula
    begins with an apostrophe."""
    yield csv_lines([columns])
    for batch in batches:
        yield csv_lines(batch)


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Lines of a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([csv_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def as_json(
    head: Mapping[str, Any], name: str, columns: Sequence[str], batches: Batches
) -> Iterator[bytes]:
    """An object: what `head` says, and under `name` a list with an object per row."""
    opening = "".join(f"{json.dumps(key)}:{json.dumps(value)}," for key, value in head.items())
    yield f"{{{opening}{json.dumps(name)}:[".encode()
    separator = "\n"
    for batch in batches:
        lines = [_object(columns, row) for row in batch]
        yield (separator + ",\n".join(lines)).encode("utf-8", "replace")
        separator = ",\n"
    yield b"\n]}\n"


def _object(columns: Sequence[str], row: Sequence[Any]) -> str:
    values = {name: plain(value) for name, value in zip(columns, row, strict=True)}
    return json.dumps(values, ensure_ascii=False)
