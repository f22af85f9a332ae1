"""Payment intents and charges: https://docs.stripe.com/api/payment_intents, …/charges."""

from typing import Any

from . import cards
from .account import Account
from .answers import PAGING, matching, page
from .door import call
from .events import changing, emit
from .refusals import MESSAGES, reasons
from .things import Thing, follow_metadata, new_id


@call("GET", "/payment_intents", "PaymentIntentListParams", f"{PAGING} created customer")
def list_intents(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("payment_intent"), given, "customer")
    return page("/v1/payment_intents", found, given)


@call("GET", "/payment_intents/<key>", "PaymentIntentRetrieveParams")
def retrieve_intent(account: Account, given: Thing, key: str) -> Thing:
    """One payment intent."""
    return account.get("payment_intent", key)


@call("GET", "/charges", "ChargeListParams", f"{PAGING} created customer payment_intent")
def list_charges(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("charge"), given, "customer payment_intent")
    return page("/v1/charges", found, given)


@call("GET", "/charges/<key>", "ChargeRetrieveParams")
def retrieve_charge(account: Account, given: Thing, key: str) -> Thing:
    """One charge."""
    return account.get("charge", key)


@call("POST", "/charges/<key>", "ChargeUpdateParams", "description metadata receipt_email")
def update_charge(account: Account, given: Thing, key: str) -> Thing:
    """What is only noted on it."""
    charge = account.get("charge", key)
    with changing(account, "charge.updated", charge):
        charge |= {n: given[n] for n in ("description", "receipt_email") if n in given}
        follow_metadata(charge, given.get("metadata"))
    return charge


def intended(
    account: Account, amount: int, currency: str, customer: str | None, **more: Any
) -> Thing:
    """A payment that is to be made; `more`: description, metadata, …"""
    empty = (
        "application application_fee_amount automatic_payment_methods canceled_at "
        "cancellation_reason customer_account description excluded_payment_method_types "
        "last_payment_error latest_charge next_action on_behalf_of payment_method "
        "payment_method_configuration_details processing receipt_email review setup_future_usage "
        "shipping source statement_descriptor statement_descriptor_suffix transfer_data "
        "transfer_group"
    )
    intent = account.add(
        "pi",
        "payment_intent",
        **dict.fromkeys(empty.split()),
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        metadata={},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        status="requires_payment_method",
    )
    intent |= {"client_secret": f"{intent['id']}_secret_{new_id('x')[2:]}", **more}
    emit(account, "payment_intent.created", intent)
    return intent


def pay(account: Account, intent: Thing, method: Thing, *, is_authenticated: bool) -> str:
    """Charge the payment method. Empty if that succeeded, or the decline code."""
    code = cards.outcome(method, is_authenticated=is_authenticated)
    intent["payment_method"] = method["id"]
    if code == "authentication_required":
        intent |= {"status": "requires_action", "next_action": _next_action(account, intent)}
        emit(account, "payment_intent.requires_action", intent)
        return code
    charge = _charged(account, intent, method)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if code:
        fail(account, intent, charge, method, code)
        return code
    succeed(account, intent, charge)
    return ""


def begin(account: Account, intent: Thing, method: Thing) -> None:
    """Ask the bank to debit the account; it answers days later."""
    charge = _charged(account, intent, method)
    charge |= {"status": "pending", "paid": False}
    intent |= {"status": "processing", "payment_method": method["id"]}
    intent |= {"latest_charge": charge["id"], "payment_method_types": [method["type"]]}
    emit(account, "charge.pending", charge)
    emit(account, "payment_intent.processing", intent)


def succeed(account: Account, intent: Thing, charge: Thing) -> None:
    """The money is there."""
    charge |= {"status": "succeeded", "paid": True}
    intent |= {"status": "succeeded", "last_payment_error": None}
    intent["amount_received"] = intent["amount"]
    emit(account, "charge.succeeded", charge)
    emit(account, "payment_intent.succeeded", intent)


def fail(account: Account, intent: Thing, charge: Thing, method: Thing, code: str) -> None:
    """The money was refused."""
    charge |= {"status": "failed", "paid": False, "failure_message": MESSAGES[code]}
    charge |= {"failure_code": reasons(code)["code"], "outcome": _outcome(code)}
    charge |= {"amount_captured": 0, "captured": False, "receipt_url": None}
    error = {"type": "card_error", "message": MESSAGES[code], **reasons(code)}
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": {**error, "charge": charge["id"], "payment_method": method},
    }
    emit(account, "charge.failed", charge)
    emit(account, "payment_intent.payment_failed", intent)


def refuse_authentication(account: Account, intent: Thing) -> None:
    """The customer did not confirm the payment to the bank."""
    code = "payment_intent_authentication_failure"
    words = "The provided PaymentMethod has failed authentication."
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "payment_method": None,
        "last_payment_error": {"type": "invalid_request_error", "code": code, "message": words},
    }
    emit(account, "payment_intent.payment_failed", intent)


def _next_action(account: Account, intent: Thing) -> Thing:
    there = f"{account.address}/stripe/3ds/{intent['id']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": there}}


def _charged(account: Account, intent: Thing, method: Thing) -> Thing:
    empty = (
        "application application_fee application_fee_amount balance_transaction "
        "failure_balance_transaction on_behalf_of receipt_email receipt_number review shipping "
        "source source_transfer statement_descriptor statement_descriptor_suffix transfer_data "
        "transfer_group"
    )
    charge = account.add(
        "ch",
        "charge",
        **dict.fromkeys(empty.split()),
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SIMULATED STRIPE",
        captured=True,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        outcome=_outcome(""),
        paid=True,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": method["type"], method["type"]: _paid_by(method, intent)},
        refunded=False,
        status="succeeded",
    )
    charge["receipt_url"] = f"{account.address}/stripe/receipts/{charge['id']}"
    return charge


def _outcome(code: str) -> Thing:
    return {
        "advice_code": "try_again_later" if code else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if code else "approved_by_network",
        "reason": code or None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank declined the payment." if code else "Payment complete.",
        "type": "issuer_declined" if code else "authorized",
    }


def _paid_by(method: Thing, intent: Thing) -> Thing:
    if method["type"] == "us_bank_account":
        bank = method["us_bank_account"]
        names = "account_holder_type account_type bank_name fingerprint last4 routing_number"
        return {name: bank[name] for name in names.split()} | {"payment_reference": None}
    names = (
        "brand checks country exp_month exp_year fingerprint funding last4 regulated_status wallet"
    )
    found = {name: method["card"][name] for name in names.split()}
    return found | {
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "installments": None,
        "mandate": None,
        "network": method["card"]["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "three_d_secure": None,
    }
