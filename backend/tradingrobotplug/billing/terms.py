"""What a subscription bills, changed at Stripe: at once with proration, or from the next period on.

A change names the subscription's item; without it Stripe would bill a second one beside it.
"""

from datetime import datetime
from typing import Any

from . import answers, stripe_api


def preview(subscription_id: str, item_id: str, price_id: str, at: datetime) -> answers.Preview:
    """What a change at this moment would cost."""
    with stripe_api.asking() as client:
        found = client.v1.invoices.create_preview(
            {
                "subscription": subscription_id,
                "subscription_details": {
                    "items": [{"id": item_id, "price": price_id}],
                    "proration_behavior": "always_invoice",
                    "proration_date": int(at.timestamp()),
                },
            }
        )
    return answers.preview(stripe_api.plain(found))


def change_now(subscription_id: str, item_id: str, price_id: str, at: datetime) -> None:
    """Bill the new price from `at` on, the difference at once; unpaid, nothing changes.

    Conflict `payment_refused`.
    """
    key = f"change-{subscription_id}-{price_id}-{int(at.timestamp())}"
    with stripe_api.asking() as client:
        client.v1.subscriptions.update(
            subscription_id,
            {
                "items": [{"id": item_id, "price": price_id}],
                "proration_behavior": "always_invoice",
                "proration_date": int(at.timestamp()),
                "payment_behavior": "error_if_incomplete",
                "cancel_at_period_end": False,
            },
            stripe_api.once(key),
        )


def change_at_period_end(subscription_id: str, schedule_id: str | None, price_id: str) -> None:
    """Bill the new price from the next period on. Made again after it was cut off, it goes on."""
    with stripe_api.asking() as client:
        if schedule_id is None:
            made = client.v1.subscription_schedules.create({"from_subscription": subscription_id})
        else:
            made = client.v1.subscription_schedules.retrieve(schedule_id)
        now = stripe_api.plain(made)["phases"][0]
        phases: Any = [
            {
                "items": [{"price": _price_id(item), "quantity": 1} for item in now["items"]],
                "start_date": now["start_date"],
                "end_date": now["end_date"],
                "proration_behavior": "none",
            },
            {
                "items": [{"price": price_id, "quantity": 1}],
                "duration": {"interval": "month", "interval_count": 1},
                "proration_behavior": "none",
            },
        ]
        client.v1.subscription_schedules.update(
            made.id, {"end_behavior": "release", "phases": phases}
        )


def drop_schedule(schedule_id: str) -> None:
    """What was to come does not; the subscription goes on as it is."""
    with stripe_api.asking() as client:
        client.v1.subscription_schedules.release(schedule_id)


def end_with_period(subscription_id: str, *, ends: bool) -> None:
    """Let it end with the period that is paid for, or go on after all."""
    with stripe_api.asking() as client:
        client.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": ends})


def end_now(subscription_id: str) -> None:
    """End it at once; what is left of the period is credited to the customer."""
    with stripe_api.asking() as client:
        client.v1.subscriptions.cancel(subscription_id, {"prorate": True, "invoice_now": True})


def drop_item(subscription_id: str, item_id: str) -> None:
    """Bill this item no more; what is left of its period is credited to the customer."""
    with stripe_api.asking() as client:
        client.v1.subscriptions.update(
            subscription_id,
            {
                "items": [{"id": item_id, "deleted": True}],
                "proration_behavior": "always_invoice",
            },
        )


def _price_id(item: Any) -> str:
    price = item["price"]
    return str(price if isinstance(price, str) else price["id"])
