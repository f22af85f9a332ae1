"""Making invoices: lines, discounts, totals, finalizing. https://docs.stripe.com/api/invoices"""

from . import discounts
from .account import Account
from .answers import sheet
from .events import emit
from .things import Thing, new_id

HOUR = 3_600


def drafted(
    account: Account, customer: Thing, lines: list[Thing], reason: str, subscription: Thing | None
) -> Thing:
    """A draft of these lines and of what waits for the subscription's next invoice."""
    now = account.now()
    settings = {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    }
    currency = lines[0]["currency"] if lines else (subscription or {})["currency"]
    invoice = account.add("in", "invoice", **_blank(), billing_reason=reason, currency=currency)
    invoice |= {
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_address": customer["address"],
        "customer_phone": customer["phone"],
        "payment_settings": settings,
        "period_start": now,
        "period_end": now,
        "metadata": {},
    }
    if subscription is not None:
        lines = [*_waiting(account, subscription, invoice), *lines]
        told = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
        invoice["parent"] = {
            "quote_details": None,
            "subscription_details": told,
            "type": "subscription_details",
        }
        invoice["discounts"] = [d["id"] for d in discounts.working(account, subscription)]
        invoice["description"] = None
    for line in lines:
        line["invoice"] = invoice["id"]
    invoice["lines"] = sheet(f"/v1/invoices/{invoice['id']}/lines", lines)
    _add_up(account, invoice, customer)
    emit(account, "invoice.created", invoice)
    return invoice


def line(price: Thing, quantity: int, amount: int, period: tuple[int, int], words: str) -> Thing:
    """A line of an invoice; whose it is, is said by `of_item` or the invoice."""
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": pricing(price),
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
    }


def of_item(line: Thing, item: Thing, waiting: Thing | None = None) -> Thing:
    """The line is this subscription item's; `waiting`: the invoice item that it was before."""
    line["subscription"] = item["subscription"]
    line["metadata"] = dict(item["metadata"])
    line["parent"] = {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": waiting and waiting["id"],
            "proration": waiting is not None,
            "proration_details": {"credited_items": None},
            "subscription": item["subscription"],
            "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    }
    return line


def pricing(price: Thing) -> Thing:
    """What a line says of its price."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def finalize(account: Account, invoice: Thing) -> None:
    """It gets its number and is owed from now on; a credit goes to the customer's balance."""
    customer = account.objects[invoice["customer"]]
    _add_up(account, invoice, customer)
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    invoice["number"] = f"{customer['invoice_prefix']}-{number:04}"
    invoice["status"] = "open"
    invoice["status_transitions"]["finalized_at"] = invoice["effective_at"] = account.now()
    invoice["automatically_finalizes_at"] = None
    page = f"{account.address}/stripe/i/{invoice['id']}"
    invoice |= {"hosted_invoice_url": page, "invoice_pdf": f"{page}/pdf"}
    customer["currency"] = invoice["currency"]
    _move_balance(account, customer, invoice)
    subscription = subscription_of(account, invoice)
    if subscription is not None:
        discounts.drop_used(account, subscription)
    emit(account, "invoice.finalized", invoice)


def subscription_of(account: Account, invoice: Thing) -> Thing | None:
    """Whose invoice it is."""
    parent = invoice["parent"] or {}
    key = (parent.get("subscription_details") or {}).get("subscription")
    return account.objects[key] if key else None


def _move_balance(account: Account, customer: Thing, invoice: Thing) -> None:
    start = invoice["starting_balance"]
    end = invoice["total"] + start - invoice["amount_due"]
    invoice["ending_balance"] = end
    if end != start:
        customer["balance"] = end
        emit(account, "customer.updated", customer, {"balance": start})


def _add_up(account: Account, invoice: Thing, customer: Thing) -> None:
    lines = invoice["lines"]["data"]
    found = [account.objects[key] for key in invoice["discounts"]]
    open_lines = [line for line in lines if line["discountable"]]
    table = discounts.taken_off(account, found, [line["amount"] for line in open_lines])
    for n, line in enumerate(open_lines):
        line["discount_amounts"] = [
            {"amount": row[n], "discount": d["id"]} for d, row in zip(found, table, strict=True)
        ]
    subtotal = sum(line["amount"] for line in lines)
    off = [{"amount": sum(r), "discount": d["id"]} for d, r in zip(found, table, strict=True)]
    total = subtotal - sum(one["amount"] for one in off)
    due = max(total + customer["balance"], 0)
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total_discount_amounts": off,
        "total": total,
        "total_excluding_tax": total,
        "starting_balance": customer["balance"],
        "amount_due": due,
        "amount_remaining": due,
    }


def _waiting(account: Account, subscription: Thing, invoice: Thing) -> list[Thing]:
    """Lines for the invoice items that wait for this subscription's next invoice."""
    found = []
    for waiting in reversed(account.of("invoiceitem")):
        if waiting["invoice"] is not None or waiting["_subscription"] != subscription["id"]:
            continue
        waiting["invoice"] = invoice["id"]
        period = (waiting["period"]["start"], waiting["period"]["end"])
        price = account.objects[waiting["pricing"]["price_details"]["price"]]
        words = waiting["description"]
        made = line(price, waiting["quantity"], waiting["amount"], period, words)
        made["discountable"] = False
        found.append(of_item(made, waiting["_item"], waiting))
    return found


def _blank() -> Thing:
    """What no invoice here has otherwise."""
    empty = (
        "account_tax_ids application automatically_finalizes_at custom_fields customer_account "
        "customer_address customer_phone customer_shipping default_payment_method default_source "
        "description due_date effective_at ending_balance footer from_invoice hosted_invoice_url "
        "invoice_pdf last_finalization_error latest_revision next_payment_attempt number "
        "on_behalf_of parent receipt_number rendering shipping_cost shipping_details "
        "statement_descriptor test_clock webhooks_delivered_at"
    )
    nothing = (
        "amount_overpaid amount_paid amount_shipping attempt_count "
        "post_payment_credit_notes_amount pre_payment_credit_notes_amount"
    )
    lists = "customer_tax_ids default_tax_rates discounts total_pretax_credit_amounts total_taxes"
    return {
        **dict.fromkeys(empty.split()),
        **dict.fromkeys(nothing.split(), 0),
        **{name: [] for name in lists.split()},
        "account_country": "US",
        "account_name": "Simulated Stripe account",
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "collection_method": "charge_automatically",
        "customer_tax_exempt": "none",
        "issuer": {"type": "self"},
        "status": "draft",
        "status_transitions": dict.fromkeys(
            ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
        ),
    }
