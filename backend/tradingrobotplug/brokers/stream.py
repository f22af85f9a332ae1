"""A venue's stream of order updates: what is said to it, and which of its words are a hint.

Nothing that a stream tells is believed. It may close, fall silent, repeat itself or leave something
out, so all it can do is to make us ask the account sooner.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class StreamUnusable(Exception):
    """The venue refuses the stream, or says what can't be read."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message comes to: whether the account is to be asked now, and what is answered.

    The first hint also says that the stream has begun. `of_trade`: of an order that filled.
    """

    is_hint: bool
    reply: str | None = None
    of_trade: bool = False


class OrderStream(Protocol):
    """The talk on one connection; each connection gets a stream of its own."""

    url: str
    beats: bool  # whether it speaks every few seconds though nothing happens

    def opening(self) -> Sequence[str]:
        """What is said first, signed now."""
        ...

    def hear(self, message: str | bytes) -> Heard:
        """What the message comes to. StreamUnusable."""
        ...


def told_in(message: str | bytes) -> dict[str, Any]:
    """The message's object. StreamUnusable if it is none."""
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise StreamUnusable("A message of the stream can't be read.")
    return told
