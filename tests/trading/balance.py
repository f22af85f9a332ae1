"""The books added up a second time, from the fills alone, and held against the venue's."""

import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import TypeVar

from tests.trading.accounts import AccountDesk
from tests.trading.conftest import rows
from tradingrobotplug import clock, db, queues
from tradingrobotplug.brokers.broker import NotReached
from tradingrobotplug.models import Fill, Lot, Order, Position, RoundTrip
from tradingrobotplug.trading import unguarded
from tradingrobotplug.trading.planning import RESTING
from tradingrobotplug.trading.venue import reference

T = TypeVar("T")
UNIT, ZERO = Decimal("1e-12"), Decimal(0)


def signed(fill: Fill) -> Decimal:
    return fill.quantity if fill.side == "buy" else -fill.quantity


def cash_of(fills: list[Fill]) -> Decimal:
    """What the fills brought in, less what they cost."""
    return -sum((signed(fill) * fill.price + fill.fee for fill in fills), ZERO)


def assert_books_add_up(desk: AccountDesk) -> None:
    """Fills against orders, lots, round trips and the position, to the last digit that is kept."""
    mine = desk.bot.id
    fills = rows(Fill, Fill.bot_id == mine)
    for order in rows(Order, Order.bot_id == mine):
        own = [fill for fill in fills if fill.trade_id == order.id]
        assert order.filled_quantity == sum((fill.quantity for fill in own), ZERO), order.leg
        assert order.fees == sum((fill.fee for fill in own), ZERO), order.leg
        assert order.filled_quantity <= order.quantity, order.leg
    lots = rows(Lot, Lot.bot_id == mine)
    units = sum((signed(fill) for fill in fills), ZERO)
    assert units == sum((lot.remaining for lot in lots), ZERO)
    assert units == sum((p.quantity for p in rows(Position, Position.bot_id == mine)), ZERO)
    earned = sum((trip.pnl for trip in rows(RoundTrip, RoundTrip.bot_id == mine)), ZERO)
    paid = sum((lot.remaining * lot.price + _fee_of_rest(lot) for lot in lots), ZERO)
    assert cash_of(fills) == earned - paid


def assert_nothing_is_left_unguarded(desk: AccountDesk) -> None:
    """But where the venue has refused protection again and again, which the user is told."""
    with db.transaction() as session:
        assert unguarded.bots(session, clock.now()) == []


def assert_same_as_venue(desk: AccountDesk, cash_before: Decimal) -> None:
    """Units, cash, what is open, and what every order filled, as the venue has it."""
    orders = rows(Order, Order.bot_id == desk.bot.id)
    fills = rows(Fill, Fill.bot_id == desk.bot.id)
    account = desk.broker
    assert _asked(desk.held) == sum((signed(fill) for fill in fills), ZERO)
    spent = _asked(account.balances).cash - cash_before - cash_of(fills)
    assert abs(spent) <= UNIT * len(fills)  # a venue's fee may have more places than are kept
    sent = [order for order in orders if order.broker_order_id]
    there = {o.client_order_id: _asked(partial(account.look_up, reference(o))) for o in sent}
    assert {name: found.filled_quantity for name, found in there.items() if found} == {
        order.client_order_id: order.filled_quantity for order in sent
    }
    open_here = {order.broker_order_id for order in orders if order.state in RESTING}
    open_there = _asked(account.open_orders)
    assert open_here <= {one.broker_order_id for one in open_there}
    # Legs that came with an entry have ids of their own; Alpaca lists them by themselves.
    named = {order.client_order_id for order in orders if order.state in RESTING}
    legs = [one for one in open_there if not str(one.client_order_id).startswith("trp")]
    assert {one.client_order_id for one in open_there if one not in legs} <= named
    assert not legs or any(o.type == "bracket" for o in orders if o.state in RESTING)


def _asked(question: Callable[[], T]) -> T:
    """The answer, whatever the account's allowance: this is a test's question and no bot's. The
    venue's own limit is by the second."""
    for _ in range(5):
        queues.redis().flushall()
        with suppress(NotReached):
            return question()
        time.sleep(1)
    return question()


def _fee_of_rest(lot: Lot) -> Decimal:
    return (lot.fee * lot.remaining / lot.quantity).quantize(UNIT)
