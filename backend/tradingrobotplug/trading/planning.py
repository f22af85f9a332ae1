"""From an intent to a stored order: direction, size, the rules' verdicts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..db import new_id
from ..models import Bot, Order
from ..money import ZERO
from . import case as cases
from . import direction, holdings, locking, protection, risk
from .case import Case
from .identity import client_order_id
from .intent import Intent
from .market import Market
from .terms import Terms

ENTRY, EXIT = "entry", "exit"
RESTING = ("accepted", "partially_filled")
_BLANK = dict.fromkeys(column.key for column in Order.__table__.columns if column.nullable)


@dataclass(frozen=True, slots=True)
class Plan:
    """What became of an intent. `verdicts` and `arithmetic` belong in the signal's log.

    `columns`: what of the order's row follows from the intent; empty if there is no new order.
    `price`: what a unit costs (or brings) when it trades.
    """

    status: Literal["planned", "refused", "ignored"]
    reason: str | None = None
    orders: tuple[Order, ...] = ()
    verdicts: tuple[dict[str, str], ...] = ()  # {"rule", "verdict": pass | refuse, "detail"}
    arithmetic: Mapping[str, str] = field(default_factory=dict)  # how the quantity came about
    leg: str | None = None  # entry | exit | exit:SYMBOL
    columns: Mapping[str, Any] = field(default_factory=dict)
    price: Decimal = ZERO


def plan(
    session: Session,
    bot: Bot,
    signal_id: uuid.UUID,
    intent: Intent,
    market: Market,
    now: datetime,
    *,
    of_many: bool = False,
    is_first: bool = False,
) -> Plan:
    """The signal's order as `planned`, for the caller to store in this very transaction; the same
    signal again finds the same order.

    `of_many`: the signal closes several symbols, so its orders are named by them. `is_first`: under
    the bot's lock the signal was seen to have no order yet.
    """
    weighed = weigh(
        session, bot, signal_id, intent, market, now, of_many=of_many, is_first=is_first
    )
    locking.note(bot, weighed.verdicts, now)
    if weighed.columns:
        return replace(weighed, orders=(_order(weighed.columns, now),))
    if weighed.status == "refused" and weighed.leg != ENTRY:
        # Its resting orders were cancelled for the exit: what it holds must be guarded again.
        protection.plan_missing(session, bot.id, intent.symbol, now)
    return weighed


def weigh(
    session: Session,
    bot: Bot,
    signal_id: uuid.UUID,
    intent: Intent,
    market: Market,
    now: datetime,
    *,
    of_many: bool = False,
    is_first: bool = False,
    after: Decimal = ZERO,
) -> Plan:
    """What `plan` would add, and why; nothing is changed.

    `after`: the signed units that an exit is to trade first.
    """
    positions = market.positions
    if positions is None:
        positions = holdings.positions_of(session, bot.id)
    position = positions.get(intent.symbol)
    held = position.quantity + after if position else ZERO
    if direction.is_there(intent, held):
        return Plan("ignored", "The position has the strategy's size already.")
    intent = direction.towards_size(intent, held)
    move = direction.decide(intent, held)
    if move is None:
        return Plan("ignored", direction.NO_POSITION)
    leg = (f"{EXIT}:{intent.symbol}" if of_many else EXIT) if move.is_exit else ENTRY
    known = None if is_first else session.scalars(_named(signal_id, leg)).one_or_none()
    if known:
        return Plan("planned", orders=(known,))
    case = Case(bot, signal_id, intent, market, positions, move, leg, now, after)
    return _weighed(session, case)


def left_to_open(session: Session, signal_id: uuid.UUID, intent: Intent) -> Intent | None:
    """The entry that follows the exit of a strategy that turns round; None if there is none, or if
    the exit has not filled."""
    exits = _exit_alone(session, signal_id)
    if exits is None or exits.state != "filled":
        return None
    return direction.after_turning(intent, exits.filled_quantity)


def awaits_exit(session: Session, signal_id: uuid.UUID, intent: Intent) -> Order | None:
    """The exit on which the entry of a strategy that turns round waits, if it may fill yet."""
    exits = _exit_alone(session, signal_id)
    if exits is None or exits.state not in RESTING:
        return None
    return exits if direction.after_turning(intent, exits.quantity) else None


def _exit_alone(session: Session, signal_id: uuid.UUID) -> Order | None:
    """The signal's exit, if it has no entry yet."""
    named = select(Order).where(Order.signal_id == signal_id, Order.leg.in_((ENTRY, EXIT)))
    found = session.scalars(named).all()
    return found[0] if len(found) == 1 and found[0].leg == EXIT else None


def _weighed(session: Session, case: Case) -> Plan:
    sized = cases.sized(session, case)
    terms = cases.terms(case, sized.quantity)
    proposal = cases.proposal(session, case, terms, sized.quantity)
    verdicts = risk.judge(proposal)
    refusal = next((v.detail for v in verdicts if not v.passes), sized.refusal)
    return Plan(
        "refused" if refusal else "planned",
        refusal,
        verdicts=tuple(verdict.as_json() for verdict in verdicts),
        arithmetic=sized.arithmetic,
        leg=case.leg,
        columns={} if refusal else _columns(case, terms, sized.quantity),
        price=case.price,
    )


def _columns(case: Case, terms: Terms, quantity: Decimal) -> dict[str, Any]:
    return terms.as_columns() | {
        "signal_id": case.signal_id,
        "leg": case.leg,
        "bot_id": case.bot.id,
        "user_id": case.bot.user_id,
        "mode": case.bot.trading_mode,
        "venue": case.venue,
        "account_id": case.bot.trading_account_id,
        "client_order_id": client_order_id(case.signal_id, case.leg),
        "quantity": quantity,
    }


def _order(columns: Mapping[str, Any], now: datetime) -> Order:
    begun = {"state": "planned", "filled_quantity": ZERO, "fees": ZERO, "attempts": 0}
    return Order(**_BLANK | dict(columns) | begun, id=new_id(), created_at=now)


def _named(signal_id: uuid.UUID, leg: str) -> Select[Order]:
    return select(Order).where(Order.signal_id == signal_id, Order.leg == leg)
