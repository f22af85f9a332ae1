"""What everything here is made of: objects with ids, as JSON has them."""

import secrets
from typing import Any

# A Stripe object as it is shown; names that begin with _ are the sandbox's own and never shown.
Thing = dict[str, Any]

API_VERSION = "2026-10-28.endive"  # what stripe 16.1.0 asks for


def new_id(prefix: str) -> str:
    """An id that was never used, as Stripe makes them."""
    return f"{prefix}_{secrets.token_hex(12)}"


def follow_metadata(thing: Thing, given: Any) -> None:
    """Names that are given are set, empty ones removed; an empty text removes them all."""
    if given is None:
        return
    kept = {} if given == "" else {**thing["metadata"], **given}
    thing["metadata"] = {name: value for name, value in kept.items() if value != ""}
