"""Buying: a subscription, or a single robot, on a page of Stripe's."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from ..db import new_id, transaction
from ..errors import Conflict, Invalid
from ..models import BillingCustomer
from . import customers, happenings, pages, records, robots, subscriptions
from .changes import plan_named
from .customers import turn
from .pages import Page
from .shop import plan_key, robot_key


@dataclass(frozen=True, slots=True)
class Way:
    """Where the browser goes after a page of Stripe's."""

    paid_url: str
    left_url: str


def buy_plan(user_id: uuid.UUID, plan_id: str, way: Way, code: str | None, now: datetime) -> str:
    """The address of a page to subscribe on; a page that was opened before takes no money any more.

    Conflict `already_subscribed`; Invalid `no_such_plan`, `not_sold`, `code_not_valid`.
    """
    plan = plan_named(plan_id)
    if plan.price_cents == 0:
        raise Invalid("not_sold", "This plan costs nothing: you need not buy it.")
    price_id = records.price_of(plan_key(plan.id)).id
    promotion_id = pages.promotion(code) if code else None
    with turn(user_id):
        customer = customers.ensure(user_id, now)
        _close_page_before(customer, now)
        had_one = _refuse_subscriber(user_id)
        page = Page(
            customer_id=customer.stripe_id,
            user_id=str(user_id),
            price_id=price_id,
            success_url=way.paid_url,
            cancel_url=way.left_url,
            promotion_id=promotion_id,
            trial_days=0 if had_one else plan.trial_days,
        )
        return _opened(customer, page)


def buy_robot(user_id: uuid.UUID, robot_id: str, way: Way, code: str | None, now: datetime) -> str:
    """The address of a page to buy a robot on, paid once. Conflict `already_yours`."""
    price_id = records.price_of(robot_key(robot_id)).id
    promotion_id = pages.promotion(code) if code else None
    with turn(user_id):
        customer = customers.ensure(user_id, now)
        _close_page_before(customer, now)
        with transaction() as session:
            held = robots.live_access(session, user_id, now).get(robot_id)
        if held is not None and held.source == "purchase":
            raise Conflict("already_yours", "You have bought this robot already.")
        page = Page(
            customer_id=customer.stripe_id,
            user_id=str(user_id),
            price_id=price_id,
            success_url=way.paid_url,
            cancel_url=way.left_url,
            promotion_id=promotion_id,
            robot_id=robot_id,
        )
        return _opened(customer, page)


def open_portal(user_id: uuid.UUID, return_url: str) -> str:
    """The address of Stripe's page for cards and invoices. Conflict `nothing_bought`."""
    with transaction() as session:
        customer = customers.of_user(session, user_id)
    if customer is None:
        raise Conflict("nothing_bought", "You have not bought anything yet.")
    return pages.portal(customer.stripe_id, return_url)


def _close_page_before(customer: BillingCustomer, now: datetime) -> None:
    """Two open pages could both be paid. One that has just been paid is taken into account."""
    if customer.checkout_id is None or customer.user_id is None:
        return
    before = records.checkout(customer.checkout_id)
    if before.status == "open":
        pages.close_checkout(before.id)
        before = records.checkout(before.id)
    if before.status == "complete":
        happenings.settle_checkout(customer.user_id, before.id, now)
        subscriptions.refresh(customer.user_id, customer.stripe_id, now)


def _refuse_subscriber(user_id: uuid.UUID) -> bool:
    """Conflict `already_subscribed`; else whether there was a subscription once."""
    with transaction() as session:
        row = subscriptions.of_user(session, user_id)
    if subscriptions.is_bought(row):
        raise Conflict("already_subscribed", "You have a subscription. Change its plan instead.")
    return row is not None and row.stripe_subscription_id is not None


def _opened(customer: BillingCustomer, page: Page) -> str:
    made = pages.open_checkout(page, f"checkout-{new_id()}")
    with transaction() as session:
        session.get_one(BillingCustomer, customer.stripe_id).checkout_id = made.id
    assert made.url is not None
    return made.url
