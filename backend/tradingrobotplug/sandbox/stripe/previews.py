"""What an invoice would be: the change is lived through, shown, and has not happened.

https://docs.stripe.com/api/invoices/create_preview
"""

from . import changes, cycles, items
from .account import Account
from .answers import shown
from .door import call
from .refusals import Refusal, required
from .subscribing import subscribe
from .things import Thing, new_id

_CHANGES = (
    "billing_cycle_anchor cancel_at cancel_at_period_end cancel_now items proration_behavior "
    "proration_date trial_end"
)


@call(
    "POST",
    "/invoices/create_preview",
    "InvoiceCreatePreviewParams",
    "currency customer discounts "
    "preview_mode subscription "
    + " ".join(f"subscription_details.{name}" for name in _CHANGES.split()),
)
def create(account: Account, given: Thing) -> Thing:
    """The invoice that the change would make at once, or else the next one."""
    if given.get("preview_mode", "next") != "next":
        raise Refusal("The simulated Stripe previews the next invoice.", param="preview_mode")
    wanted = dict(given.get("subscription_details", {}))
    if "discounts" in given:
        wanted["discounts"] = given["discounts"]
    with account.rehearsal():
        if "subscription" in given:
            subscription = account.get("subscription", given["subscription"], param="subscription")
            invoice = _next(account, subscription, wanted)
        else:
            invoice = _first(account, given, wanted)
        invoice |= {
            "status": "draft",
            "id": f"upcoming_{new_id('in')}",
            **dict.fromkeys(("number", "hosted_invoice_url", "invoice_pdf", "effective_at")),
            "amount_paid": 0,
            "amount_remaining": invoice["amount_due"],
            "attempt_count": 0,
            "attempted": False,
            "ending_balance": None,
            "next_payment_attempt": None,
        }
        invoice["status_transitions"] = dict.fromkeys(invoice["status_transitions"])
        return shown(account, invoice)


def _next(account: Account, subscription: Thing, wanted: Thing) -> Thing:
    if subscription["ended_at"] is not None:
        raise _nothing()
    before = subscription["latest_invoice"]
    changes.change(account, subscription, wanted)
    if subscription["latest_invoice"] == before:
        with account.at(items.period(subscription)[1]):
            cycles.wake(account, subscription)
    if subscription["latest_invoice"] == before:
        raise _nothing()
    found: Thing = account.objects[subscription["latest_invoice"]]
    return found


def _first(account: Account, given: Thing, wanted: Thing) -> Thing:
    if "customer" not in given:
        raise required("customer")
    if not wanted.get("items"):
        raise required("subscription_details[items]")
    customer = account.get("customer", given["customer"], param="customer")
    made = subscribe(account, customer, wanted)
    found: Thing = account.objects[made["latest_invoice"]]
    return found


def _nothing() -> Refusal:
    return Refusal("No upcoming invoices for customer", status=404, code="invoice_upcoming_none")
