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
    if intent.closes:
        return None if held == 0 else Move("sell" if held > 0 else "buy", True, whole=True)
    grows, opposite = (1, "short") if intent.action == "buy" else (-1, "long")
    if held * grows < 0:
        unsized = intent.quantity is None
        return Move(intent.action, True, whole=unsized or intent.target not in (None, opposite))
    if intent.target == opposite:
        return None
    return Move(intent.action, False)
