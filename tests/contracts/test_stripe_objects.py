"""The simulated Stripe's objects beside the types that ship with Stripe's SDK.

Every field that the SDK says is always there is there, has the type that the SDK gives it, one of
its words where it lists words, and there is no field that the SDK does not know."""

import builtins
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

import pytest
import requests
import stripe

from tests.sandbox.stripe.shop import KEY, Shop, opened, pay
from tests.venues import running_sandbox


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox() as sandbox:
        found = opened(sandbox)
        live_through(found)
        yield found


def live_through(shop: Shop) -> None:
    """One of each kind of object comes to be."""
    session = shop.session(allow_promotion_codes=True, client_reference_id="7")
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "once"})
    shop.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "TEN"}
    )
    assert pay(session, promotion_code="ten").status_code == 303
    assert pay(shop.session("robot", mode="payment")).status_code == 303
    subscription = shop.v1.subscriptions.list().data[0]
    customer = subscription.customer
    shop.changed(subscription, "premium", "create_prorations")
    shop.v1.subscription_schedules.create({"from_subscription": subscription.id})
    shop.v1.billing_portal.sessions.create({"customer": customer})
    charge = shop.v1.charges.list({"customer": customer}).data[0]
    shop.v1.refunds.create({"charge": charge.id, "amount": 1})
    shop.tell("disputes", charge=charge.id)
    shop.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["*"]})
    shop.subscribed("mid", "pm_card_chargeCustomerFail")
    shop.subscribed("low", "pm_card_authenticationRequired")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("customers", stripe.Customer),
        ("products", stripe.Product),
        ("prices", stripe.Price),
        ("coupons", stripe.Coupon),
        ("promotion_codes", stripe.PromotionCode),
        ("payment_methods", stripe.PaymentMethod),
        ("checkout/sessions", stripe.checkout.Session),
        ("subscriptions", stripe.Subscription),
        ("subscription_schedules", stripe.SubscriptionSchedule),
        ("invoices", stripe.Invoice),
        ("invoice_payments", stripe.InvoicePayment),
        ("payment_intents", stripe.PaymentIntent),
        ("charges", stripe.Charge),
        ("refunds", stripe.Refund),
        ("disputes", stripe.Dispute),
        ("events", stripe.Event),
        ("webhook_endpoints", stripe.WebhookEndpoint),
    ],
)
def test_objects_are_as_stripes_own_types_say(shop: Shop, path: str, kind: Any) -> None:
    found = answer(shop, "GET", f"{path}?limit=100")["data"]
    assert found
    assert [wrong for thing in found for wrong in faults(thing, kind, thing["object"])] == []


def test_what_is_expanded_and_previewed_is_as_stripes_own_types_say(shop: Shop) -> None:
    key = answer(shop, "GET", "subscriptions?limit=100")["data"][-1]["id"]
    preview = answer(shop, "POST", "invoices/create_preview", subscription=key)
    path = f"subscriptions/{key}?expand[]=discounts&expand[]=latest_invoice.payments"
    found = faults(answer(shop, "GET", path), stripe.Subscription, "expanded")
    customer = preview["customer"]
    portal = answer(shop, "POST", "billing_portal/sessions", customer=customer)
    found += faults(portal, stripe.billing_portal.Session, "portal")
    assert found + faults(preview, stripe.Invoice, "preview") == []


def answer(shop: Shop, method: str, path: str, **form: str) -> Any:
    url = f"{shop.sandbox.url}/stripe/v1/{path}"
    headers = {"Authorization": f"Bearer {KEY}"}
    found = requests.request(method, url, data=form, headers=headers, timeout=10)
    found.raise_for_status()
    return found.json()


def faults(value: Any, hint: Any, path: str) -> list[str]:
    """What about this value is not as the SDK's type says."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return faults_of_union(value, get_args(hint), path)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{path}: {value!r} is none of the words"]
    if origin is list:
        assert isinstance(value, list), path
        return [
            f for n, one in enumerate(value) for f in faults(one, get_args(hint)[0], f"{path}[{n}]")
        ]
    if origin is stripe.ListObject:
        return [f for one in value["data"] for f in faults(one, get_args(hint)[0], f"{path}[]")]
    if hint is Any or origin is stripe.StripeObject or "Untyped" in str(hint):
        return []
    if hint is Decimal:
        return [] if isinstance(value, str) and Decimal(value) == Decimal(value) else [path]
    if isinstance(hint, type) and issubclass(hint, stripe.StripeObject):
        return faults_of_object(value, hint, path)
    is_right = isinstance(value, hint) and isinstance(value, bool) == (hint is bool)
    is_right = is_right or (hint is float and isinstance(value, int))
    return [] if is_right else [f"{path}: {value!r} is no {hint}"]


def faults_of_union(value: Any, options: tuple[Any, ...], path: str) -> list[str]:
    if value is None:
        return [] if type(None) in options else [f"{path}: null"]
    words = [w for o in options if get_origin(o) is Literal for w in get_args(o)]
    if isinstance(value, str) and words:
        return [] if value in words else [f"{path}: {value!r} is none of the words"]
    tried = [faults(value, option, path) for option in options if option is not type(None)]
    if isinstance(value, dict) and "object" in value:
        kinds = [o for o in options if getattr(o, "OBJECT_NAME", "") == value["object"]]
        tried = [faults(value, option, path) for option in kinds]
    return min(tried, key=len)


def faults_of_object(value: Any, kind: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {kind.__name__}"]
    fields = typing.get_type_hints(kind, localns=Names(vars(sys.modules[kind.__module__])))
    fields = {n: h for n, h in fields.items() if get_origin(h) is not ClassVar and n[0] != "_"}
    found = [f"{path}.{name}: unknown" for name in value if name not in fields]
    for name, hint in fields.items():
        if name in value:
            found += faults(value[name], hint, f"{path}.{name}")
        elif type(None) not in get_args(hint):
            found.append(f"{path}.{name}: missing")
    return found


class Names(dict[str, Any]):
    """Whatever the SDK's modules import for their types alone, found by its name."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, None) or getattr(stripe, name, Any)
