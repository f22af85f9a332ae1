"""What follows from each event of Stripe's.

Events come at least once and in no certain order, so an event only says where to look: what is
there now is fetched and stored, under the user's turn. The last look is at the newest state,
whichever event it belongs to.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .. import logs
from ..db import transaction
from ..models import BillingCustomer, StripeEvent
from . import notices, records, robots, subscriptions, transactions
from .customers import turn

DONE = "done"


@dataclass(frozen=True, slots=True)
class Told:
    """An event about something of a customer of ours."""

    type: str
    object_id: str
    user_id: uuid.UUID
    customer_id: str


def carry_out(event: StripeEvent, now: datetime) -> str:
    """Look at what the event is about: `done`, or `ignored: ` and why. Unavailable, Conflict."""
    follow = _FOLLOWS.get(event.type)
    if follow is None:
        return "ignored: nothing follows from this type"
    customer_id = event.customer_id or _payer(event)
    with transaction() as session:
        customer = session.get(BillingCustomer, customer_id) if customer_id else None
    if customer is None or customer.user_id is None:
        return "ignored: the customer is not one of ours"
    with turn(customer.user_id):
        follow(Told(event.type, event.object_id, customer.user_id, customer.stripe_id), now)
    return DONE


def settle_checkout(user_id: uuid.UUID, checkout_id: str, now: datetime) -> None:
    """Give what was paid for on a page, and nothing for what was not. In the user's turn.

    A page can be complete and unpaid: some payments take days. What was refunded meanwhile is not
    given either.
    """
    page = records.checkout(checkout_id)
    if page.mode != "payment" or page.robot_id is None or not page.is_paid:
        return
    is_refunded = page.payment_id is not None and records.is_refunded(page.payment_id)
    with transaction() as session:
        transactions.keep_payment(session, user_id, page, now)
        if not is_refunded:
            robots.grant_bought(session, user_id, page.robot_id, page.payment_id, now)


def settle_charge(user_id: uuid.UUID, charge_id: str, now: datetime) -> None:
    """Keep what was given back of a payment; all of it, and what it bought ends."""
    charge = records.charge(charge_id)
    refunds = records.refunds_of(charge_id)
    with transaction() as session:
        for refund in refunds:
            transactions.keep_refund(session, user_id, refund, now)
        if charge.is_refunded and charge.payment_id is not None:
            robots.end_refunded(session, charge.payment_id, now)


def settle_invoice(user_id: uuid.UUID, invoice_id: str, now: datetime) -> None:
    """Keep an invoice as it is now."""
    invoice = records.invoice(invoice_id)
    with transaction() as session:
        transactions.keep_invoice(session, user_id, invoice, now)


def settle_gone(user_id: uuid.UUID, customer_id: str, now: datetime) -> None:
    """Stripe has no such customer any more, so nothing is paid for."""
    with transaction() as session:
        session.get_one(BillingCustomer, customer_id).deleted_at = now
        subscriptions.store(session, user_id, None, now)


def _payer(event: StripeEvent) -> str | None:
    """Of a dispute, which names its charge alone."""
    return records.charge(event.object_id).customer_id if "dispute" in event.type else None


def _checkout(told: Told, now: datetime) -> None:
    settle_checkout(told.user_id, told.object_id, now)
    subscriptions.refresh(told.user_id, told.customer_id, now)
    if told.type.endswith("async_payment_failed"):
        with transaction() as session:
            notices.not_paid(session, told.user_id, told.object_id, now)


def _subscription(told: Told, now: datetime) -> None:
    subscriptions.refresh(told.user_id, told.customer_id, now)
    if told.type.endswith("trial_will_end"):
        with transaction() as session:
            row = subscriptions.of_user(session, told.user_id)
            if row is not None:
                notices.trial_ends(session, row, now)


def _invoice(told: Told, now: datetime) -> None:
    settle_invoice(told.user_id, told.object_id, now)
    subscriptions.refresh(told.user_id, told.customer_id, now)
    with transaction() as session:
        row = subscriptions.of_user(session, told.user_id)
        if row is not None:
            notices.grace(session, row, now)
        if told.type.endswith("payment_action_required"):
            notices.must_confirm(session, told.user_id, told.object_id, now)
    if told.type.endswith("finalization_failed"):
        logs.event("billing.invoice_stuck", level=logging.ERROR, invoice=told.object_id)


def _refund(told: Told, now: datetime) -> None:
    settle_charge(told.user_id, told.object_id, now)


def _dispute(told: Told, now: datetime) -> None:
    """A person has to answer the bank, at Stripe."""
    logs.event("billing.disputed", level=logging.ERROR, charge=told.object_id, user=told.user_id)
    settle_charge(told.user_id, told.object_id, now)


def _customer_gone(told: Told, now: datetime) -> None:
    settle_gone(told.user_id, told.customer_id, now)


_FOLLOWS: dict[str, Callable[[Told, datetime], None]] = {
    "checkout.session.completed": _checkout,
    "checkout.session.async_payment_succeeded": _checkout,
    "checkout.session.async_payment_failed": _checkout,
    "checkout.session.expired": _checkout,
    "customer.subscription.created": _subscription,
    "customer.subscription.updated": _subscription,
    "customer.subscription.deleted": _subscription,
    "customer.subscription.paused": _subscription,
    "customer.subscription.resumed": _subscription,
    "customer.subscription.trial_will_end": _subscription,
    "invoice.paid": _invoice,
    "invoice.payment_failed": _invoice,
    "invoice.payment_action_required": _invoice,
    "invoice.finalization_failed": _invoice,
    "charge.refunded": _refund,
    "charge.dispute.created": _dispute,
    "customer.deleted": _customer_gone,
}
HANDLED = frozenset(_FOLLOWS)
