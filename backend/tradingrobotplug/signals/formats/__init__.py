"""What senders write: one small function per format, tried in order; the first that fits reads.

A JSON format takes the alert as an object with snake_case names, a text format the text itself.
Each answers None if the alert is not written in it, and raises Refused if it is but can't be used.
"""

from collections.abc import Callable
from typing import Any

from ...trading.intent import Intent
from .lines import commas, pairs
from .objects import direction, flat_side, indicator, plain, strategy
from .services import threecommas, traderspost
from .words import words

ObjectParser = Callable[[dict[str, Any]], Intent | None]
TextParser = Callable[[str], Intent | None]

OBJECTS: tuple[ObjectParser, ...] = (
    threecommas,
    traderspost,
    flat_side,
    direction,
    strategy,
    plain,
    indicator,
)
TEXTS: tuple[TextParser, ...] = (pairs, commas, words)
