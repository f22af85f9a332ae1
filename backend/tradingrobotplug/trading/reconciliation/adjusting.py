"""A bot's book follows the broker's: units that came or went without an order of ours.

Each repair is a signal of its own (source `repair`), so that it stands in the bot's log and its
orders have names that no other signal can give.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ... import live
from ...brokers.broker import Execution, Outcome
from ...models import Bot, Drift, Fill, Lot, Order, Signal
from ...money import ZERO, as_text
from .. import books
from ..identity import REPAIR, client_order_id
from ..numbering import next_seq
from ..venue import venue_of


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Signed units that a bot's book takes over, at a price of the market; `held`: its units
    before."""

    drift: Drift
    bot: Bot
    held: Decimal
    units: Decimal
    price: Decimal
    now: datetime

    @property
    def opens(self) -> bool:
        """Whether the position grows."""
        return self.units * self.held >= 0

    @property
    def reason(self) -> str:
        """What signal and orders say of themselves."""
        theirs, ours = as_text(self.drift.theirs), as_text(self.drift.ours)
        change = f"{as_text(abs(self.units))} {'more' if self.units > 0 else 'less'}"
        return f"The broker held {theirs} where our books came to {ours}: {change} for this bot."


def book(session: Session, one: Adjustment, *, and_back: bool) -> Signal:
    """Book the units as a fill of an order that was never sent, at no fee.

    `and_back`: plan the order that brings bot and broker back to what the bot had; the bot's
    worker sends it, and its fills are booked like any other's.
    """
    guards = _guards(session, one)
    signal = _signal(session, one, "received" if and_back else "done")
    order = _order(one, signal, REPAIR, "buy" if one.units > 0 else "sell")
    order.protection = guards if one.opens else {}
    session.add(order)
    session.flush()
    execution = Execution(f"repair:{one.drift.id}", abs(one.units), one.price, ZERO, one.now)
    outcome = Outcome("filled", order.client_order_id, None, (execution,), one.reason)
    books.take_in(session, order, outcome, one.now)
    live.note(session, "position", one.bot.user_id, one.bot.id, order.id)
    if and_back:
        leg, side = "exit" if one.opens else "entry", "sell" if one.units > 0 else "buy"
        back = _order(one, signal, leg, side)
        back.protection = {} if one.opens else guards
        session.add(back)
        session.flush()
    return signal


def _signal(session: Session, one: Adjustment, status: str) -> Signal:
    said = {"step": "repaired", "at": one.now.isoformat(), "ms": 0, "reason": one.reason}
    row = Signal(
        bot_id=one.bot.id,
        seq=next_seq(session, one.bot.id, one.now),
        source=REPAIR,
        body=json.dumps({"repair": one.drift.symbol, "reason": one.reason}).encode(),
        status=status,
        received_at=one.now,
        next_attempt_at=one.now,
        finished_at=one.now if status == "done" else None,
        log=[said],
    )
    session.add(row)
    session.flush()
    live.note(session, "signal", one.bot.user_id, one.bot.id, row.id)
    return row


def _order(one: Adjustment, signal: Signal, leg: str, side: str) -> Order:
    bot = one.bot
    return Order(
        signal_id=signal.id,
        leg=leg,
        bot_id=bot.id,
        user_id=bot.user_id,
        mode=bot.trading_mode,
        venue=venue_of(bot),
        account_id=one.drift.account_id,
        client_order_id=client_order_id(signal.id, leg),
        state="planned",
        symbol=one.drift.symbol,
        side=side,
        type="market",
        time_in_force="ioc" if bot.asset_type == "crypto" else "day",
        quantity=abs(one.units),
        filled_quantity=ZERO,
        fees=ZERO,
        reference_price=one.price,
        created_at=one.now,
    )


def _guards(session: Session, one: Adjustment) -> dict[str, Any]:
    """New units are guarded like those open that the bot bought last, by orders of their own:
    nothing was attached to them at the broker."""
    found = session.scalar(
        select(Order.protection)
        .join(Fill, Fill.trade_id == Order.id)
        .join(Lot, Lot.fill_seq == Fill.seq)
        .where(Lot.bot_id == one.bot.id, Lot.symbol == one.drift.symbol, Lot.remaining > 0)
        .order_by(Lot.seq.desc())
        .limit(1)
    )
    return {name: level for name, level in (found or {}).items() if name != "attached"}
