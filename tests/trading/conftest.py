"""A bot that trades Bitcoin at a price which the test sets, on the real paper broker."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.factories import make_bot
from tests.venues import Sandbox, markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, BotSequence, Order, Signal, User
from tradingrobotplug.signals.jobs import process_signals
from tradingrobotplug.trading import service, submit
from tradingrobotplug.trading.intent import Intent, Level, StopLoss, TakeProfit
from tradingrobotplug.trading.service import Plan

__all__ = ["markets", "sandbox"]

SYMBOL = "BTC-USD"

pytest.register_assert_rewrite("tests.trading.balance")


class Desk:
    """Signals of one bot, carried out as they are in production; and the market they meet."""

    def __init__(self, bot: Bot, market: Sandbox) -> None:
        self.bot = bot
        self.market = market
        self.count = 0

    def price(self, price: str, symbol: str = SYMBOL) -> None:
        """Set the market's middle price."""
        self.market.tell("price", symbol=symbol, price=price)
        venue.forget()

    def signal(self) -> UUID:
        """A stored signal of the bot, the next in its order."""
        self.count += 1
        now = clock.now()
        row = Signal(bot_id=self.bot.id, seq=self.count, source="webhook", body=b"{}",
                     status="processing", received_at=now, next_attempt_at=now, log=[])  # fmt: skip
        counted = BotSequence(bot_id=self.bot.id, last=self.count, minute=now, in_minute=0,
                              in_minute_before=0)  # fmt: skip
        with db.transaction() as session:
            session.add(row)
            session.merge(counted)
        return row.id

    def work(self) -> None:
        """What the bot's worker does about signals that others stored."""
        mine = update(Signal).where(Signal.bot_id == self.bot.id, Signal.source == "webhook")
        with db.transaction() as session:
            session.execute(mine.values(status="done"))
        process_signals(str(self.bot.id))

    def plan(self, signal_id: UUID, intent: Intent, now: datetime | None = None) -> Plan:
        """What becomes of the intent, nothing sent yet."""
        at = now or clock.now()
        market = submit.prepare(self.bot, signal_id, intent, at)
        with db.transaction() as session:
            plan = service.plan(session, self.bot, signal_id, intent, market, at)
            session.add_all(plan.orders)
            return plan

    def trade(
        self,
        action: Any,
        quantity: str | None = None,
        stop_loss: Decimal | None = None,
        take_profit: Decimal | None = None,
        **fields: Any,
    ) -> Plan:
        """Plan and send; protection is given by its prices."""
        signal_id = self.signal()
        if stop_loss is not None:
            fields["stop_loss"] = StopLoss(Level(stop_loss))
        if "stop" in fields:
            fields["stop_loss"] = fields.pop("stop")
        if "trailing" in fields:
            distance = Level(Decimal(fields.pop("trailing")), "percent")
            fields["stop_loss"] = StopLoss(distance, "trailing_stop")
        if take_profit is not None:
            fields["take_profits"] = (TakeProfit(Level(take_profit)),)
        asked = None if quantity is None else Decimal(quantity)
        symbol = fields.pop("symbol", SYMBOL)
        plan = self.plan(signal_id, Intent(action, symbol, asked, **fields))
        submit.send(signal_id, clock.now())
        return plan


@pytest.fixture
def desk(user: User, markets: Sandbox) -> Desk:
    found = Desk(make_bot(user), markets)
    found.price("50000")
    return found


def rows(kind: type[Any], *where: Any) -> list[Any]:
    """Every row of a table, oldest first."""
    order = (Order.created_at, Order.leg) if kind is Order else kind.__mapper__.primary_key
    with db.transaction() as session:
        return list(session.scalars(select(kind).where(*where).order_by(*order)))
