"""Units that broker and books don't agree on, repaired the way their user chose.

`ours` first lets the books follow the broker and then trades back by an ordinary order: so the
books are true at every moment, and what the order costs is booked like any other trade.
"""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ... import queues
from ...errors import Conflict
from ...marketdata import hours, products, quotes
from ...models import Bot, Order
from ...models.trading import LIVE_STATES
from ...money import ZERO, round_down
from ...plans import priority
from ...trading_accounts import access
from .. import accounts, clearing, protection, submit
from ..locks import Begin
from . import adjusting, drifts, repairs
from .account_book import amounts
from .adjusting import Adjustment
from .comparison import RESTING
from .repairing import Task, changed, refuse_changed, unchanged

_NEVER_LEFT = (protection.HELD, "planned")


def move_baseline(task: Task, now: datetime, begin: Begin) -> None:
    """What the broker has beyond the bots' books is the user's own from now on."""
    with begin() as session:
        state = accounts.state_of(session, task.drift.account_id)
        drift, stand = unchanged(session, task)
        beyond = {drift.symbol: stand.theirs - stand.held}
        state.outside = accounts.as_stored(amounts(state.outside) | beyond)
        drifts.close(session, drift, task.way, now)


def adjust(task: Task, now: datetime, begin: Begin) -> None:
    """Let the bots' books take over the broker's figure, and trade back if `ours` was asked for.

    Conflict `market_closed`, `too_small` where an order can't follow.
    """
    symbol = task.drift.symbol
    try:
        for order_id in _too_large(task, now, begin):
            clearing.cancel(order_id, now, begin)
        theirs = accounts.patiently(access.broker_of(task.drift.account_id).positions)
        refuse_changed(theirs.get(symbol, ZERO), task.drift.theirs)
        price = quotes.latest(task.asset_type, symbol, now).mid
        if task.way == "ours":
            _refuse_untradable(task, price, now, begin)
        with begin() as session:
            _book(session, task, price, now)
    finally:
        _guard(task, now, begin)
    for bot_id in task.bot_ids:
        queues.enqueue(queues.REFRESH_PERFORMANCE, str(bot_id))
    if task.way == "ours":
        priority.ring(*task.bot_ids)


def _too_large(task: Task, now: datetime, begin: Begin) -> list[uuid.UUID]:
    """Exits and guards at the broker that would sell more than their bot will have; those that
    never left end here. One that may be on its way there forbids the repair: Conflict
    `changed_meanwhile`."""
    with begin() as session:
        _, stand = unchanged(session, task)
        shares = repairs.share_out(stand).of_bots
        reduced = [one for one in shares if shares[one] * stand.holdings.get(one, ZERO) < 0]
        rows = session.scalars(
            select(Order).where(
                Order.bot_id.in_(reduced),
                Order.symbol == task.drift.symbol,
                Order.state.in_(LIVE_STATES),
                or_(Order.parent_id.is_not(None), Order.leg.startswith("exit")),
            )
        ).all()
        if any(order.state == "submitting" for order in rows):
            raise changed()
        for order in rows:
            if order.state in _NEVER_LEFT:
                protection.drop_held(order, "Its bot's position was corrected.", now)
    return [order.id for order in rows if order.state in RESTING]


def _refuse_untradable(task: Task, price: Decimal, now: datetime, begin: Begin) -> None:
    if not hours.is_open(task.asset_type, now):
        raise Conflict("market_closed", "The exchange is closed: no order can be sent now.")
    product = products.product(task.asset_type, task.drift.symbol, now)
    with begin() as session:
        shares = repairs.share_out(unchanged(session, task)[1]).of_bots
    for units in map(abs, shares.values()):
        is_whole = round_down(units, product.quantity_step) == units
        is_enough = units >= product.min_quantity and units * price >= product.min_notional
        if not (is_whole and is_enough):
            raise Conflict("too_small", "The broker takes no order of this size.")


def _book(session: Session, task: Task, price: Decimal, now: datetime) -> None:
    state = accounts.state_of(session, task.drift.account_id)
    drift, stand = unchanged(session, task)
    shares = repairs.share_out(stand)
    for bot_id, units in shares.of_bots.items():
        held = stand.holdings.get(bot_id, ZERO)
        one = Adjustment(drift, session.get_one(Bot, bot_id), held, units, price, now)
        adjusting.book(session, one, and_back=task.way == "ours")
    beyond = {drift.symbol: stand.outside + shares.rest}
    state.outside = accounts.as_stored(amounts(state.outside) | beyond)
    drifts.close(session, drift, task.way, now)


def _guard(task: Task, now: datetime, begin: Begin) -> None:
    """Whatever became of the repair, what the bots hold is guarded. Not while an order to trade
    back waits: it could meet the guard (a wash trade), and its fill brings the guards along."""
    with begin() as session:
        waiting = session.scalars(
            select(Order.bot_id).where(
                Order.bot_id.in_(task.bot_ids),
                Order.symbol == task.drift.symbol,
                Order.state == "planned",
                Order.parent_id.is_(None),
            )
        ).all()
        for bot_id in task.bot_ids.difference(waiting):
            protection.plan_missing(session, bot_id, task.drift.symbol, now)
    for bot_id in task.bot_ids:
        submit.send_protection(bot_id, now, begin)
