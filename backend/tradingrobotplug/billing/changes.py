"""Changing a plan: up at once with the difference billed, down with the next period; ending it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..db import transaction
from ..errors import Conflict, Invalid
from ..models import BillingCustomer, Subscription
from ..plans import catalogue
from ..plans.catalogue import Plan
from . import customers, records, subscriptions, terms
from .answers import Preview
from .customers import turn
from .shop import plan_key

SHOWN_FOR = timedelta(minutes=10)
"""How old a preview may be for a change to be billed as it said."""

Way = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a change would mean. `at`: when it takes effect; `preview`: what is billed now, if
    anything is."""

    plan: Plan
    way: Way
    at: datetime
    preview: Preview | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A subscription of Stripe's and the price that it is to change to."""

    row: Subscription
    customer: BillingCustomer
    subscription_id: str
    item_id: str


def preview(user_id: uuid.UUID, plan_id: str, now: datetime) -> Offer:
    """What changing to this plan would mean and cost at this second; nothing changes.

    Conflict `not_subscribed`, `payment_due`, `already_on_plan`; Invalid `no_such_plan`.
    """
    plan = plan_named(plan_id)
    standing = _standing(user_id)
    way, now = _way(standing.row, plan), now.replace(microsecond=0)
    if way == "down":
        return Offer(plan, way, standing.row.period_end or now, None)
    price = records.price_of(plan_key(plan.id))
    found = terms.preview(standing.subscription_id, standing.item_id, price.id, now)
    return Offer(plan, way, now, found)


def change(user_id: uuid.UUID, plan_id: str, shown_at: datetime | None, now: datetime) -> Way:
    """Change to this plan; `shown_at` is the moment of the preview that the user agreed to.

    Up: billed at once, and unpaid nothing changes (Conflict `payment_refused`). Down: with the next
    period; to the default plan by ending the subscription then. Refused as `preview` is, and
    Conflict `preview_too_old`.
    """
    plan = plan_named(plan_id)
    at = (shown_at or now).replace(microsecond=0)
    if not now - SHOWN_FOR <= at <= now:
        raise Conflict("preview_too_old", "The price was shown too long ago. Look at it again.")
    with turn(user_id):
        standing = _standing(user_id)
        way = _way(standing.row, plan)
        if way == "down":
            _change_down(standing, plan)
        else:
            _change_up(standing, plan, at)
        subscriptions.refresh(user_id, standing.customer.stripe_id, now)
    return way


def cancel(user_id: uuid.UUID, now: datetime) -> None:
    """End the subscription with the period that is paid for. Conflict `not_subscribed`."""
    with turn(user_id):
        standing = _standing(user_id, or_unpaid=True)
        _end_with_period(standing)
        subscriptions.refresh(user_id, standing.customer.stripe_id, now)


def resume(user_id: uuid.UUID, now: datetime) -> None:
    """Let it go on as it is: neither an end nor another plan is to come.

    Conflict `not_subscribed`, `nothing_to_resume`.
    """
    with turn(user_id):
        standing = _standing(user_id, or_unpaid=True)
        row = standing.row
        if row.cancel_at is None and row.schedule_id is None:
            raise Conflict("nothing_to_resume", "Your subscription goes on already.")
        if row.schedule_id is not None:
            terms.drop_schedule(row.schedule_id)
        if row.cancel_at is not None:
            terms.end_with_period(standing.subscription_id, ends=False)
        subscriptions.refresh(user_id, standing.customer.stripe_id, now)


def plan_named(plan_id: str) -> Plan:
    """Invalid `no_such_plan`."""
    plan = catalogue.plan_for(plan_id)
    if plan.id != plan_id:
        raise Invalid("no_such_plan", "There is no such plan.")
    return plan


def _standing(user_id: uuid.UUID, *, or_unpaid: bool = False) -> _Standing:
    with transaction() as session:
        row = subscriptions.of_user(session, user_id)
        customer = customers.of_user(session, user_id)
    if row is None or customer is None or not subscriptions.is_bought(row):
        raise Conflict("not_subscribed", "You have no subscription yet. Buy one first.")
    if row.status not in ("active", "trialing") and not or_unpaid:
        raise Conflict("payment_due", "A payment is open. Pay it before you change your plan.")
    assert row.stripe_subscription_id is not None
    assert row.stripe_item_id is not None
    return _Standing(row, customer, row.stripe_subscription_id, row.stripe_item_id)


def _way(row: Subscription, plan: Plan) -> Way:
    if plan.id == row.plan_id:
        raise Conflict("already_on_plan", "This is your plan already.")
    now = catalogue.plan_for(row.plan_id)
    return "up" if catalogue.plans().index(plan) > catalogue.plans().index(now) else "down"


def _change_up(standing: _Standing, plan: Plan, at: datetime) -> None:
    price = records.price_of(plan_key(plan.id))
    if standing.row.schedule_id is not None:
        terms.drop_schedule(standing.row.schedule_id)
    terms.change_now(standing.subscription_id, standing.item_id, price.id, at)


def _change_down(standing: _Standing, plan: Plan) -> None:
    if plan.default:
        _end_with_period(standing)
        return
    price = records.price_of(plan_key(plan.id))
    if standing.row.cancel_at is not None:
        terms.end_with_period(standing.subscription_id, ends=False)
    terms.change_at_period_end(standing.subscription_id, standing.row.schedule_id, price.id)


def _end_with_period(standing: _Standing) -> None:
    if standing.row.schedule_id is not None:
        terms.drop_schedule(standing.row.schedule_id)
    terms.end_with_period(standing.subscription_id, ends=True)
