"""The life of a subscription as time goes on: trials, renewals, its end."""

from . import billing, collecting, ending, invoicing, items, methods, periods, phases
from .account import Account
from .collecting import DAY
from .events import changing, emit
from .invoicing import HOUR
from .things import Thing

_WARNING = 3 * DAY  # before a trial ends
PATIENCE = 23 * HOUR  # with a first payment


def wake(account: Account, subscription: Thing) -> None:
    """Do what is due by now."""
    now = account.now()
    if subscription["ended_at"] is not None:
        return
    if subscription["status"] == "incomplete":
        if now >= subscription["created"] + PATIENCE:
            expire(account, subscription)
        return
    warn(account, subscription)
    if phases.close(account, subscription):
        return
    if subscription["cancel_at"] is not None and now >= subscription["cancel_at"]:
        ending.cancel_now(account, subscription, "cancellation_requested")
        return
    if subscription["status"] != "paused" and now >= items.period(subscription)[1]:
        _renew(account, subscription)


def warn(account: Account, subscription: Thing) -> None:
    """Tell once, three days before, that a trial will end."""
    is_trial = subscription["status"] == "trialing" and not subscription.get("_is_warned")
    if is_trial and account.now() >= subscription["trial_end"] - _WARNING:
        subscription["_is_warned"] = True
        emit(account, "customer.subscription.trial_will_end", subscription)


def expire(account: Account, subscription: Thing) -> None:
    """The first payment was not made in 23 hours."""
    invoice = account.objects[subscription["latest_invoice"]]
    with changing(account, "customer.subscription.updated", subscription):
        subscription |= {"status": "incomplete_expired", "ended_at": account.now()}
    collecting.void(account, invoice)


def begin(account: Account, subscription: Thing, moment: int) -> None:
    """A first period begins at this moment, and the others are counted from it."""
    subscription["billing_cycle_anchor"] = moment
    end = periods.after(moment, items.rhythm(subscription), 1)
    items.set_period(account, subscription, moment, end)


def _renew(account: Account, subscription: Thing) -> None:
    start, end = items.period(subscription)
    is_trial = subscription["status"] == "trialing"
    if is_trial and _ends_without_payment(account, subscription):
        return
    with changing(account, "customer.subscription.updated", subscription):
        before = dict(items.rhythm(subscription))
        phases.step(account, subscription, end)
        if is_trial:
            subscription["status"] = "active"
        if is_trial or before != items.rhythm(subscription):
            begin(account, subscription, end)
        else:
            anchor, rhythm = subscription["billing_cycle_anchor"], items.rhythm(subscription)
            items.set_period(account, subscription, *periods.around(anchor, rhythm, end))
        customer = account.objects[subscription["customer"]]
        lines = billing.whole(account, subscription)
        invoice = invoicing.drafted(account, customer, lines, "subscription_cycle", subscription)
        billing.note_billed(subscription, invoice)
        subscription["latest_invoice"] = invoice["id"]
    invoice |= {"period_start": start, "period_end": end}
    if subscription["status"] == "unpaid":
        invoice["auto_advance"] = False  # nobody is charged until the debt is settled
        return
    invoice["automatically_finalizes_at"] = account.now() + HOUR
    account.wake(account.now() + HOUR, invoice["id"])


def _ends_without_payment(account: Account, subscription: Thing) -> bool:
    """A trial that nobody has given a card for is canceled or paused, if so wanted."""
    wanted = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if methods.default_of(account, subscription["customer"], subscription):
        return False
    if wanted == "cancel":
        ending.cancel_now(account, subscription, "cancellation_requested")
    elif wanted == "pause":
        with changing(account, "customer.subscription.updated", subscription):
            subscription["status"] = "paused"
        emit(account, "customer.subscription.paused", subscription)
    return wanted in ("cancel", "pause")
