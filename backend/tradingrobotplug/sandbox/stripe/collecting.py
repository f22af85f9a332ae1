"""Getting invoices paid, trying again, and what the subscription becomes of it.

https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
https://docs.stripe.com/billing/revenue-recovery/smart-retries (here at fixed days)
"""

from . import ending, methods, payments
from .account import Account
from .events import changing, emit
from .invoicing import HOUR, finalize, subscription_of
from .things import Thing

DAY = 24 * HOUR
RETRY_DAYS = (1, 3, 5, 7)  # after the first failure


def settle(account: Account, invoice: Thing, *, is_authenticated: bool = False) -> str:
    """Finalize it and have it paid. Empty if it is paid now, or why not."""
    finalize(account, invoice)
    if invoice["amount_due"] == 0:
        _paid(account, invoice)
        return ""
    intend(account, invoice)
    return attempt(account, invoice, is_authenticated=is_authenticated)


def intend(account: Account, invoice: Thing) -> None:
    """The payment that the finalized invoice asks for."""
    intent = payments.intended(
        account,
        invoice["amount_due"],
        invoice["currency"],
        invoice["customer"],
        description=invoice["description"] or f"Invoice {invoice['number']}",
    )
    account.add(
        "inpay",
        "invoice_payment",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )


def attempt(
    account: Account, invoice: Thing, method: Thing | None = None, *, is_authenticated: bool = False
) -> str:
    """Charge for an open invoice. Empty if it is paid now, or why not."""
    subscription = subscription_of(account, invoice)
    method = method or methods.default_of(account, invoice["customer"], subscription)
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    reason = "no_payment_method"
    if method is not None:
        intent = intent_of(account, invoice)
        reason = payments.pay(account, intent, method, is_authenticated=is_authenticated)
    if reason:
        _failed(account, invoice, subscription, reason)
    else:
        _paid(account, invoice)
    return reason


def intent_of(account: Account, invoice: Thing) -> Thing:
    """The payment intent of a finalized invoice."""
    found: Thing = account.objects[payment_of(account, invoice)["payment"]["payment_intent"]]
    return found


def payment_of(account: Account, invoice: Thing) -> Thing:
    """What connects an invoice with its payment intent."""
    return next(p for p in account.of("invoice_payment") if p["invoice"] == invoice["id"])


def invoice_of(account: Account, intent: Thing) -> Thing:
    """The invoice that a payment intent is for."""
    there = account.of("invoice_payment")
    key = next(p["invoice"] for p in there if p["payment"]["payment_intent"] == intent["id"])
    found: Thing = account.objects[key]
    return found


def void(account: Account, invoice: Thing) -> None:
    """Nobody owes it any more."""
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = account.now()
    if invoice["amount_due"]:
        intent = intent_of(account, invoice)
        intent |= {"status": "canceled", "canceled_at": account.now()}
        intent["cancellation_reason"] = "void_invoice"
        emit(account, "payment_intent.canceled", intent)
    emit(account, "invoice.voided", invoice)
    subscription = subscription_of(account, invoice)
    if subscription and subscription["latest_invoice"] == invoice["id"]:
        with changing(account, "customer.subscription.updated", subscription):
            if subscription["status"] in ("past_due", "unpaid"):
                subscription["status"] = "active"


def wake(account: Account, invoice: Thing) -> None:
    """A draft's hour is over, or the time has come to try again."""
    now = account.now()
    if not invoice["auto_advance"]:
        return
    if invoice["status"] == "draft" and now >= (invoice["automatically_finalizes_at"] or now + 1):
        settle(account, invoice)
    elif invoice["status"] == "open" and now >= (invoice["next_payment_attempt"] or now + 1):
        attempt(account, invoice)


def _paid(account: Account, invoice: Thing) -> None:
    now = account.now()
    amount = invoice["amount_due"]
    if amount:
        payment = payment_of(account, invoice)
        payment |= {"status": "paid", "amount_paid": amount}
        payment["status_transitions"]["paid_at"] = now
        emit(account, "invoice_payment.paid", payment)
    invoice |= {
        "amount_paid": amount,
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    invoice["status_transitions"]["paid_at"] = now
    emit(account, "invoice.paid", invoice)
    emit(account, "invoice.payment_succeeded", invoice)
    account.objects[invoice["customer"]]["delinquent"] = False
    subscription = subscription_of(account, invoice)
    if subscription is None:
        return
    is_latest = subscription["latest_invoice"] == invoice["id"]
    keeps_card = (
        subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    )
    with changing(account, "customer.subscription.updated", subscription):
        if is_latest and subscription["status"] in ("incomplete", "past_due", "unpaid"):
            subscription["status"] = "active"
        if amount and keeps_card:
            paid_by = intent_of(account, invoice)["payment_method"]
            subscription["default_payment_method"] = paid_by


def _failed(account: Account, invoice: Thing, subscription: Thing | None, reason: str) -> None:
    is_first_invoice = invoice["billing_reason"] == "subscription_create"
    is_over = not is_first_invoice and not _schedule_retry(account, invoice)
    account.objects[invoice["customer"]]["delinquent"] = not is_first_invoice
    if reason == "authentication_required":
        emit(account, "invoice.payment_action_required", invoice)
    emit(account, "invoice.payment_failed", invoice)
    if subscription is None or is_first_invoice or subscription["ended_at"] is not None:
        return
    if is_over and account.after_retries == "cancel":
        ending.cancel_now(account, subscription, "payment_failed")
        return
    with changing(account, "customer.subscription.updated", subscription):
        is_unpaid = is_over and account.after_retries == "unpaid"
        subscription["status"] = "unpaid" if is_unpaid else "past_due"


def _schedule_retry(account: Account, invoice: Thing) -> bool:
    """Whether there is another try; one that is made by hand doesn't use any of them up."""
    now = account.now()
    first = invoice.setdefault("_first_failed_at", now)
    days = [day for day in RETRY_DAYS if first + day * DAY > now]
    invoice["next_payment_attempt"] = first + days[0] * DAY if days else None
    if days:
        account.wake(first + days[0] * DAY, invoice["id"])
    return bool(days)
