"""Subscription schedules over the API: https://docs.stripe.com/api/subscription_schedules."""

from . import ending, items, periods, phases
from .account import Account
from .answers import PAGING, matching, page
from .door import call
from .events import changing, emit
from .refusals import Refusal, required
from .things import Thing, follow_metadata


@call(
    "POST",
    "/subscription_schedules",
    "SubscriptionScheduleCreateParams",
    "from_subscription metadata",
)
def create(account: Account, given: Thing) -> Thing:
    """From a subscription: one phase, its current period."""
    if "from_subscription" not in given:
        raise required("from_subscription")
    key = given["from_subscription"]
    subscription = account.get("subscription", key, param="from_subscription")
    if subscription["ended_at"] is not None or subscription["schedule"]:
        raise Refusal(
            "You cannot migrate a subscription that has ended, or that is already attached to a "
            f"schedule: {key}"
        )
    start, end = items.period(subscription)
    schedule = account.add(
        "sub_sched",
        "subscription_schedule",
        **_blank(),
        billing_mode=subscription["billing_mode"],
        current_phase={"start_date": start, "end_date": end},
        customer=subscription["customer"],
        end_behavior="cancel" if subscription["cancel_at"] else "release",
        subscription=key,
    )
    current = [
        {"price": item["price"]["id"], "quantity": item["quantity"]}
        for item in subscription["items"]["data"]
    ]
    schedule["phases"] = [_phase(account, {"items": current}, start, end)]
    with changing(account, "customer.subscription.updated", subscription):
        subscription["schedule"] = schedule["id"]
    follow_metadata(schedule, given.get("metadata"))
    emit(account, "subscription_schedule.created", schedule)
    return schedule


@call(
    "GET", "/subscription_schedules", "SubscriptionScheduleListParams", f"{PAGING} created customer"
)
def list_schedules(account: Account, given: Thing) -> Thing:
    """Newest first."""
    found = matching(account.of("subscription_schedule"), given, "customer")
    return page("/v1/subscription_schedules", found, given)


@call("GET", "/subscription_schedules/<key>", "SubscriptionScheduleRetrieveParams")
def retrieve(account: Account, given: Thing, key: str) -> Thing:
    """One schedule."""
    return account.get("subscription_schedule", key)


@call(
    "POST",
    "/subscription_schedules/<key>",
    "SubscriptionScheduleUpdateParams",
    "end_behavior metadata phases proration_behavior",
)
def update(account: Account, given: Thing, key: str) -> Thing:
    """All phases, the current one too, are given anew."""
    schedule = _active(account, key)
    found = _planned(account, schedule, given["phases"]) if "phases" in given else None
    with changing(account, "subscription_schedule.updated", schedule):
        schedule["phases"] = found or schedule["phases"]
        schedule["end_behavior"] = given.get("end_behavior", schedule["end_behavior"])
        follow_metadata(schedule, given.get("metadata"))
        current = schedule["phases"][0]
        schedule["current_phase"] = {n: current[n] for n in ("start_date", "end_date")}
    for phase in schedule["phases"]:
        account.wake(phase["end_date"], schedule["subscription"])
    return schedule


@call(
    "POST",
    "/subscription_schedules/<key>/release",
    "SubscriptionScheduleReleaseParams",
    "preserve_cancel_date",
)
def release(account: Account, given: Thing, key: str) -> Thing:
    """The subscription goes on as it is now."""
    schedule = _active(account, key)
    subscription = account.objects[schedule["subscription"]]
    with changing(account, "customer.subscription.updated", subscription):
        ending.leave(account, subscription, "released")
    return schedule


@call("POST", "/subscription_schedules/<key>/cancel", "SubscriptionScheduleCancelParams")
def cancel(account: Account, given: Thing, key: str) -> Thing:
    """The schedule and its subscription end at once."""
    schedule = _active(account, key)
    subscription = account.objects[schedule["subscription"]]
    ending.cancel_now(account, subscription, "cancellation_requested")
    return schedule


def _active(account: Account, key: str) -> Thing:
    schedule = account.get("subscription_schedule", key)
    if schedule["status"] != "active":
        raise Refusal(
            f"You cannot change a subscription schedule that is currently in the "
            f"`{schedule['status']}` status."
        )
    return schedule


def _planned(account: Account, schedule: Thing, wanted: list[Thing]) -> list[Thing]:
    """The phases one after the other. The current one keeps its start and its items."""
    current = schedule["current_phase"]
    found: list[Thing] = []
    for n, one in enumerate(wanted):
        start = found[-1]["end_date"] if found else current["start_date"]
        if one.get("start_date", start) != start:
            raise Refusal(
                "The simulated Stripe joins each phase to the one before it.",
                param=f"phases[{n}][start_date]",
            )
        for m, item in enumerate(one["items"]):
            items.sellable(account, item.get("price", ""), f"phases[{n}][items][{m}][price]")
        end = _end_of(account, one, start)
        is_last = n == len(wanted) - 1
        is_on_beat = is_last or _ends_a_period(account, schedule, one, start, end)
        if end <= max(start, account.now()) or not is_on_beat:
            raise Refusal(
                "In the simulated Stripe a phase ends in the future, and with a billing period if "
                "another follows.",
                param=f"phases[{n}][end_date]",
            )
        found.append(_phase(account, one, start, end))
    if not found:
        raise required("phases")
    if _bought(found[0]) != _bought(phases.current(schedule)):
        raise Refusal(
            "The simulated Stripe changes the items of the current phase through the subscription.",
            param="phases[0][items]",
        )
    return found


def _bought(phase: Thing) -> list[tuple[str, int]]:
    return [(item["price"], item["quantity"]) for item in phase["items"]]


def _end_of(account: Account, wanted: Thing, start: int) -> int:
    """As given, or after its duration, or after one billing period."""
    if "end_date" in wanted:
        return account.now() if wanted["end_date"] == "now" else int(wanted["end_date"])
    told: Thing = account.objects[wanted["items"][0]["price"]]["recurring"]
    if "duration" in wanted:
        told = wanted["duration"]
    rhythm = {"interval": told["interval"], "interval_count": told.get("interval_count", 1)}
    return periods.after(start, rhythm, 1)


def _ends_a_period(account: Account, schedule: Thing, wanted: Thing, start: int, end: int) -> bool:
    subscription = account.objects[schedule["subscription"]]
    rhythm = account.objects[wanted["items"][0]["price"]]["recurring"]
    is_same = rhythm == items.rhythm(subscription)
    anchor = subscription["billing_cycle_anchor"] if is_same else start
    return periods.around(anchor, rhythm, end)[0] == end


def _phase(account: Account, wanted: Thing, start: int, end: int) -> Thing:
    known = {"items", "start_date", "end_date", "duration", "proration_behavior", "metadata"}
    for name in sorted(set(wanted) - known):
        raise Refusal(f"The simulated Stripe does not know phases[{name}].", param="phases")
    empty = (
        "application_fee_percent billing_cycle_anchor billing_thresholds collection_method "
        "default_payment_method description invoice_settings on_behalf_of transfer_data trial_end"
    )
    bought = [phases.bought(item) for item in wanted["items"]]
    return {
        **dict.fromkeys(empty.split()),
        "add_invoice_items": [],
        "currency": account.objects[bought[0]["price"]]["currency"],
        "default_tax_rates": [],
        "discounts": [],
        "end_date": end,
        "items": bought,
        "metadata": wanted.get("metadata", {}),
        "proration_behavior": wanted.get("proration_behavior", "create_prorations"),
        "start_date": start,
    }


def _blank() -> Thing:
    """What every schedule begins with."""
    empty = (
        "application canceled_at completed_at customer_account released_at released_subscription "
        "test_clock"
    )
    defaults = (
        "application_fee_percent billing_thresholds default_payment_method description "
        "on_behalf_of transfer_data"
    )
    settings = {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}}
    return {
        **dict.fromkeys(empty.split()),
        "default_settings": {
            **dict.fromkeys(defaults.split()),
            "billing_cycle_anchor": "automatic",
            "collection_method": "charge_automatically",
            "invoice_settings": settings,
        },
        "metadata": {},
        "pause_schedules": [],
        "phases": [],
        "status": "active",
    }
