"""Stripe's parameters as they travel: `items[0][price]=…` becomes nested objects and lists."""

import re
from collections.abc import Iterable
from typing import Any

from .refusals import Refusal

_PART = re.compile(r"\[([^\[\]]*)\]")


def read(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested values; every leaf is text. Refusal if a name can't be read."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        parts = [head, *_PART.findall(f"[{rest}")] if rest else [head]
        if not head or "".join(f"[{p}]" for p in parts[1:]) != name[len(head) :]:
            raise Refusal(f"Invalid request: unparsable parameter name {name}", param=name)
        _place(root, parts, value, name)
    found = _lists(root)
    assert isinstance(found, dict)
    return found


def _place(root: dict[str, Any], parts: list[str], value: str, name: str) -> None:
    here = root
    for part in parts[:-1]:
        here = here.setdefault(part or str(len(here)), {})
        if not isinstance(here, dict):
            raise Refusal(f"Invalid request: {name} is both a value and an object", param=name)
    here[parts[-1] or str(len(here))] = value


def _lists(found: Any) -> Any:
    """Objects whose names are 0, 1, 2 … are lists."""
    if not isinstance(found, dict):
        return found
    inner = {name: _lists(value) for name, value in found.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
