"""Customers: https://docs.stripe.com/api/customers."""

from . import methods
from .account import Account
from .answers import PAGING, included, matching, page, sheet
from .door import call
from .ending import cancel_now
from .events import changing, emit
from .refusals import missing
from .things import Thing, follow_metadata, new_id

_FIELDS = "address description email name phone"
_TAKEN = f"{_FIELDS} metadata invoice_settings.default_payment_method"


@call("POST", "/customers", "CustomerCreateParams", f"{_TAKEN} payment_method")
def create(account: Account, given: Thing) -> Thing:
    """A new customer, with a payment method if one is named."""
    customer = opened(account, given)
    emit(account, "customer.created", customer)
    if "payment_method" in given:
        methods.attach(account, given["payment_method"], customer)
    _settle(account, customer, given)
    return customer


@call("GET", "/customers", "CustomerListParams", f"{PAGING} created email")
def list_customers(account: Account, given: Thing) -> Thing:
    """Newest first, without the deleted."""
    there = [customer for customer in account.of("customer") if "deleted" not in customer]
    return page("/v1/customers", matching(there, given, "email"), given)


@call("GET", "/customers/<key>", "CustomerRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One customer; of a deleted one only that it is deleted."""
    return account.get("customer", key)


@call("POST", "/customers/<key>", "CustomerUpdateParams", _TAKEN)
def update(account: Account, given: Thing, key: str) -> Thing:
    """What is given changes."""
    customer = present(account, key)
    with changing(account, "customer.updated", customer):
        customer |= {name: given[name] or None for name in _FIELDS.split() if name in given}
        follow_metadata(customer, given.get("metadata"))
        _settle(account, customer, given)
    return customer


@call("DELETE", "/customers/<key>", "CustomerDeleteParams")
def delete(account: Account, given: Thing, key: str) -> Thing:
    """For good; the subscriptions end at once."""
    customer = present(account, key)
    for subscription in account.of("subscription"):
        if subscription["customer"] == key and subscription["ended_at"] is None:
            cancel_now(account, subscription, "cancellation_requested")
    emit(account, "customer.deleted", customer)
    account.objects[key] = {
        "id": key,
        "object": "customer",
        "deleted": True,
        "created": customer["created"],
    }
    return {"id": key, "object": "customer", "deleted": True}


@call(
    "GET", "/customers/<key>/payment_methods", "CustomerPaymentMethodListParams", f"{PAGING} type"
)
def list_methods(account: Account, given: Thing, key: str) -> Thing:
    """What the customer can pay with."""
    present(account, key)
    found = matching(account.of("payment_method"), given | {"customer": key}, "customer type")
    return page(f"/v1/customers/{key}/payment_methods", found, given)


@included("customer", "subscriptions")
def subscriptions(account: Account, customer: Thing) -> Thing:
    """Those that have not ended."""
    found = matching(account.of("subscription"), {"customer": customer["id"]}, "customer")
    url = f"/v1/customers/{customer['id']}/subscriptions"
    return sheet(url, [one for one in found if one["ended_at"] is None])


def present(account: Account, key: str, *, param: str = "id") -> Thing:
    """Refusal if there is no such customer, or none any more."""
    customer = account.get("customer", key, param=param)
    if "deleted" in customer:
        raise missing("customer", key, param=param)
    return customer


def opened(account: Account, given: Thing) -> Thing:
    """A customer with these details."""
    customer = account.add(
        "cus",
        "customer",
        balance=0,
        currency=None,
        customer_account=None,
        default_source=None,
        delinquent=False,
        discount=None,
        invoice_prefix=new_id("x")[2:10].upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        metadata={},
        next_invoice_sequence=1,
        preferred_locales=[],
        shipping=None,
        tax_exempt="none",
        test_clock=None,
        **{name: given.get(name) or None for name in _FIELDS.split()},
    )
    follow_metadata(customer, given.get("metadata"))
    return customer


def _settle(account: Account, customer: Thing, given: Thing) -> None:
    wanted = given.get("invoice_settings", {}).get("default_payment_method")
    if wanted is None:
        return
    if wanted:
        methods.owned(account, wanted, customer["id"], "invoice_settings[default_payment_method]")
    customer["invoice_settings"]["default_payment_method"] = wanted or None
