"""Customers at Stripe, and the pages of Stripe's that they are sent to."""

import hashlib
from dataclasses import dataclass
from typing import Any

from ..errors import Invalid, NotFound
from . import answers, stripe_api
from .answers import ROBOT, USER, CheckoutSeen


@dataclass(frozen=True, slots=True)
class Page:
    """A page to pay on that is to be made: what for, and where the browser goes afterwards."""

    customer_id: str
    user_id: str
    price_id: str
    success_url: str
    cancel_url: str
    promotion_id: str | None = None
    trial_days: int = 0
    robot_id: str | None = None  # None: a subscription


def create_customer(user_id: str, email: str, name: str, before: str | None) -> str:
    """The id of the user's new customer; asked again, the same one. `before`: who is gone."""
    known = hashlib.sha256(f"{email}\n{name}\n{before}".encode()).hexdigest()[:12]
    with stripe_api.asking() as client:
        made = client.v1.customers.create(
            {"email": email, "name": name, "metadata": {USER: user_id}},
            stripe_api.once(f"customer-{user_id}-{known}"),
        )
    return made.id


def is_known(customer_id: str) -> bool:
    """Whether Stripe has this customer, and has not deleted it."""
    try:
        with stripe_api.asking() as client:
            found = client.v1.customers.retrieve(customer_id)
        return not stripe_api.plain(found).get("deleted")
    except NotFound:
        return False


def delete_customer(customer_id: str) -> None:
    """For good; Stripe ends the subscriptions at once. One that is gone already is fine."""
    with stripe_api.asking() as client:
        client.v1.customers.delete(customer_id)


def promotion(code: str) -> str:
    """The id of a code that customers type in. Invalid `code_not_valid`."""
    with stripe_api.asking() as client:
        found = client.v1.promotion_codes.list({"code": code, "active": True, "limit": 1})
    if not found.data:
        raise Invalid("code_not_valid", "This promotion code is not valid.")
    return found.data[0].id


def open_checkout(page: Page, key: str) -> CheckoutSeen:
    """A page of Stripe's where the customer pays."""
    details: dict[str, Any] = {
        "customer": page.customer_id,
        "client_reference_id": page.user_id,
        "line_items": [{"price": page.price_id, "quantity": 1}],
        "success_url": page.success_url,
        "cancel_url": page.cancel_url,
    }
    if page.promotion_id:
        details["discounts"] = [{"promotion_code": page.promotion_id}]
    else:
        details["allow_promotion_codes"] = True
    details |= _robot_page(page) if page.robot_id else _subscription_page(page)
    with stripe_api.asking() as client:
        made = client.v1.checkout.sessions.create(details, stripe_api.once(key))  # type: ignore[arg-type]
    return answers.checkout(stripe_api.plain(made))


def close_checkout(session_id: str) -> None:
    """Nobody can pay on this page any more."""
    with stripe_api.asking() as client:
        client.v1.checkout.sessions.expire(session_id)


def portal(customer_id: str, return_url: str) -> str:
    """The address of Stripe's page for cards and invoices."""
    with stripe_api.asking() as client:
        made = client.v1.billing_portal.sessions.create(
            {"customer": customer_id, "return_url": return_url}
        )
    return made.url


def _subscription_page(page: Page) -> dict[str, Any]:
    data: dict[str, Any] = {"metadata": {USER: page.user_id}}
    if page.trial_days:
        data["trial_period_days"] = page.trial_days
    return {"mode": "subscription", "subscription_data": data}


def _robot_page(page: Page) -> dict[str, Any]:
    bought = {ROBOT: page.robot_id, USER: page.user_id}
    return {
        "mode": "payment",
        "metadata": bought,
        "payment_intent_data": {"metadata": bought},
    }
