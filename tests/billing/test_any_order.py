"""Events in any order and repeated at will: what is stored ends as what Stripe has."""

import functools
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tradingrobotplug import db
from tradingrobotplug.billing import changes, stripe_api
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import StripeEvent, Subscription, Transaction, User

from .shop import Shop
from .test_year import money_at_stripe, money_here, state_here, state_there


def end(shop: Shop, user: User) -> None:
    with stripe_api.asking() as stripe:
        stripe.v1.subscriptions.cancel(shop.at_stripe(user)["id"])


def refund(shop: Shop, user: User) -> None:
    with stripe_api.asking() as stripe:
        charge = stripe.v1.charges.list({"customer": shop.customer(user)}).data[0]
        stripe.v1.refunds.create({"charge": charge.id, "amount": 100})


# What a life of a subscription is made of; each is done if it can be.
ACTS: dict[str, Callable[[Shop, User], Any]] = {
    "to low": lambda shop, user: shop.change(user, "low"),
    "to mid": lambda shop, user: shop.change(user, "mid"),
    "to premium": lambda shop, user: shop.change(user, "premium"),
    "cancel": lambda shop, user: changes.cancel(user.id, shop.now()),
    "resume": lambda shop, user: changes.resume(user.id, shop.now()),
    "end": end,
    "refund": refund,
}


def forget() -> None:
    """As if none of it had ever been told."""
    with db.transaction() as session:
        for table in (StripeEvent, Subscription, Transaction):
            session.execute(delete(table))


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=3), order=st.randoms())
def test_any_order_and_repetition_ends_in_what_stripe_has(
    shop: Shop, buyer: User, acts: list[str], order: Any
) -> None:
    forget()
    start(shop, buyer)
    for act in acts:
        attempt(functools.partial(ACTS[act], shop, buyer))
    events = shop.events()
    forget()
    told = [event for event in events for _ in range(order.randint(1, 3))]
    order.shuffle(told)
    shop.deliver(told)
    assert state_here(shop, buyer) == state_there(shop, buyer)
    assert money_here(buyer) == money_at_stripe(shop, buyer)


def start(shop: Shop, user: User) -> None:
    shop.sandbox.tell("stripe/reset")
    shop.restock()
    shop.buy(user, "mid")


def attempt(act: Callable[[], Any]) -> None:
    try:
        act()
    except Conflict:
        return
