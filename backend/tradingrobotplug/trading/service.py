"""From an intent to stored orders, and from a venue's answer to fills, lots and positions."""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from ..brokers.broker import Outcome
from ..models import Bot, Fill, Order
from .intent import Intent
from .market import Market


@dataclass(frozen=True, slots=True)
class Plan:
    """What became of an intent. `verdicts` and `arithmetic` belong in the signal's log."""

    status: Literal["planned", "refused", "ignored"]
    reason: str | None
    orders: tuple[Order, ...]
    verdicts: tuple[dict[str, str], ...]  # {"rule", "verdict": pass | refuse, "detail"}
    arithmetic: dict[str, str]  # how the quantity came about


def client_order_id(signal_id: uuid.UUID, leg: str) -> str:
    """Derivable from the signal and the leg, free of user data, 32 characters long."""
    digest = hashlib.sha256(f"{signal_id}:{leg}".encode()).digest()
    return "trp" + base64.b32encode(digest).decode().lower()[:29]


def plan(
    session: Session, bot: Bot, signal_id: uuid.UUID, intent: Intent, market: Market, now: datetime
) -> Plan:
    """Store the signal's order as `planned`; the same signal again finds the same order."""
    raise NotImplementedError


def record(session: Session, order: Order, outcome: Outcome, now: datetime) -> list[Fill]:
    """Take in what a venue says of an order; saying it twice changes nothing. New fills."""
    raise NotImplementedError
