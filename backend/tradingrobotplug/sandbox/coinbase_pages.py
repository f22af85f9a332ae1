"""What Coinbase's lists have in common: times in the query, pages with a cursor."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from flask import abort, request

from .coinbase_gate import invalid

Item = TypeVar("Item")
_USUAL, _MOST = 100, 250


def moment(name: str) -> datetime | None:
    """The time in this parameter; 400 if it can't be read."""
    text = request.args.get(name)
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        abort(invalid(f"{name} is not a time"))
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found


def page(found: Sequence[Item]) -> tuple[Sequence[Item], str]:
    """The page asked for by `limit` and `cursor`, and the cursor of the next, empty at the end."""
    try:
        limit = int(request.args.get("limit") or _USUAL)
        start = int(base64.urlsafe_b64decode(request.args.get("cursor", "")) or b"0")
    except ValueError:
        abort(invalid("limit or cursor can't be read"))
    end = max(start, 0) + max(1, min(limit, _MOST))
    cursor = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(found) else ""
    return found[max(start, 0) : end], cursor
