"""What loses money with Stripe; number 18 of the list of what loses money."""

from typing import Any

import pytest

from tradingrobotplug.billing import (
    changes,
    checkout,
    happenings,
    records,
    stripe_api,
    subscriptions,
)
from tradingrobotplug.billing.answers import CheckoutSeen
from tradingrobotplug.billing.customers import turn
from tradingrobotplug.models import User

from .shop import BROKE, WAY, Shop


def test_loss_18_a_session_that_is_complete_but_unpaid_gives_nothing(
    shop: Shop, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bank debit takes days: the session is complete, and nobody has paid yet."""
    shop.buy_robot(buyer, BROKE)
    opened = records.checkouts_of(shop.customer(buyer))[0]
    real = stripe_api.plain

    def unpaid(found: Any) -> Any:
        plain = dict(real(found))
        if plain["object"] == "checkout.session":
            plain |= {"status": "complete", "payment_status": "unpaid"}
        return plain

    monkeypatch.setattr(stripe_api, "plain", unpaid)
    happenings.settle_checkout(buyer.id, opened.id, shop.now())
    assert isinstance(records.checkout(opened.id), CheckoutSeen)
    assert shop.access(buyer) is None


def test_loss_18_a_subscription_that_is_not_paid_gives_no_access(shop: Shop, buyer: User) -> None:
    shop.pay_nothing(buyer, "premium")
    assert shop.at_stripe(buyer)["status"] == "incomplete"
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "incomplete")


def test_loss_18_an_old_event_does_not_overwrite_a_newer_state(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "premium")
    active = [e for e in shop.events() if e["type"] == "customer.subscription.created"]
    with stripe_api.asking() as stripe:
        stripe.v1.subscriptions.cancel(shop.row(buyer).stripe_subscription_id or "")
    shop.catch_up()
    assert shop.plan(buyer) == "free"
    shop.deliver([event | {"id": f"{event['id']}_late"} for event in active])
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "canceled")


def test_loss_18_what_was_fetched_before_is_not_stored_after_what_came_later(
    shop: Shop, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers: the one that asked first must not write last. The second waits its turn."""
    shop.buy(buyer, "premium")
    real, seen = records.subscriptions_of, []

    def slow(*given: Any) -> Any:
        found = real(*given)
        if not seen:  # while the first holds what it has fetched, everything ends
            seen.append(1)
            with stripe_api.asking() as stripe:
                stripe.v1.subscriptions.cancel(found[0].id)
            with pytest.raises(Exception, match="being changed"):
                changes.cancel(buyer.id, shop.now())
        return found

    monkeypatch.setattr("tradingrobotplug.billing.customers._WAIT", "100ms")
    monkeypatch.setattr(records, "subscriptions_of", slow)
    with turn(buyer.id):
        subscriptions.refresh(buyer.id, shop.customer(buyer), shop.now())
    assert (len(seen), shop.plan(buyer)) == (1, "premium")
    shop.catch_up()
    assert shop.plan(buyer) == "free"


@pytest.mark.parametrize("plan_id", ["low", "premium"])
def test_loss_18_no_change_bills_a_second_item(shop: Shop, buyer: User, plan_id: str) -> None:
    shop.buy(buyer, "mid")
    shop.change(buyer, plan_id)
    assert len(shop.at_stripe(buyer)["items"]["data"]) == 1
    with stripe_api.asking() as stripe:
        found = stripe.v1.subscriptions.list({"customer": shop.customer(buyer), "status": "all"})
    assert len(found.data) == 1


def test_loss_18_a_change_without_its_item_would_be_seen(shop: Shop, buyer: User) -> None:
    """What the test above looks for: Stripe does add a second item if the first is not named."""
    shop.buy(buyer, "low")
    row, price = shop.row(buyer), records.price_of("trp_plan_mid")
    with stripe_api.asking() as stripe:
        stripe.v1.subscriptions.update(
            row.stripe_subscription_id or "", {"items": [{"price": price.id}]}
        )
    assert len(shop.at_stripe(buyer)["items"]["data"]) == 2


def test_loss_18_two_tabs_do_not_subscribe_twice(shop: Shop, buyer: User) -> None:
    pages = [checkout.buy_plan(buyer.id, "low", WAY, None, shop.now()) for _ in range(2)]
    for page in pages:
        shop.paid_on(page)
    with stripe_api.asking() as stripe:
        found = stripe.v1.subscriptions.list({"customer": shop.customer(buyer), "status": "all"})
    assert len(found.data) == 1
