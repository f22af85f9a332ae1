"""Subscription schedules as time goes on: from one phase to the next."""

from . import ending, items
from .account import Account
from .events import changing
from .things import Thing


def step(account: Account, subscription: Thing, moment: int) -> None:
    """At the end of a phase: the items of the next one, or what is to follow the last."""
    if subscription["schedule"] is None:
        return
    schedule = account.objects[subscription["schedule"]]
    current = schedule["current_phase"]
    if current is None or moment < current["end_date"]:
        return
    following = [p for p in schedule["phases"] if p["start_date"] >= current["end_date"]]
    if following:
        with changing(account, "subscription_schedule.updated", schedule):
            enter(account, subscription, schedule, following[0])
    elif schedule["end_behavior"] == "cancel":
        ending.cancel_now(account, subscription, "cancellation_requested")
    else:
        ending.leave(account, subscription, "released")


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
