"""The billing portal: https://docs.stripe.com/api/customer_portal/sessions, and its page."""

from flask import Response, redirect, request

from . import customers, methods, subscribing
from .account import Account
from .door import account as the_account
from .door import call
from .events import changing
from .pages import blueprint, closed, shown, typed_card
from .refusals import MESSAGES, Refusal
from .things import Thing, new_id

_HOUR = 3_600


@call(
    "POST",
    "/billing_portal/sessions",
    "billing_portal.SessionCreateParams",
    "customer return_url locale flow_data.type flow_data.after_completion",
)
def create(account: Account, given: Thing) -> Thing:
    """A link to the customer's own page, good for an hour."""
    customer = customers.present(account, given.get("customer", ""), param="customer")
    flow = given.get("flow_data", {}).get("type")
    if flow not in (None, "payment_method_update"):
        raise Refusal("The simulated portal knows payment_method_update.", param="flow_data[type]")
    session = account.add(
        "bps",
        "billing_portal.session",
        after_expiration=None,
        configuration="bpc_simulated",
        customer=customer["id"],
        customer_account=None,
        flow=flow and {"type": flow, "after_completion": {"type": "portal_homepage"}},
        locale=given.get("locale"),
        on_behalf_of=None,
        return_url=given.get("return_url"),
        _until=account.now() + _HOUR,
    )
    session["url"] = f"{account.address}/stripe/p/session/{new_id('test')}"
    session["_token"] = session["url"].rpartition("/")[2]
    return session


@blueprint.get("/p/session/<token>")
def look_at_portal(token: str) -> Response:
    """Subscriptions, cards and invoices of the customer."""
    found = the_account()
    with found.lock:
        session = _session(found, token)
        return (
            closed("This link has expired", "Go back for another.", 410)
            if session is None
            else (_page(found, session))
        )


@blueprint.post("/p/session/<token>")
def act_on_portal(token: str) -> Response:
    """Another card; or a subscription is canceled, or kept after all."""
    found = the_account()
    with found.lock:
        session = _session(found, token)
        if session is None:
            return closed("This link has expired", "Go back for another.", 410)
        try:
            _acted(found, session["customer"], request.form.get("act", ""))
        except Refusal as refusal:
            return _page(found, session, str(refusal))
        return redirect(session["url"], 303)  # type: ignore[return-value]


def _acted(account: Account, customer: str, act: str) -> None:
    if act == "card":
        _change_card(account, customer)
        return
    subscription = account.get("subscription", request.form.get("subscription", ""))
    if subscription["customer"] != customer or subscription["ended_at"] is not None:
        raise Refusal("There is no such subscription any more.")
    if subscription["schedule"]:
        raise Refusal("A change is planned for this subscription: take that back first.")
    with changing(account, "customer.subscription.updated", subscription):
        subscribing.ending_at_period_end(account, subscription, act == "cancel")


def _change_card(account: Account, customer: str) -> None:
    """The card is what all of the customer's subscriptions are charged to from now on."""
    owner = account.objects[customer]
    card = typed_card()
    if card.asks and request.form.get("is_authenticated") != "yes":
        raise Refusal(MESSAGES["authentication_required"])
    method = methods.kept(account, card, owner)
    with changing(account, "customer.updated", owner):
        owner["invoice_settings"] = {
            **owner["invoice_settings"],
            "default_payment_method": method["id"],
        }
    for subscription in _subscriptions(account, customer):
        with changing(account, "customer.subscription.updated", subscription):
            subscription["default_payment_method"] = method["id"]


def _session(account: Account, token: str) -> Thing | None:
    found = [s for s in account.of("billing_portal.session") if s["_token"] == token]
    return found[0] if found and account.now() < found[0]["_until"] else None


def _subscriptions(account: Account, customer: str) -> list[Thing]:
    there = account.of("subscription")
    return [s for s in there if s["customer"] == customer and s["ended_at"] is None]


def _page(account: Account, session: Thing, error: str = "") -> Response:
    key = session["customer"]
    method = methods.default_of(account, key, next(iter(_subscriptions(account, key)), None))
    invoices = [i for i in account.of("invoice") if i["customer"] == key and i["number"]]
    return shown(
        "portal",
        session=session,
        error=error,
        customer=account.objects[key],
        subscriptions=_subscriptions(account, key),
        products={p["id"]: p["name"] for p in account.of("product")},
        card=method and method["card"],
        invoices=invoices,
    )
