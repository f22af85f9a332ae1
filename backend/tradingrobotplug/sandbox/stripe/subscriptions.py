"""Subscriptions and their items: https://docs.stripe.com/api/subscriptions."""

from collections.abc import Callable

from . import billing, changes, collecting, customers, ending, invoicing, methods
from .account import Account
from .answers import PAGING, matching, page
from .door import call
from .refusals import Refusal, declined, required
from .subscribing import refuse_unpayable, subscribe
from .things import Thing

_SETTINGS = (
    "cancel_at_period_end default_payment_method description discounts items metadata off_session "
    "payment_behavior payment_settings proration_behavior trial_end "
    "trial_settings.end_behavior.missing_payment_method"
)


@call(
    "POST",
    "/subscriptions",
    "SubscriptionCreateParams",
    f"{_SETTINGS} collection_method currency customer trial_period_days billing_mode.type",
)
def create(account: Account, given: Thing) -> Thing:
    """A new subscription, whose first invoice is paid at once unless there is a trial."""
    if not given.get("items"):
        raise required("items")
    _refuse_unknown(given)
    customer = customers.present(account, given.get("customer", ""), param="customer")
    key = given.get("default_payment_method")
    if key:
        methods.owned(account, key, customer["id"], "default_payment_method")

    def begin() -> tuple[Thing, str]:
        made = subscribe(account, account.objects[customer["id"]], given)
        if made["status"] == "incomplete":
            refuse_unpayable(account, customer, given)
        return made, _reason(account, made)

    return _rehearsed(account, given, begin)


@call(
    "GET",
    "/subscriptions",
    "SubscriptionListParams",
    f"{PAGING} created customer price status collection_method",
)
def list_subscriptions(account: Account, given: Thing) -> Thing:
    """Newest first; those that have ended only if they are asked for."""
    found = matching(account.of("subscription"), given, "customer collection_method")
    status = given.get("status")
    if status is None:
        found = [one for one in found if one["status"] != "canceled"]
    elif status == "ended":
        found = [one for one in found if one["ended_at"] is not None]
    elif status != "all":
        found = [one for one in found if one["status"] == status]
    if "price" in given:
        found = [
            o for o in found if given["price"] in [i["price"]["id"] for i in o["items"]["data"]]
        ]
    return page("/v1/subscriptions", found, given)


@call("GET", "/subscriptions/<key>", "SubscriptionRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One subscription."""
    return account.get("subscription", key)


@call(
    "POST",
    "/subscriptions/<key>",
    "SubscriptionUpdateParams",
    f"{_SETTINGS} cancel_at billing_cycle_anchor proration_date cancellation_details",
)
def update(account: Account, given: Thing, key: str) -> Thing:
    """What is given changes; another price is prorated as asked."""
    account.get("subscription", key)
    _refuse_unknown(given)

    def alter() -> tuple[Thing, str]:
        found = account.get("subscription", key)
        reason = changes.change(account, found, given)
        return found, reason

    return _rehearsed(account, given, alter)


@call(
    "DELETE",
    "/subscriptions/<key>",
    "SubscriptionCancelParams",
    "cancellation_details invoice_now prorate",
)
def cancel(account: Account, given: Thing, key: str) -> Thing:
    """At once; the unused time is given back if `prorate` says so."""
    subscription = account.get("subscription", key)
    if subscription["ended_at"] is not None:
        raise Refusal(
            f"No such subscription: '{key}'", status=404, code="resource_missing", param="id"
        )
    details = given.get("cancellation_details", {})
    subscription["cancellation_details"] |= {n: v or None for n, v in details.items()}
    if given.get("prorate"):
        for item in subscription["items"]["data"]:
            billing.credit(account, subscription, item, account.now())
    if given.get("invoice_now"):
        customer = account.objects[subscription["customer"]]
        invoice = invoicing.drafted(account, customer, [], "subscription_update", subscription)
        collecting.settle(account, invoice)
    ending.cancel_now(account, subscription, "cancellation_requested")
    return subscription


@call(
    "POST",
    "/subscriptions/<key>/resume",
    "SubscriptionResumeParams",
    "billing_cycle_anchor proration_behavior",
)
def resume(account: Account, given: Thing, key: str) -> Thing:
    """A paused one goes on, from now."""
    subscription = account.get("subscription", key)
    changes.resume(account, subscription)
    return subscription


@call("GET", "/subscription_items", "SubscriptionItemListParams", f"{PAGING} subscription")
def list_items(account: Account, given: Thing) -> Thing:
    """Those of one subscription."""
    found = account.get("subscription", given["subscription"], param="subscription")
    return page("/v1/subscription_items", found["items"]["data"], given)


@call("GET", "/subscription_items/<key>", "SubscriptionItemRetrieveParams")
def retrieve_item(account: Account, given: Thing, key: str) -> Thing:
    """One item."""
    return account.get("subscription_item", key)


def _rehearsed(account: Account, given: Thing, act: Callable[[], tuple[Thing, str]]) -> Thing:
    """Do it, once it is known that it won't be refused: a refusal leaves nothing behind."""
    with account.rehearsal():
        _, reason = act()
    if reason and given.get("payment_behavior") == "error_if_incomplete":
        raise declined(reason)
    return act()[0]


def _reason(account: Account, subscription: Thing) -> str:
    if subscription["status"] != "incomplete":
        return ""
    invoice = account.objects[subscription["latest_invoice"]]
    error = collecting.intent_of(account, invoice)["last_payment_error"]
    return str(error.get("decline_code") or error["code"]) if error else "authentication_required"


def _refuse_unknown(given: Thing) -> None:
    """What Stripe would do, and is not simulated."""
    if given.get("payment_behavior") == "pending_if_incomplete":
        raise Refusal("The simulated Stripe knows no pending updates.", param="payment_behavior")
    if given.get("collection_method", "charge_automatically") != "charge_automatically":
        raise Refusal("The simulated Stripe charges automatically.", param="collection_method")
    if given.get("billing_mode", {}).get("type", "flexible") != "flexible":
        raise Refusal("The simulated Stripe bills in the flexible mode.", param="billing_mode")
    known = {"id", "price", "quantity", "deleted", "metadata"}
    for n, item in enumerate(given.get("items", [])):
        for name in sorted(set(item) - known):
            param = f"items[{n}][{name}]"
            raise Refusal(f"The simulated Stripe does not know {param}.", param=param)
