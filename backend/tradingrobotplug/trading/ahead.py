"""What an intent would come to now: the order that would go out, what would guard it, and the
entry behind an exit. Decided by what decides on signals; nothing is stored and nobody is asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from ..db import new_id
from ..models import Bot
from . import direction, planning
from .custody import Guard, Place, guarded
from .intent import Intent
from .market import Market
from .planning import Plan


@dataclass(frozen=True, slots=True)
class Ahead:
    """A plan that was not carried out. `guards`: what would guard each part of its order, were it
    filled at the plan's price. `follows_exit`: its turn comes once the exit has filled."""

    symbol: str
    plan: Plan
    guards: tuple[tuple[Decimal, list[Guard]], ...] = ()
    follows_exit: bool = False


def ahead(
    session: Session, bot: Bot, intent: Intent, market: Market, now: datetime, *, of_many: bool
) -> list[Ahead]:
    """The plan for the intent's symbol; and a second one if its strategy turns round."""
    signal_id = new_id()  # of no signal: it gives the orders their names
    plan = planning.weigh(session, bot, signal_id, intent, market, now, of_many=of_many)
    found = [_looked_at(intent.symbol, plan, market)]
    if plan.leg != planning.EXIT or plan.status != "planned":
        return found
    traded = plan.columns["quantity"]
    rest = direction.after_turning(intent, traded)
    if rest is None:
        return found
    after = -traded if plan.columns["side"] == "sell" else traded
    # What the exit sets free is known once it has filled.
    freed = replace(market, standing=replace(market.standing, buying_power=None))
    entry = planning.weigh(session, bot, signal_id, rest, freed, now, after=after)
    if entry.status == "ignored":
        return found
    return [*found, replace(_looked_at(intent.symbol, entry, market), follows_exit=True)]


def _looked_at(symbol: str, plan: Plan, market: Market) -> Ahead:
    columns = plan.columns
    protection = columns.get("protection")
    if not protection:
        return Ahead(symbol, plan)
    place = Place(columns["venue"], market.standing.unsupported)
    is_long = columns["side"] == "buy"
    guards = guarded(protection, plan.price, is_long, columns["quantity"], place)
    return Ahead(symbol, plan, tuple(guards))
