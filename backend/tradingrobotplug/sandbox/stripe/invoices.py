"""Invoices over the API: https://docs.stripe.com/api/invoices, …/invoice-payment."""

from . import collecting, invoicing, methods
from .account import Account
from .answers import PAGING, included, matching, page, sheet
from .door import call
from .refusals import Refusal, declined
from .things import Thing


@call("GET", "/invoices", "InvoiceListParams", f"{PAGING} created customer status subscription")
def list_invoices(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("invoice"), given, "customer status")
    wanted = given.get("subscription")
    if wanted:
        found = [one for one in found if _subscription(account, one) == wanted]
    return page("/v1/invoices", found, given)


@call("GET", "/invoices/<key>", "InvoiceRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One invoice."""
    return account.get("invoice", key)


@call("GET", "/invoices/<key>/lines", "InvoiceLineItemListParams", PAGING)
def list_lines(account: Account, given: Thing, key: str) -> Thing:
    """Its lines."""
    invoice = account.get("invoice", key)
    found = [{"created": 0, **line} for line in invoice["lines"]["data"]]
    answer = page(f"/v1/invoices/{key}/lines", found, given)
    for line in answer["data"]:
        del line["created"]
    return answer


@call("POST", "/invoices/<key>/pay", "InvoicePayParams", "payment_method off_session")
def pay(account: Account, given: Thing, key: str) -> Thing:
    """Try now. Refusal if the card is declined."""
    invoice = account.get("invoice", key)
    if invoice["status"] == "paid":
        raise Refusal("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        invoicing.finalize(account, invoice)
        collecting.intend(account, invoice)
    if invoice["status"] != "open":
        raise Refusal(f"This invoice can no longer be paid: it is {invoice['status']}.")
    method = None
    if "payment_method" in given:
        key, customer = given["payment_method"], invoice["customer"]
        method = methods.owned(account, key, customer, "payment_method")
    reason = collecting.attempt(account, invoice, method)
    if reason == "no_payment_method":
        raise Refusal("There is no default_payment_method set on this Customer or Invoice.")
    if reason:
        raise declined(reason)
    return invoice


@call("POST", "/invoices/<key>/finalize", "InvoiceFinalizeInvoiceParams", "auto_advance")
def finalize(account: Account, given: Thing, key: str) -> Thing:
    """A draft is owed from now on, and tried at once if `auto_advance`."""
    invoice = account.get("invoice", key)
    if invoice["status"] != "draft":
        raise Refusal(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        )
    if given.get("auto_advance", invoice["auto_advance"]):
        invoice["auto_advance"] = True
        collecting.settle(account, invoice)
        return invoice
    invoicing.finalize(account, invoice)
    if invoice["amount_due"]:
        collecting.intend(account, invoice)
    return invoice


@call("POST", "/invoices/<key>/void", "InvoiceVoidInvoiceParams")
def void(account: Account, given: Thing, key: str) -> Thing:
    """Nobody owes it any more."""
    invoice = account.get("invoice", key)
    if invoice["status"] != "open":
        raise Refusal("You can only pass in open invoices. This invoice isn't open.")
    collecting.void(account, invoice)
    return invoice


@call(
    "GET",
    "/invoice_payments",
    "InvoicePaymentListParams",
    f"{PAGING} created invoice status payment.type payment.payment_intent",
)
def list_payments(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("invoice_payment"), given, "invoice status")
    wanted = given.get("payment", {}).get("payment_intent")
    if wanted:
        found = [one for one in found if one["payment"]["payment_intent"] == wanted]
    return page("/v1/invoice_payments", found, given)


@call("GET", "/invoice_payments/<key>", "InvoicePaymentRetrieveParams")
def retrieve_payment(account: Account, given: Thing, key: str) -> Thing:
    """What connects one invoice with its payment intent."""
    return account.get("invoice_payment", key)


@included("invoice", "payments")
def payments(account: Account, invoice: Thing) -> Thing:
    """Where it is asked for."""
    found = matching(account.of("invoice_payment"), {"invoice": invoice["id"]}, "invoice")
    return sheet(f"/v1/invoice_payments?invoice={invoice['id']}", found)


@included("invoice", "confirmation_secret")
def confirmation_secret(account: Account, invoice: Thing) -> Thing | None:
    """What a browser would confirm the payment with."""
    found = matching(account.of("invoice_payment"), {"invoice": invoice["id"]}, "invoice")
    if not found:
        return None
    intent = account.objects[found[0]["payment"]["payment_intent"]]
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


def _subscription(account: Account, invoice: Thing) -> str | None:
    found = invoicing.subscription_of(account, invoice)
    return str(found["id"]) if found else None
