"""The end of subscriptions."""

from .account import Account
from .events import emit
from .invoicing import subscription_of
from .things import Thing


def cancel_now(account: Account, subscription: Thing, reason: str) -> None:
    """It ends at once; its invoices are not tried any more."""
    now = account.now()
    subscription |= {
        "status": "canceled",
        "canceled_at": subscription["canceled_at"] or now,
        "ended_at": now,
    }
    details = subscription["cancellation_details"]
    details["reason"] = details["reason"] or reason
    leave(account, subscription, "canceled")
    for invoice in account.of("invoice"):
        if subscription_of(account, invoice) is subscription and invoice["auto_advance"]:
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
    emit(account, "customer.subscription.deleted", subscription)


def leave(account: Account, subscription: Thing, status: str) -> None:
    """The subscription has no schedule any more."""
    if subscription["schedule"] is None:
        return
    schedule = account.objects[subscription["schedule"]]
    schedule |= {"status": status, f"{status}_at": account.now(), "current_phase": None}
    if status == "released":
        schedule |= {"released_subscription": subscription["id"], "subscription": None}
    subscription["schedule"] = None
    emit(account, f"subscription_schedule.{status}", schedule)
