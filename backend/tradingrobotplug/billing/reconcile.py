"""Everything that Stripe has of our customers against what is stored here; what differs is put
right and said."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import transaction
from ..models import BillingCustomer, PluginAccess, Subscription, Transaction, User
from . import customers, happenings, inbox, pages, records, subscriptions, terms, transactions
from .customers import turn
from .subscriptions import Fetched

_SUBSCRIPTION = (
    *("plan_id", "status", "stripe_subscription_id", "stripe_item_id", "price_id"),
    *("schedule_id", "period_start", "period_end", "trial_end", "cancel_at", "next_plan_id"),
)
_TRANSACTION = ("kind", "status", "total_cents", "paid_cents")


def run(now: datetime) -> Iterator[str]:
    """One sentence for everything that was put right, or that a person must look at."""
    yield from _adopt_unknown(now)
    with transaction() as session:
        known = session.execute(
            select(BillingCustomer.user_id, BillingCustomer.stripe_id, User.email)
            .join(User, User.id == BillingCustomer.user_id)
            .where(BillingCustomer.deleted_at.is_(None))
            .order_by(User.email)
        ).all()
    for user_id, customer_id, email in known:
        assert user_id is not None
        with turn(user_id):
            for sentence in _settled(user_id, customer_id, now):
                yield f"{email}: {sentence}"
    with transaction() as session:
        revived = inbox.revive(session, now)
    if revived:
        yield f"{revived} events that had been given up are tried again."


def _adopt_unknown(now: datetime) -> Iterator[str]:
    """Customers at Stripe that pay and that no user here has."""
    for customer_id, user_text in set(records.all_subscriptions()):
        with transaction() as session:
            if session.get(BillingCustomer, customer_id) is not None:
                continue
            user = session.get(User, uuid.UUID(user_text)) if user_text else None
            mine = customers.of_user(session, user.id) if user else None
            if user is None or mine is not None:
                yield f"{customer_id} pays at Stripe and is nobody's here: look at it there."
                continue
            customers.adopt(session, customer_id, user.id, now)
        yield f"{user.email}: is {customer_id} at Stripe, which was not known here."


def _settled(user_id: uuid.UUID, customer_id: str, now: datetime) -> Iterator[str]:
    before = _snapshot(user_id)
    if not pages.is_known(customer_id):
        happenings.settle_gone(user_id, customer_id, now)
        yield f"Stripe has no customer {customer_id} any more: nothing is paid for."
        return
    fetched = subscriptions.refresh(user_id, customer_id, now)
    repaired = list(_bill_once(fetched))
    yield from repaired
    if repaired:
        subscriptions.refresh(user_id, customer_id, now)
    for page in records.checkouts_of(customer_id):
        happenings.settle_checkout(user_id, page.id, now)
    invoices = records.invoices_of(customer_id)
    with transaction() as session:
        for invoice in invoices:
            transactions.keep_invoice(session, user_id, invoice, now)
    for charge in records.charges_of(customer_id):
        if charge.refunded_cents:
            happenings.settle_charge(user_id, charge.id, now)
    yield from _differences(before, _snapshot(user_id))


def _bill_once(fetched: Fetched) -> Iterator[str]:
    """End what is billed beside the one subscription's one item; the rest is credited."""
    for other in fetched.others:
        terms.end_now(other.id)
        yield f"was billed for a second subscription ({other.id}): ended, the rest credited."
    current = fetched.current
    if current is None or len(current.items) < 2 or current.status in subscriptions.OVER:
        return
    for item in current.items:
        if item.id != subscriptions.billed_item(current).id:
            terms.drop_item(current.id, item.id)
            yield f"was billed for a second item ({item.id}): dropped, the rest credited."


def _snapshot(user_id: uuid.UUID) -> dict[str, Any]:
    with transaction() as session:
        return {
            **_of_subscription(session.get(Subscription, user_id)),
            **_of_transactions(session, user_id),
            **_of_robots(session, user_id),
        }


def _of_subscription(row: Subscription | None) -> dict[str, Any]:
    return {f"subscription {name}": getattr(row, name, None) for name in _SUBSCRIPTION}


def _of_transactions(session: Session, user_id: uuid.UUID) -> dict[str, Any]:
    rows = session.scalars(select(Transaction).where(Transaction.user_id == user_id))
    return {row.stripe_id: " ".join(str(getattr(row, n)) for n in _TRANSACTION) for row in rows}


def _of_robots(session: Session, user_id: uuid.UUID) -> dict[str, Any]:
    rows = session.scalars(select(PluginAccess).where(PluginAccess.user_id == user_id))
    return {f"robot {row.plugin_id}": "ended" if row.ended_at else row.level for row in rows}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield f"{name} was {_said(was)} here and is {_said(now)} at Stripe: taken over."


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "nothing" if value is None else str(value)
