"""What changes on a subscription, and what that costs.

https://docs.stripe.com/billing/subscriptions/change-price: the period begins anew, billed at once,
when the interval changes, when a free subscription gets a price, when a trial is ended, or when
`billing_cycle_anchor` is now; else `proration_behavior` decides.
"""

from typing import Any

from . import billing, collecting, cycles, discounts, invoicing, items, methods, phases
from .account import Account
from .events import changing, emit
from .refusals import Refusal
from .subscribing import ending_at_period_end
from .things import Thing, follow_metadata


def change(account: Account, subscription: Thing, given: Thing) -> str:
    """By the parameters of POST /v1/subscriptions/…. Why a payment failed, or empty."""
    _refuse_unchangeable(subscription, given)
    with changing(account, "customer.subscription.updated", subscription):
        _note(account, subscription, given)
        invoice = _change_items(account, subscription, given)
        phases.follow(account, subscription)
        _end(account, subscription, given)
        if invoice is None:
            return ""
        subscription["latest_invoice"] = invoice["id"]
        behavior = given.get("payment_behavior", "allow_incomplete")
        if behavior == "default_incomplete" and invoice["amount_due"]:
            invoicing.finalize(account, invoice)
            collecting.intend(account, invoice)
            subscription["status"] = "past_due"
            return ""
        return collecting.settle(account, invoice)


def _refuse_unchangeable(subscription: Thing, given: Thing) -> None:
    if subscription["ended_at"] is not None and set(given) - {"metadata", "cancellation_details"}:
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if subscription["schedule"] and {"cancel_at", "cancel_at_period_end"} & set(given):
        raise Refusal(
            "The subscription is managed by the subscription schedule "
            f"`{subscription['schedule']}`, and updating any cancelation behavior directly is not "
            "allowed. Please update the schedule instead."
        )


def _note(account: Account, subscription: Thing, given: Thing) -> None:
    """What costs nothing."""
    follow_metadata(subscription, given.get("metadata"))
    if "description" in given:
        subscription["description"] = given["description"] or None
    if "default_payment_method" in given:
        key, customer = given["default_payment_method"], subscription["customer"]
        methods.owned(account, key, customer, "default_payment_method")
        subscription["default_payment_method"] = key
    if "discounts" in given:
        discounts.given_to(account, subscription, given["discounts"] or [])
    subscription["payment_settings"] |= given.get("payment_settings", {})
    subscription["trial_settings"] = given.get("trial_settings", subscription["trial_settings"])
    details = given.get("cancellation_details", {})
    subscription["cancellation_details"] |= {n: v or None for n, v in details.items()}


def _change_items(account: Account, subscription: Thing, given: Thing) -> Thing | None:
    """The invoice that is to be paid at once, if there is one."""
    behavior = given.get("proration_behavior", "create_prorations")
    start, end = items.period(subscription)
    at = given.get("proration_date", min(account.now(), end))  # a pause may outlast a period
    if not start <= at <= end:
        raise Refusal(
            "Cannot specify proration date outside of current subscription period.",
            param="proration_date",
        )
    was = (dict(items.rhythm(subscription)), _cost(subscription))
    is_trial = subscription["status"] == "trialing"
    changed = _swap(account, subscription, given.get("items", []), behavior, at)
    ends_trial = _follow_trial(account, subscription, given)
    is_anew = given.get("billing_cycle_anchor") == "now" or ends_trial
    if not is_trial:
        is_anew = is_anew or was[0] != items.rhythm(subscription)
        is_anew = is_anew or (was[1] == 0 and _cost(subscription) > 0)
    if is_anew:
        if given.get("billing_cycle_anchor") == "now" and behavior != "none":
            for item in subscription["items"]["data"]:
                billing.credit(account, subscription, item, at)
        return _anew(account, subscription)
    if behavior != "none" and not is_trial:
        for item in changed:
            billing.debit(account, subscription, item, at)
    if behavior == "always_invoice" and changed:
        return _invoiced(account, subscription, [])
    return None


def _swap(
    account: Account, subscription: Thing, wanted: list[Thing], behavior: str, at: int
) -> list[Thing]:
    """The items that cost something else now; what was billed for them is credited."""
    changed = []
    start, end = items.period(subscription)
    for n, one in enumerate(wanted):
        if "id" not in one:
            item = items.added(account, subscription, one, n)
            item |= {"current_period_start": start, "current_period_end": end}
            changed.append(item)
            continue
        item = items.named(subscription, one["id"])
        follow_metadata(item, one.get("metadata"))
        price = item["price"]
        if one.get("price", price["id"]) != price["id"]:
            price = items.sellable(account, one["price"], f"items[{n}][price]")
        quantity: int = one["quantity"] if "quantity" in one else item["quantity"]
        if (price, quantity) == (item["price"], item["quantity"]) and not one.get("deleted"):
            continue
        if behavior != "none":
            billing.credit(account, subscription, item, at)
        if one.get("deleted"):
            subscription["items"]["data"].remove(item)
            continue
        items.set_price(item, price, quantity)
        changed.append(item)
    items.refuse_mixed(subscription)
    return changed


def _follow_trial(account: Account, subscription: Thing, given: Thing) -> bool:
    """Whether a trial is ended by this."""
    wanted: Any = given.get("trial_end")
    if wanted is None:
        return False
    if subscription["status"] != "trialing":
        if wanted == "now":
            return False
        raise Refusal("The simulated Stripe adds no trial to a subscription that has begun.")
    if wanted == "now":
        subscription |= {"status": "active", "trial_end": account.now()}
        return True
    if wanted <= account.now():
        raise Refusal("Invalid timestamp: it is not in the future.", param="trial_end")
    subscription |= {"trial_end": wanted, "billing_cycle_anchor": wanted, "_is_warned": False}
    items.set_period(account, subscription, items.period(subscription)[0], wanted)
    account.wake(wanted - 3 * collecting.DAY, subscription["id"])
    cycles.warn(account, subscription)
    return False


def _anew(account: Account, subscription: Thing) -> Thing:
    if subscription["schedule"]:
        raise Refusal(
            "The simulated Stripe begins no new period while a schedule counts the old ones: "
            f"release {subscription['schedule']} first."
        )
    cycles.begin(account, subscription, account.now())
    return _invoiced(account, subscription, billing.whole(account, subscription))


def _invoiced(account: Account, subscription: Thing, lines: list[Thing]) -> Thing:
    customer = account.objects[subscription["customer"]]
    invoice = invoicing.drafted(account, customer, lines, "subscription_update", subscription)
    billing.note_billed(subscription, invoice)
    return invoice


def _end(account: Account, subscription: Thing, given: Thing) -> None:
    if "cancel_at_period_end" in given:
        ending_at_period_end(account, subscription, given["cancel_at_period_end"])
    if "cancel_at" not in given:
        return
    wanted = given["cancel_at"]
    if wanted in ("min_period_end", "max_period_end"):
        wanted = items.period(subscription)[1]
    if wanted and wanted <= account.now():
        raise Refusal("cancel_at must be in the future.", param="cancel_at")
    subscription |= {
        "cancel_at": wanted or None,
        "cancel_at_period_end": False,
        "canceled_at": account.now() if wanted else None,
    }
    if wanted:
        account.wake(wanted, subscription["id"])


def _cost(subscription: Thing) -> int:
    return sum(items.amount(item) for item in subscription["items"]["data"])


def resume(account: Account, subscription: Thing) -> str:
    """A paused subscription begins anew, billed at once. Why the payment failed, or empty."""
    if subscription["status"] != "paused":
        raise Refusal(f"You cannot resume a subscription with status {subscription['status']}.")
    with changing(account, "customer.subscription.updated", subscription):
        invoice = _anew(account, subscription)
        subscription["latest_invoice"] = invoice["id"]
        reason = collecting.settle(account, invoice)
        if not reason:
            subscription["status"] = "active"
    if not reason:
        emit(account, "customer.subscription.resumed", subscription)
    return reason
