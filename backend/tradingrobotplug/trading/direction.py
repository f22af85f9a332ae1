"""Which way an intent moves the position: into the market, out of it, or not at all."""

from dataclasses import dataclass, replace
from decimal import Decimal

from .intent import Action, Intent

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
        unsized = intent.quantity is None and intent.target_size is None
        return Move(intent.action, True, whole=unsized or intent.target not in (None, opposite))
    if intent.target == opposite:
        return None
    return Move(intent.action, False)


def towards_size(intent: Intent, held: Decimal) -> Intent:
    """The intent with the units that lead to the size that its strategy reports, where it does.

    The strategy's own position is the truth: an alert that was lost is made up for.
    """
    if intent.target_size is None or intent.target in (None, "flat"):
        return intent
    wanted = intent.target_size if intent.target == "long" else -intent.target_size
    change = wanted - held
    if change == 0 or held * wanted < 0:  # there already, or it turns round: exit first
        return intent
    action: Action = "buy" if change > 0 else "sell"
    return replace(intent, action=action, quantity=abs(change), quantity_kind="units")


def is_there(intent: Intent, held: Decimal) -> bool:
    """Whether the position is of the size that the strategy reports already."""
    if intent.target_size is None or intent.target in (None, "flat"):
        return False
    return held == (intent.target_size if intent.target == "long" else -intent.target_size)


def after_turning(intent: Intent, ended: Decimal) -> Intent | None:
    """What is left to open once the position of the other side, so many units, has ended; None:
    nothing. An alert's units are those of the whole turn."""
    if (intent.action, intent.target) not in (("buy", "long"), ("sell", "short")):
        return None
    if intent.target_size is not None:
        return replace(intent, quantity=intent.target_size, quantity_kind="units")
    if intent.quantity is None or intent.quantity_kind != "units":
        return intent
    rest = intent.quantity - ended
    return replace(intent, quantity=rest) if rest > 0 else None


def _is_meant(intent: Intent, held: Decimal) -> bool:
    """A close may be for one side only."""
    is_long, is_short = held > 0, held < 0
    return {"long": is_long, "short": is_short, None: is_long or is_short}[intent.closing]
