"""What an intent would come to now: the order that would go out, what would guard it, and the
entry behind an exit. Decided by what decides on signals; nothing is stored and nobody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ..db import new_id
from ..models import Bot
from . import direction, levels, planning
from .intent import Intent
from .market import Market
from .planning import Plan


@dataclass(frozen=True, slots=True)
class Guard:
    """An order that would guard the entry, were it filled at the price of its plan."""

    leg: levels.Leg
    quantity: Decimal
    held_by: str  # venue | platform


@dataclass(frozen=True, slots=True)
class Ahead:
    """A plan that was not carried out. `follows_exit`: its turn comes once the exit has filled."""

    symbol: str
    plan: Plan
    follows_exit: bool = False

    @property
    def guards(self) -> list[Guard]:
        """What would guard the order's fills; nothing of an exit."""
        return _guards(self.plan.columns, self.plan.price)


def ahead(
    session: Session, bot: Bot, intent: Intent, market: Market, now: datetime, *, of_many: bool
) -> list[Ahead]:
    """The plan for the intent's symbol; and a second one if its strategy turns round."""
    signal_id = new_id()  # of no signal: it gives the orders their names
    plan = planning.weigh(session, bot, signal_id, intent, market, now, of_many=of_many)
    found = [Ahead(intent.symbol, plan)]
    if plan.leg != planning.EXIT or plan.status != "planned":
        return found
    traded = plan.columns["quantity"]
    rest = direction.after_turning(intent, traded)
    if rest is None:
        return found
    after = -traded if plan.columns["side"] == "sell" else traded
    entry = planning.weigh(session, bot, signal_id, rest, market, now, after=after)
    return found if entry.status == "ignored" else [*found, Ahead(intent.symbol, entry, True)]


def _guards(columns: Mapping[str, Any], price: Decimal) -> list[Guard]:
    protection = columns.get("protection")
    if not protection:
        return []
    parts = levels.slices(protection, price, columns["side"] == "buy", columns["quantity"])
    return [Guard(leg, part.quantity, "venue") for part in parts for leg in part.legs]
