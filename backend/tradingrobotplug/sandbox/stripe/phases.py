"""Subscription schedules as time goes on: from one phase to the next."""

from . import ending, items
from .account import Account
from .events import changing
from .things import Thing


def step(account: Account, subscription: Thing, moment: int) -> None:
    """At the end of a phase: the items of the next one, if there is one."""
    if subscription["schedule"] is None:
        return
    schedule = account.objects[subscription["schedule"]]
    ends_at = current(schedule)["end_date"]
    following = [p for p in schedule["phases"] if p["start_date"] >= ends_at]
    if following and moment >= ends_at:
        with changing(account, "subscription_schedule.updated", schedule):
            enter(account, subscription, schedule, following[0])


def close(account: Account, subscription: Thing) -> bool:
    """At the end of the last phase the schedule is over; whether its subscription is, too."""
    if subscription["schedule"] is None:
        return False
    schedule = account.objects[subscription["schedule"]]
    if account.now() < schedule["phases"][-1]["end_date"]:
        return False
    if schedule["end_behavior"] == "cancel":
        ending.cancel_now(account, subscription, "cancellation_requested")
        return True
    with changing(account, "customer.subscription.updated", subscription):
        ending.leave(account, subscription, "released")
    return False


def current(schedule: Thing) -> Thing:
    """The phase that it is in."""
    start = schedule["current_phase"]["start_date"]
    found: list[Thing] = [p for p in schedule["phases"] if p["start_date"] == start]
    return found[0]


def bought(wanted: Thing) -> Thing:
    """An item of a phase."""
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": {},
        "plan": wanted["price"],
        "price": wanted["price"],
        "quantity": wanted.get("quantity", 1),
        "tax_rates": [],
    }


def follow(account: Account, subscription: Thing) -> None:
    """The current phase is for what the subscription is for now."""
    if subscription["schedule"] is None:
        return
    current(account.objects[subscription["schedule"]])["items"] = [
        bought({"price": item["price"]["id"], "quantity": item["quantity"]})
        for item in subscription["items"]["data"]
    ]


def enter(account: Account, subscription: Thing, schedule: Thing, phase: Thing) -> None:
    """The phase's items, quantities and metadata are the subscription's."""
    schedule["current_phase"] = {n: phase[n] for n in ("start_date", "end_date")}
    kept = list(subscription["items"]["data"])
    found = []
    for n, wanted in enumerate(phase["items"]):
        price = account.objects[wanted["price"]]
        if n < len(kept):
            items.set_price(kept[n], price, wanted["quantity"])
            found.append(kept[n])
        else:
            found.append(items.added(account, subscription, wanted, n))
    subscription["items"]["data"] = found
    subscription["metadata"] |= phase["metadata"]
