"""From an intent to stored orders, and from a venue's answer to fills, lots and positions."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..brokers.broker import Outcome
from ..db import new_id
from ..models import Bot, Fill, Order
from ..money import ZERO, round_down
from . import books, direction, holdings, protection, risk, sizing
from .direction import Move
from .identity import client_order_id
from .intent import Intent
from .market import Market
from .sizing import Sized

__all__ = ["Plan", "client_order_id", "plan", "record"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What became of an intent. `verdicts` and `arithmetic` belong in the signal's log."""

    status: Literal["planned", "refused", "ignored"]
    reason: str | None = None
    orders: tuple[Order, ...] = ()
    verdicts: tuple[dict[str, str], ...] = ()  # {"rule", "verdict": pass | refuse, "detail"}
    arithmetic: Mapping[str, str] = field(default_factory=dict)  # how the quantity came about


@dataclass(frozen=True, slots=True)
class _Case:
    """One intent of one bot in the state of the moment."""

    bot: Bot
    signal_id: uuid.UUID
    intent: Intent
    market: Market
    positions: holdings.Positions
    move: Move
    now: datetime

    @property
    def held(self) -> Decimal:
        position = self.positions.get(self.intent.symbol)
        return position.quantity if position else ZERO

    @property
    def price(self) -> Decimal:
        """What a unit costs (or brings) when the order trades."""
        quote = self.market.quote
        asked = self.intent.limit_price or self.intent.stop_price
        return asked or (quote.ask if self.move.side == "buy" else quote.bid)

    @property
    def marks(self) -> dict[str, Decimal]:
        return {**self.market.marks, self.intent.symbol: self.market.quote.mid}


def plan(
    session: Session, bot: Bot, signal_id: uuid.UUID, intent: Intent, market: Market, now: datetime
) -> Plan:
    """Store the signal's order as `planned`; the same signal again finds the same order."""
    known = session.scalars(
        select(Order).where(Order.signal_id == signal_id, Order.parent_id.is_(None))
    ).all()
    if known:
        return Plan("planned", orders=tuple(known))
    positions = holdings.positions_of(session, bot.id)
    position = positions.get(intent.symbol)
    move = direction.decide(intent, position.quantity if position else ZERO)
    if move is None:
        return Plan("ignored", direction.NO_POSITION)
    result = _weigh(session, _Case(bot, signal_id, intent, market, positions, move, now))
    if result.status == "refused" and move.is_exit:
        # Its resting orders were cancelled for the exit: what it holds must be guarded again.
        protection.plan_missing(session, bot.id, intent.symbol, now)
    return result


def record(session: Session, order: Order, outcome: Outcome, now: datetime) -> list[Fill]:
    """Take in what a venue says of an order; saying it twice changes nothing. New fills.

    One transaction holds the order's state, fills, lots, round trips, the position, and the
    protection that the fills call for.
    """
    fills = books.take_in(session, order, outcome, now)
    if fills or outcome.state in books.FINAL or order.leg == "exit":
        protection.plan_missing(session, order.bot_id, order.symbol, now)
    return fills


def _weigh(session: Session, case: _Case) -> Plan:
    sized = _size(session, case)
    verdicts = risk.judge(_proposal(session, case, sized.quantity))
    words = tuple(verdict.as_json() for verdict in verdicts)
    refusal = next((v.detail for v in verdicts if not v.passes), sized.refusal)
    if refusal:
        return Plan("refused", refusal, (), words, sized.arithmetic)
    order = _store(session, case, sized.quantity)
    return Plan("planned", None, (order,), words, sized.arithmetic)


def _size(session: Session, case: _Case) -> Sized:
    bot, product = case.bot, case.market.product
    if case.move.is_exit:
        return sizing.size_exit(
            case.held, case.intent.quantity, case.move.whole, case.price, product
        )
    equity = None
    if case.intent.quantity is None and bot.position_sizing["type"] == "percent_of_portfolio":
        equity = holdings.equity(session, bot, case.positions, case.marks)
    return sizing.size_entry(bot.position_sizing, case.intent.quantity, case.price, equity, product)


def _proposal(session: Session, case: _Case, quantity: Decimal) -> risk.Proposal:
    bot, intent, move = case.bot, case.intent, case.move
    day_result = None
    if bot.risk_management.get("max_daily_loss") is not None and not move.is_exit:
        day_result = holdings.day_result(session, bot, case.positions, case.marks, case.now)
    return risk.Proposal(
        bot_status=bot.status,
        symbols=tuple(bot.symbols),
        symbol=intent.symbol,
        side=move.side,
        is_exit=move.is_exit,
        quantity=quantity,
        price=case.price,
        held=case.held,
        open_positions=len(case.positions),
        day_result=day_result,
        sent_at=intent.sent_at,
        now=case.now,
        allow_short=bool(bot.execution.get("allow_short")),
        max_signal_age_seconds=_oldest(bot, intent),
        **protection.asked_prices(intent),
        limits=bot.risk_management,
    )


def _oldest(bot: Bot, intent: Intent) -> int:
    """Seconds that the alert may be old: the bot's limit or the sender's, and the wait it asked."""
    limit = int(bot.execution.get("max_signal_age_seconds", 120))
    if intent.max_age_seconds is not None:
        limit = min(limit, intent.max_age_seconds)
    return limit + intent.delay_seconds


def _store(session: Session, case: _Case, quantity: Decimal) -> Order:
    leg = "exit" if case.move.is_exit else "entry"
    values = _instruction(case) | {
        "id": new_id(),
        "signal_id": case.signal_id,
        "leg": leg,
        "bot_id": case.bot.id,
        "user_id": case.bot.user_id,
        "mode": case.bot.trading_mode,
        "venue": "paper",
        "client_order_id": client_order_id(case.signal_id, leg),
        "state": "planned",
        "quantity": quantity,
        "filled_quantity": ZERO,
        "fees": ZERO,
        "attempts": 0,
        "created_at": case.now,
    }
    stored = insert(Order).values(**values).on_conflict_do_nothing().returning(Order)
    known = select(Order).where(Order.signal_id == case.signal_id, Order.leg == leg)
    return session.scalars(stored).one_or_none() or session.scalars(known).one()


def _instruction(case: _Case) -> dict[str, Any]:
    """The part of an order that the venue reads."""
    bot, intent, product = case.bot, case.intent, case.market.product
    guards: dict[str, str] = {}
    if not case.move.is_exit:
        guards = protection.wanted(intent, bot.risk_management, product)
    return {
        "symbol": intent.symbol,
        "side": case.move.side,
        "type": intent.order_type,
        "time_in_force": _time_in_force(bot.asset_type, intent.order_type),
        "extended_hours": bool(bot.execution.get("extended_hours")),
        "limit_price": _on_grid(intent.limit_price, product.price_step),
        "stop_price": _on_grid(intent.stop_price, product.price_step),
        "reference_price": intent.price or case.price,
        "protection": guards,
    }


def _time_in_force(asset_type: str, order_type: str) -> str:
    """A market order is for today; a price that was asked for rests until it is met."""
    if order_type != "market":
        return "gtc"
    return "ioc" if asset_type == "crypto" else "day"


def _on_grid(price: Decimal | None, step: Decimal) -> Decimal | None:
    return None if price is None else round_down(price, step)
