"""Paying on a checkout session's page."""

from . import cards, cart, coupons, customers, methods, payments
from .account import Account
from .cards import Card
from .events import emit
from .subscribing import subscribe
from .things import Thing

_BANK_DAYS = 4  # until a bank has answered


def use_code(account: Account, session: Thing, word: str) -> None:
    """The promotion code that was typed. Refusal if it can't be used."""
    code = coupons.by_word(account, word)
    coupons.redeemable(account, {"promotion_code": code["id"]}, session["customer"])
    session["_discounts"] = [{"promotion_code": code["id"]}]
    cart.add_up(account, session)


def obstacle(session: Thing, card: Card | None, *, is_authenticated: bool) -> str:
    """Why this card doesn't pay: a decline code, `authentication_required`, or empty."""
    if card is None or card.is_bank:
        return ""
    if not card.attaches or (session["amount_total"] and card.declines):
        return card.declines
    return "authentication_required" if card.asks and not is_authenticated else ""


def complete(account: Account, session: Thing, payer: Thing, card: Card | None) -> None:
    """Buy it, by a card that nothing stands against. `payer`: email and name."""
    customer = _customer(account, session, payer)
    if session["mode"] == "subscription":
        _subscribe(account, session, customer, card)
    else:
        _pay_once(account, session, customer, card)
    due = bool(session["amount_total"])
    status = "paid" if due else "no_payment_required"
    session |= {
        "status": "complete",
        "url": None,
        "customer": customer and customer["id"],
        "customer_details": _details(session, payer),
        "payment_status": "unpaid" if due and card and card.is_bank else status,
    }
    emit(account, "checkout.session.completed", session)


def _customer(account: Account, session: Thing, payer: Thing) -> Thing | None:
    if session["customer"]:
        found: Thing = account.objects[session["customer"]]
        return found
    if session["mode"] == "payment" and session["customer_creation"] != "always":
        return None
    customer = customers.opened(account, payer)
    emit(account, "customer.created", customer)
    return customer


def _subscribe(account: Account, session: Thing, customer: Thing | None, card: Card | None) -> None:
    assert customer is not None
    method = methods.kept(account, card, customer) if card else None
    wanted = {
        "items": [
            {"price": one["price"]["id"], "quantity": one["quantity"]} for one in session["_lines"]
        ],
        "discounts": session["_discounts"],
        **session["_subscription"],
    }
    if method is not None:
        wanted["default_payment_method"] = method["id"]
    subscription = subscribe(account, customer, wanted, is_authenticated=True)
    session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}


def _pay_once(account: Account, session: Thing, customer: Thing | None, card: Card | None) -> None:
    for one in session["_discounts"]:
        coupons.redeem(*coupons.redeemable(account, one, session["customer"]))
    if card is None or not session["amount_total"]:
        return
    told = session["_intent"]
    is_kept = customer is not None and "setup_future_usage" in told
    nobody = {"email": session["customer_email"], "name": None, "phone": None}
    method = (
        methods.kept(account, card, customer)
        if customer and is_kept
        else methods.made(account, card, customer or nobody, is_set_up=False)
    )
    intent = payments.intended(
        account,
        session["amount_total"],
        session["currency"],
        customer["id"] if customer else None,
        description=told.get("description"),
        metadata=dict(told.get("metadata", {})),
    )
    intent["setup_future_usage"] = told.get("setup_future_usage")
    session["payment_intent"] = intent["id"]
    if card.is_bank:
        payments.begin(account, intent, method)
        account.wake(account.now() + _BANK_DAYS * 86_400, intent["id"])
    else:
        payments.pay(account, intent, method, is_authenticated=True)


def wake(account: Account, intent: Thing) -> None:
    """The bank has answered: a session that was completed unpaid is paid, or will not be."""
    if intent["status"] != "processing":
        return
    there = account.of("checkout.session")
    session = next(one for one in there if one["payment_intent"] == intent["id"])
    charge = account.objects[intent["latest_charge"]]
    method = account.objects[intent["payment_method"]]
    code = cards.outcome(method, is_authenticated=True)
    if code:
        payments.fail(account, intent, charge, method, code)
        emit(account, "checkout.session.async_payment_failed", session)
        return
    payments.succeed(account, intent, charge)
    session["payment_status"] = "paid"
    emit(account, "checkout.session.async_payment_succeeded", session)


def _details(session: Thing, payer: Thing) -> Thing:
    return {
        "address": None,
        "business_name": None,
        "email": payer.get("email") or session["customer_email"],
        "individual_name": None,
        "name": payer.get("name") or None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
