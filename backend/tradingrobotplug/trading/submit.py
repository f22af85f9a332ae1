"""The way to the venue and back: every step commits before the next, and no transaction is
open while the venue is asked."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .. import db
from ..models import Bot
from .intent import Intent
from .locks import Begin
from .market import Market


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending came to.

    `done`: every order has an answer. `retry`: certainly not sent, send again later.
    `in_doubt`: the venue may have it; sending again asks for the same order, never a second one.
    `rejected`: the venue's final no, with its reason.
    """

    word: Literal["done", "retry", "in_doubt", "rejected"]
    reason: str | None = None


def prepare(
    bot: Bot, signal_id: uuid.UUID, intent: Intent, now: datetime, begin: Begin = db.transaction
) -> Market:
    """What `service.plan` needs from outside; call it with no transaction open.

    An exit's resting orders (protection, unfilled entries) are cancelled and recorded first, so
    that the plan sees the position as it then is. Raises QuoteUnavailable or NoClearAnswer (try
    the signal again later) and UnknownSymbol (refuse it).
    """
    raise NotImplementedError


def send(signal_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> Sent:
    """Send every order of the signal that has no answer yet, and the protection that its fills
    call for. Running it again is harmless."""
    raise NotImplementedError
