"""A year of a subscription by Stripe's clock: after each step our state is Stripe's, and the money
adds up to the cent."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from tradingrobotplug import db
from tradingrobotplug.billing import changes, reconcile, stripe_api
from tradingrobotplug.models import Notification, Transaction, User

from .shop import Shop

IN_FORCE = ("active", "trialing", "past_due")


def money_at_stripe(shop: Shop, user: User) -> tuple[int, int]:
    """Cents that were taken and that went back, by Stripe's own charges."""
    with stripe_api.asking() as stripe:
        found = stripe.v1.charges.list({"customer": shop.customer(user), "limit": 100}).data
    taken = [charge for charge in found if charge.status == "succeeded"]
    return sum(c.amount for c in taken), sum(c.amount_refunded for c in taken)


def money_here(user: User) -> tuple[int, int]:
    """The same by what is stored here."""

    def cents(*kinds: str) -> int:
        mine = select(func.coalesce(func.sum(Transaction.paid_cents), 0)).where(
            Transaction.user_id == user.id, Transaction.kind.in_(kinds)
        )
        with db.transaction() as session:
            return int(session.scalar(mine) or 0)

    return cents("invoice", "payment"), cents("refund")


def state_here(shop: Shop, user: User) -> dict[str, Any]:
    row = shop.row(user)
    return {
        "id": row.stripe_subscription_id,
        "status": row.status,
        "plan": row.plan_id,
        "item": row.stripe_item_id,
        "period": row.period_end and int(row.period_end.timestamp()),
        "ends": row.cancel_at is not None,
        "scheduled": row.schedule_id,
    }


def state_there(shop: Shop, user: User) -> dict[str, Any]:
    there = shop.at_stripe(user)
    [item] = there["items"]["data"]
    return {
        "id": there["id"],
        "status": there["status"],
        "plan": item["price"]["metadata"]["trp_plan"],
        "item": item["id"],
        "period": item["current_period_end"],
        "ends": bool(there["cancel_at_period_end"] or there["cancel_at"]),
        "scheduled": there["schedule"],
    }


def agrees(shop: Shop, user: User) -> None:
    """State and money are the same on both sides."""
    assert state_here(shop, user) == state_there(shop, user)
    assert money_here(user) == money_at_stripe(shop, user)


def told(user: User, event: str) -> int:
    with db.transaction() as session:
        mine = select(func.count()).where(
            Notification.user_id == user.id, Notification.event == event
        )
        return session.scalar(mine) or 0


def test_a_year_ends_as_stripe_has_it_and_money_adds_up(shop_in_time: Shop, buyer: User) -> None:
    shop = shop_in_time
    shop.buy(buyer, "low")
    agrees(shop, buyer)
    shop.advance(days=32)  # renewed
    agrees(shop, buyer)
    shop.advance(days=10)
    shop.change(buyer, "mid")  # up, in the middle of a period
    shop.catch_up()
    agrees(shop, buyer)
    shop.change(buyer, "low")  # down, with the next period
    shop.catch_up()
    agrees(shop, buyer)
    shop.advance(days=31)
    assert shop.plan(buyer) == "low"
    agrees(shop, buyer)
    _a_payment_fails_and_recovers(shop, buyer)
    _a_payment_fails_for_good(shop, buyer)
    _something_is_paid_back(shop, buyer)
    changes.cancel(buyer.id, shop.now())
    shop.advance(days=35)
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "canceled")
    agrees(shop, buyer)
    shop.buy(buyer, "premium")  # and comes back
    assert shop.plan(buyer) == "premium"
    agrees(shop, buyer)
    shop.advance(days=120)
    agrees(shop, buyer)
    taken, back = money_here(buyer)
    assert (taken > 40_000, back) == (True, 500)
    assert list(reconcile.run(shop.now())) == []


def _a_payment_fails_and_recovers(shop: Shop, buyer: User) -> None:
    shop.change(buyer, "mid")
    shop.spoil_card(buyer, "insufficient_funds")
    warned = told(buyer, "payment")
    shop.advance_to_status(buyer, "past_due")
    agrees(shop, buyer)
    row = shop.row(buyer)
    assert shop.plan(buyer) == "mid"  # in grace
    assert row.past_due_since is not None
    assert row.grace_until is not None
    assert (row.grace_until - row.past_due_since).days == 7
    assert told(buyer, "payment") == warned + 1
    shop.spoil_card(buyer, "")
    shop.pay_open_invoice(buyer)
    assert (shop.plan(buyer), shop.row(buyer).grace_until) == ("mid", None)
    agrees(shop, buyer)


def _a_payment_fails_for_good(shop: Shop, buyer: User) -> None:
    shop.sandbox.tell("stripe/settings", after_retries="past_due")
    shop.spoil_card(buyer, "insufficient_funds")
    shop.advance_to_status(buyer, "past_due")
    warned = told(buyer, "payment")
    until = shop.row(buyer).grace_until
    assert until is not None
    for left in (timedelta(days=3), timedelta(days=1)):
        shop.advance(seconds=(until - left - shop.now()).total_seconds() + 60)
        assert shop.plan(buyer) == "mid"
    shop.advance(days=1)
    assert told(buyer, "payment") == warned + 2  # three days and one day before
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "past_due")
    assert shop.row(buyer).lapsed_at is not None
    agrees(shop, buyer)
    shop.spoil_card(buyer, "")
    shop.pay_open_invoice(buyer)
    assert shop.plan(buyer) == "mid"  # everything comes back
    agrees(shop, buyer)


def _something_is_paid_back(shop: Shop, buyer: User) -> None:
    with stripe_api.asking() as stripe:
        charge = stripe.v1.charges.list({"customer": shop.customer(buyer)}).data[0]
        stripe.v1.refunds.create({"charge": charge.id, "amount": 500})
    shop.catch_up()
    agrees(shop, buyer)
