"""What Stripe has on record: subscriptions, invoices, charges, refunds, pages, prices."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from .. import logs
from ..errors import NotFound, Unavailable
from . import answers, stripe_api
from .answers import USER, CheckoutSeen, SubscriptionSeen


def subscriptions_of(customer_id: str, now: datetime) -> list[SubscriptionSeen]:
    """All that the customer has had, newest first, with what their schedules bring."""
    with stripe_api.asking() as client:
        found = client.v1.subscriptions.list(
            {
                "customer": customer_id,
                "status": "all",
                "limit": 100,
                "expand": ["data.latest_invoice"],
            }
        )
        seen = [answers.subscription(stripe_api.plain(one)) for one in found.data]
        return [_with_next_plan(client, one, now) for one in seen]


def all_subscriptions() -> Iterator[tuple[str, str | None]]:
    """Customer and user (as our metadata has it) of every subscription that is not over."""
    with stripe_api.asking() as client:
        found = client.v1.subscriptions.list({"limit": 100})
        for one in stripe_api.pages(found):
            yield answers.subscription(one).customer_id, (one.get("metadata") or {}).get(USER)


def invoice(invoice_id: str) -> answers.InvoiceSeen:
    """One invoice."""
    with stripe_api.asking() as client:
        return answers.invoice(stripe_api.plain(client.v1.invoices.retrieve(invoice_id)))


def links_of(invoice_id: str) -> tuple[str | None, str | None]:
    """Where an invoice can be seen, and had as PDF; Stripe may have forgotten it."""
    try:
        found = invoice(invoice_id)
    except NotFound:
        return None, None
    return found.page_url, found.pdf_url


def invoices_of(customer_id: str) -> list[answers.InvoiceSeen]:
    """All of a customer's invoices, newest first."""
    with stripe_api.asking() as client:
        found = client.v1.invoices.list({"customer": customer_id, "limit": 100})
        return [answers.invoice(one) for one in stripe_api.pages(found)]


def charge(charge_id: str) -> answers.ChargeSeen:
    """One charge."""
    with stripe_api.asking() as client:
        return answers.charge(stripe_api.plain(client.v1.charges.retrieve(charge_id)))


def charges_of(customer_id: str) -> list[answers.ChargeSeen]:
    """All of a customer's charges, newest first."""
    with stripe_api.asking() as client:
        found = client.v1.charges.list({"customer": customer_id, "limit": 100})
        return [answers.charge(one) for one in stripe_api.pages(found)]


def refunds_of(charge_id: str) -> list[answers.RefundSeen]:
    """What was given back of a charge."""
    with stripe_api.asking() as client:
        found = client.v1.refunds.list({"charge": charge_id, "limit": 100})
        return [answers.refund(one) for one in stripe_api.pages(found)]


def receipt_of(payment_id: str) -> str | None:
    """The address of the receipt for a payment without an invoice."""
    taken = _charge_of(payment_id)
    return taken["receipt_url"] if taken else None


def is_refunded(payment_id: str) -> bool:
    """Whether all of a payment was given back."""
    taken = _charge_of(payment_id)
    return bool(taken and taken["refunded"])


def price_of(lookup_key: str) -> answers.PriceSeen:
    """The price on sale under this key. Unavailable `not_for_sale` if there is none."""
    found = prices([lookup_key])
    if not found:
        logs.event("billing.price_missing", level=logging.ERROR, lookup_key=lookup_key)
        raise Unavailable("not_for_sale", "This can't be bought just now. Please try again later.")
    return found[0]


def prices(lookup_keys: list[str]) -> list[answers.PriceSeen]:
    """The prices on sale under these keys."""
    with stripe_api.asking() as client:
        found = client.v1.prices.list({"lookup_keys": lookup_keys, "active": True, "limit": 100})
        return [answers.price(stripe_api.plain(one)) for one in found.data]


def checkout(session_id: str) -> CheckoutSeen:
    """One page."""
    with stripe_api.asking() as client:
        return answers.checkout(stripe_api.plain(client.v1.checkout.sessions.retrieve(session_id)))


def checkouts_of(customer_id: str) -> list[CheckoutSeen]:
    """All of a customer's pages, newest first."""
    with stripe_api.asking() as client:
        found = client.v1.checkout.sessions.list({"customer": customer_id, "limit": 100})
        return [answers.checkout(one) for one in stripe_api.pages(found)]


def _charge_of(payment_id: str) -> Any:
    with stripe_api.asking() as client:
        found = client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
    return stripe_api.plain(found).get("latest_charge")


def _with_next_plan(
    client: stripe_api.Client, seen: SubscriptionSeen, now: datetime
) -> SubscriptionSeen:
    if seen.schedule_id is None:
        return seen
    schedule = client.v1.subscription_schedules.retrieve(
        seen.schedule_id, {"expand": ["phases.items.price"]}
    )
    return replace(seen, next_plan=answers.next_plan(stripe_api.plain(schedule), now))
