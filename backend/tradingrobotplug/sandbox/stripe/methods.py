"""Payment methods, cards alone: https://docs.stripe.com/api/payment_methods."""

import hashlib

from . import cards
from .account import Account
from .answers import PAGING, matching, page
from .cards import Card
from .door import call
from .events import changing, emit
from .refusals import Refusal, declined, missing
from .things import Thing, follow_metadata


@call("GET", "/payment_methods", "PaymentMethodListParams", f"{PAGING} customer type")
def list_methods(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("payment_method"), given, "customer type")
    return page("/v1/payment_methods", found, given)


@call("GET", "/payment_methods/<key>", "PaymentMethodRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One payment method."""
    return account.get("payment_method", key)


@call("POST", "/payment_methods/<key>", "PaymentMethodUpdateParams", "metadata")
def update(account: Account, given: Thing, key: str) -> Thing:
    """Its metadata."""
    method = account.get("payment_method", key)
    with changing(account, "payment_method.updated", method):
        follow_metadata(method, given.get("metadata"))
    return method


@call("POST", "/payment_methods/<key>/attach", "PaymentMethodAttachParams", "customer")
def attach_to(account: Account, given: Thing, key: str) -> Thing:
    """Keep it for the customer; Stripe's test tokens (pm_card_visa, …) make one."""
    customer = account.get("customer", given.get("customer", ""), param="customer")
    return attach(account, key, customer)


@call("POST", "/payment_methods/<key>/detach", "PaymentMethodDetachParams")
def detach(account: Account, given: Thing, key: str) -> Thing:
    """It belongs to nobody any more and can't be charged again."""
    method = account.get("payment_method", key)
    customer = account.objects.get(method["customer"] or "", {})
    with changing(account, "payment_method.detached", method):
        method["customer"] = None
    settings = customer.get("invoice_settings", {})
    if settings.get("default_payment_method") == key:
        with changing(account, "customer.updated", customer):
            settings["default_payment_method"] = None
    return method


def attach(account: Account, key: str, customer: Thing) -> Thing:
    """The payment method, made from a test token or known by its id, is the customer's."""
    if key in cards.BY_TOKEN:
        method = made(account, cards.BY_TOKEN[key], customer, is_set_up=False)
    else:
        method = account.get("payment_method", key)
    if method["customer"] not in (None, customer["id"]):
        raise Refusal("The payment method you provided has already been attached to a customer.")
    with changing(account, "payment_method.attached", method):
        method["customer"] = customer["id"]
    return method


def kept(account: Account, card: Card, customer: Thing) -> Thing:
    """A card that the customer has entered on a page, and confirmed to the bank if asked to.
    Refusal if the card can't be kept."""
    if not card.attaches:
        raise declined(card.declines)
    method = made(account, card, customer, is_set_up=True)
    method["customer"] = customer["id"]
    emit(account, "payment_method.attached", method)
    return method


def owned(account: Account, key: str, customer: str, param: str) -> Thing:
    """Refusal unless it is a payment method of this customer."""
    method = account.get("payment_method", key, param=param)
    if method["customer"] != customer:
        raise missing("PaymentMethod", key, param=param)
    return method


def default_of(account: Account, customer: str, subscription: Thing | None) -> Thing | None:
    """What is charged: the subscription's payment method, or else the customer's."""
    keys = [subscription["default_payment_method"]] if subscription else []
    keys.append(account.objects[customer].get("invoice_settings", {}).get("default_payment_method"))
    found = [account.objects[key] for key in keys if key]
    return next((method for method in found if method["customer"] == customer), None)


def made(account: Account, card: Card, customer: Thing, *, is_set_up: bool) -> Thing:
    """A payment method for this card, nobody's yet."""
    address = ("city", "country", "line1", "line2", "postal_code", "state")
    return account.add(
        "pm",
        "payment_method",
        allow_redisplay="unspecified",
        billing_details={
            "address": dict.fromkeys(address),
            "tax_id": None,
            **{name: customer[name] for name in ("email", "name", "phone")},
        },
        **_shown(card),
        customer=None,
        customer_account=None,
        metadata={},
        _number=card.number,
        _declines="",
        _is_set_up=is_set_up,
    )


def _shown(card: Card) -> Thing:
    fingerprint = hashlib.sha256(card.number.encode()).hexdigest()[:16]
    if not card.is_bank:
        return {"type": "card", "card": _card(card) | {"fingerprint": fingerprint}}
    bank = {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": fingerprint,
        "last4": card.number[-4:],
        "networks": None,
        "routing_number": "110000000",
        "status_details": None,
    }
    return {"type": "us_bank_account", "us_bank_account": bank}


def _card(card: Card) -> Thing:
    checks = {"address_line1_check": None, "address_postal_code_check": None}
    return {
        "brand": card.brand,
        "checks": {**checks, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
