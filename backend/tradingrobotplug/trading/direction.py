"""Which way an intent moves the position: into the market, out of it, or not at all."""

from dataclasses import dataclass
from decimal import Decimal

from .intent import Intent

NO_POSITION = "no position"


@dataclass(frozen=True, slots=True)
class Move:
    """`whole`: an exit of everything held, whatever quantity the alert names."""

    side: str  # buy | sell
    is_exit: bool
    whole: bool = False


def decide(intent: Intent, held: Decimal) -> Move | None:
    """The move, given the signed quantity held; None: there is no position to act on.

    One order never crosses zero: a sell that meets a long position ends it at most, and a
    strategy that reports the state `short` after a sell has left its long position altogether.
    """
    if intent.closes or intent.action == "close":
        way = "sell" if held > 0 else "buy"
        return Move(way, True, whole=intent.closes) if _is_meant(intent, held) else None
    grows, opposite = (1, "short") if intent.action == "buy" else (-1, "long")
    if held * grows < 0:
        unsized = intent.quantity is None
        return Move(intent.action, True, whole=unsized or intent.target not in (None, opposite))
    if intent.target == opposite:
        return None
    return Move(intent.action, False)


def _is_meant(intent: Intent, held: Decimal) -> bool:
    """A close may be for one side only."""
    is_long, is_short = held > 0, held < 0
    return {"long": is_long, "short": is_short, None: is_long or is_short}[intent.closing]
