"""What is on sale, made at Stripe from plans.json and the robots' metadata."""

from collections.abc import Iterable
from typing import Any, Protocol

from ..plans import catalogue
from . import records, stripe_api
from .answers import PLAN, ROBOT


class Robot(Protocol):
    """What must be known of a robot to sell it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def price_cents(self) -> int | None: ...


def plan_key(plan_id: str) -> str:
    """Under which a plan's price is found at Stripe; also its product's id."""
    return f"trp_plan_{plan_id}"


def robot_key(robot_id: str) -> str:
    """The same for a single robot."""
    return f"trp_robot_{robot_id}"


def stock(robots: Iterable[Robot]) -> list[str]:
    """Put every plan and robot that has a price on sale at Stripe; in words, what was new.

    A price is never changed there: who subscribed keeps what they agreed to, new ones pay the new.
    """
    wares: list[tuple[str, str, int, str | None, str]] = [
        (plan_key(plan.id), plan.title, plan.price_cents, plan.interval, plan.id)
        for plan in catalogue.plans()
    ]
    wares += [(robot_key(r.id), r.name, r.price_cents or 0, None, r.id) for r in robots]
    sold = [ware for ware in wares if ware[2]]
    known = {price.lookup_key: price for price in records.prices([ware[0] for ware in sold])}
    done = []
    for key, name, cents, interval, about in sold:
        before = known.get(key)
        if before and (before.cents, before.interval) == (cents, interval):
            continue
        price_id = _create_price(key, name, cents, interval, about)
        was = f" (was {before.cents / 100:.2f})" if before else ""
        done.append(f"{name}: {cents / 100:.2f} USD{was}, price {price_id}")
    return done


def _create_price(key: str, name: str, cents: int, interval: str | None, about: str) -> str:
    """A product of the id `key`, and the price on sale for it; the one before sells no more.

    `about`: the plan (with an interval) or robot that it is.
    """
    product: Any = {"name": name, "metadata": {PLAN if interval else ROBOT: about}}
    details: Any = {
        "product": key,
        "currency": "usd",
        "unit_amount": cents,
        "lookup_key": key,
        "transfer_lookup_key": True,
        "metadata": product["metadata"],
    }
    if interval:
        details["recurring"] = {"interval": interval}
    with stripe_api.asking() as client:
        if client.v1.products.list({"ids": [key]}).data:
            client.v1.products.update(key, product)
        else:
            client.v1.products.create({"id": key} | product)
        return client.v1.prices.create(details).id
