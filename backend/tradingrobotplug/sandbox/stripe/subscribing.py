"""A subscription begins."""

from . import billing, collecting, cycles, discounts, invoicing, items, methods
from .account import Account
from .events import emit
from .refusals import Refusal
from .things import Thing, follow_metadata

DAY = collecting.DAY


def subscribe(
    account: Account, customer: Thing, given: Thing, *, is_authenticated: bool = False
) -> Thing:
    """By the parameters of /v1/subscriptions. `is_authenticated`: the customer is there and has
    confirmed the payment to the bank."""
    behavior = given.get("payment_behavior", "allow_incomplete")
    subscription = _made(account, customer, given)
    trial_end = _trial_end(account, given)
    if trial_end:
        subscription |= {"status": "trialing", "trial_start": account.now(), "trial_end": trial_end}
        subscription["billing_cycle_anchor"] = trial_end
        items.set_period(account, subscription, account.now(), trial_end)
        account.wake(trial_end - 3 * DAY, subscription["id"])
        lines = billing.trial(account, subscription)
    else:
        cycles.begin(account, subscription, account.now())
        account.wake(account.now() + cycles.PATIENCE, subscription["id"])
        lines = billing.whole(account, subscription)
    if "cancel_at_period_end" in given:
        ending_at_period_end(account, subscription, given["cancel_at_period_end"])
    invoice = invoicing.drafted(account, customer, lines, "subscription_create", subscription)
    billing.note_billed(subscription, invoice)
    subscription["latest_invoice"] = invoice["id"]
    emit(account, "customer.subscription.created", subscription)
    _begin_payment(account, invoice, behavior, is_authenticated)
    if trial_end:
        cycles.warn(account, subscription)
    return subscription


def ending_at_period_end(account: Account, subscription: Thing, is_wanted: bool) -> None:
    """It will end with its period, or it will not."""
    subscription["cancel_at_period_end"] = is_wanted
    subscription["cancel_at"] = items.period(subscription)[1] if is_wanted else None
    subscription["canceled_at"] = account.now() if is_wanted else None
    reason = "cancellation_requested" if is_wanted else None
    subscription["cancellation_details"]["reason"] = reason


def refuse_unpayable(account: Account, customer: Thing, given: Thing) -> None:
    """Who is to be charged needs something to be charged."""
    has_method = given.get("default_payment_method") or methods.default_of(
        account, customer["id"], None
    )
    if not has_method and given.get("payment_behavior") != "default_incomplete":
        raise Refusal(
            "This customer has no attached payment source or default payment method. Please "
            "consider adding a default payment method.",
            code="resource_missing",
        )


def _begin_payment(account: Account, invoice: Thing, behavior: str, is_authenticated: bool) -> None:
    if behavior == "default_incomplete" and invoice["amount_due"]:
        invoicing.finalize(account, invoice)
        collecting.intend(account, invoice)
    else:
        collecting.settle(account, invoice, is_authenticated=is_authenticated)


def _trial_end(account: Account, given: Thing) -> int | None:
    wanted = given.get("trial_end")
    if wanted == "now" or given.get("trial_period_days") == 0:
        return None
    if wanted is None and "trial_period_days" in given:
        return account.now() + int(given["trial_period_days"]) * DAY
    if wanted is not None and wanted <= account.now():
        raise Refusal(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end"
        )
    return wanted


def _made(account: Account, customer: Thing, given: Thing) -> Thing:
    subscription = account.add("sub", "subscription", **_blank(account.now()))
    subscription["customer"] = customer["id"]
    subscription["items"] = items.listed(subscription["id"])
    for n, wanted in enumerate(given["items"]):
        items.added(account, subscription, wanted, n)
    items.refuse_mixed(subscription)
    subscription["currency"] = subscription["items"]["data"][0]["price"]["currency"]
    follow_metadata(subscription, given.get("metadata"))
    for name in ("description", "default_payment_method"):
        subscription[name] = given.get(name)
    subscription["payment_settings"] |= given.get("payment_settings", {})
    subscription["trial_settings"] = given.get("trial_settings", subscription["trial_settings"])
    discounts.given_to(account, subscription, given.get("discounts") or [])
    return subscription


def _blank(now: int) -> Thing:
    """What every subscription begins with."""
    empty = (
        "application application_fee_percent billing_cycle_anchor_config billing_thresholds "
        "cancel_at canceled_at customer_account days_until_due default_payment_method "
        "default_source description ended_at latest_invoice next_pending_invoice_item_invoice "
        "on_behalf_of pause_collection pending_invoice_item_interval pending_setup_intent "
        "pending_update schedule test_clock transfer_data trial_end trial_start"
    )
    return {
        **dict.fromkeys(empty.split()),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"},
            "type": "flexible",
            "updated_at": now,
        },
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": dict.fromkeys(("comment", "feedback", "feedback_option", "reason")),
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": now,
        "status": "incomplete",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }
