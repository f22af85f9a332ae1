"""An invoice's own page, where an open one can be paid, its PDF, and receipts of charges."""

import io

from flask import Response, redirect, request
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from . import collecting, methods, payments
from .door import account, find
from .pages import blueprint, closed, day, money, shown, typed_card
from .refusals import MESSAGES, Refusal, missing
from .things import Thing


@blueprint.get("/i/<key>")
def look_at_invoice(key: str) -> Response:
    """What is billed, and the card's form if it is still owed."""
    return _page(_finalized(key))


@blueprint.post("/i/<key>")
def pay_invoice(key: str) -> Response:
    """Pay it by another card."""
    found = account()
    with found.lock:
        invoice = _finalized(key)
        if invoice["status"] != "open":
            return _page(invoice, "This invoice is not open any more.")
        customer = found.objects[invoice["customer"]]
        try:
            card = typed_card()
            is_authenticated = request.form.get("is_authenticated") == "yes"
            if card.asks and not is_authenticated:
                return _page(invoice, MESSAGES["authentication_required"], asks=card.number)
            method = methods.kept(found, card, customer)
        except Refusal as refusal:
            return _page(invoice, str(refusal))
        reason = collecting.attempt(found, invoice, method, is_authenticated=is_authenticated)
        if reason:
            return _page(invoice, MESSAGES[reason])
        return redirect(invoice["hosted_invoice_url"], 303)  # type: ignore[return-value]


@blueprint.route("/3ds/<key>", methods=["GET", "POST"])
def confirm(key: str) -> Response:
    """The bank asks about a payment that requires action; then its invoice is paid, or not."""
    found = account()
    with found.lock:
        intent = found.get("payment_intent", key)
        if intent["status"] != "requires_action":
            return closed("Nothing to confirm", "This payment does not ask for it.", 410)
        if request.method == "GET":
            return shown("authenticate", amount=money(intent["amount"], intent["currency"]))
        if request.form.get("act") != "complete":
            payments.refuse_authentication(found, intent)
            return closed("Not confirmed", "The payment was not made.")
        invoice = collecting.invoice_of(found, intent)
        method = found.objects[intent["payment_method"]]
        collecting.attempt(found, invoice, method, is_authenticated=True)
        return closed("Confirmed", "You can close this page.")


@blueprint.get("/i/<key>/pdf")
def pdf(key: str) -> Response:
    """The same to keep."""
    invoice = _finalized(key)
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    canvas.setTitle(f"Invoice {invoice['number']}")
    text = canvas.beginText(60, 780)
    for line in _words(invoice):
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    headers = {"Content-Disposition": f"attachment; filename=Invoice-{invoice['number']}.pdf"}
    return Response(written.getvalue(), mimetype="application/pdf", headers=headers)


@blueprint.get("/receipts/<key>")
def receipt(key: str) -> Response:
    """What was charged to which card."""
    return shown("receipt", charge=find("charge", key))


def _words(invoice: Thing) -> list[str]:
    currency = invoice["currency"]
    lines = invoice["lines"]["data"]
    off = sum(one["amount"] for one in invoice["total_discount_amounts"])
    return [
        "Test mode - simulated Stripe",
        "",
        f"Invoice {invoice['number']}  ({invoice['status']})",
        f"Date {day(invoice['status_transitions']['finalized_at'])}",
        f"Billed to {invoice['customer_name'] or ''} {invoice['customer_email'] or ''}",
        "",
        *(f"{line['description']}   {_ascii(line['amount'], currency)}" for line in lines),
        *([f"Discount   {_ascii(-off, currency)}"] if off else []),
        "",
        f"Total   {_ascii(invoice['total'], currency)}",
        f"Amount due   {_ascii(invoice['amount_due'], currency)}",
        f"Amount paid   {_ascii(invoice['amount_paid'], currency)}",
    ]


def _ascii(cents: int, currency: str) -> str:
    return money(cents, currency).replace("−", "-")


def _finalized(key: str) -> Thing:
    invoice = find("invoice", key)
    if invoice["number"] is None:
        raise missing("invoice", key)
    return invoice


def _page(invoice: Thing, error: str = "", asks: str = "") -> Response:
    return shown("invoice", invoice=invoice, error=error, asks=asks)
