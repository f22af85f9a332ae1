"""Open orders that only one side knows: the books follow the broker, or the order is cancelled
there."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...brokers.broker import Broker, NoClearAnswer, OpenOrder, Outcome, Reference
from ...models import Order
from ...trading_accounts import access
from .. import accounts, books, service, submit
from ..locks import Begin
from ..venue import reference
from . import drifts
from .repairing import Task, unchanged

_OLDEST = timedelta(days=90)  # Alpaca ends what rests for longer


def give_up(task: Task, now: datetime, begin: Begin) -> None:
    """An order that the broker does not show ends in our books; what it guarded is guarded anew.
    If the broker knows it after all, its word is booked."""
    with begin() as session:
        order = _ours(session, task)
    assert order is not None
    outcome = _word(access.broker_of(task.drift.account_id), order)
    reason = "The broker does not show this order, so the books gave it up."
    gone = Outcome("cancelled", order.client_order_id, order.broker_order_id, (), reason)
    with begin() as session:
        drift, _ = unchanged(session, task)
        service.record(session, session.get_one(Order, order.id), outcome or gone, now)
        drifts.close(session, drift, "gone" if outcome else task.way, now)
    submit.send_protection(order.bot_id, now, begin)


def cancel(task: Task, now: datetime, begin: Begin) -> None:
    """An order under our name that no signal stands behind is cancelled at the broker. What
    traded of it is booked if it was ours once; otherwise the next look shows it as units."""
    broker = access.broker_of(task.drift.account_id)
    open_orders = accounts.patiently(broker.open_orders)
    there = [one for one in open_orders if one.client_order_id == task.drift.subject]
    outcome = broker.cancel(_reference(task, there[0])) if there else None
    with begin() as session:
        drift, _ = unchanged(session, task)
        order = _ours(session, task)
        if order is not None and outcome is not None:
            books.take_in(session, order, outcome, now)
        drifts.close(session, drift, task.way if there else "gone", now)


def _word(broker: Broker, order: Order) -> Outcome | None:
    """What the broker says of it. NoClearAnswer if it shows it as open and says no more."""
    try:
        return accounts.patiently(lambda: broker.look_up(reference(order)))
    except NoClearAnswer:
        open_orders = accounts.patiently(broker.open_orders)
        if any(one.client_order_id == order.client_order_id for one in open_orders):
            raise
        return None


def _ours(session: Session, task: Task) -> Order | None:
    named = select(Order).where(Order.client_order_id == task.drift.subject)
    return session.scalars(named).one_or_none()


def _reference(task: Task, found: OpenOrder) -> Reference:
    return Reference(
        client_order_id=task.drift.subject,
        broker_order_id=found.broker_order_id,
        symbol=found.symbol,
        placed_at=task.drift.found_at - _OLDEST,
        is_exit=True,  # may use what is kept for what makes an account safer
    )
