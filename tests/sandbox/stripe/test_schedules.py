"""A downgrade at the end of the period, by a subscription schedule."""

from typing import Any

import pytest
import stripe

from tests.sandbox.stripe.shop import DAY, Shop


@pytest.fixture
def mid(shop: Shop) -> Any:
    return shop.subscribed("mid")


def planned(shop: Shop, mid: Any, plan: str, **more: Any) -> Any:
    """The plan from the next period on."""
    made = shop.v1.subscription_schedules.create({"from_subscription": mid.id})
    current = made.phases[0]
    phases = [
        {
            "items": [{"price": current["items"][0].price, "quantity": 1}],
            "start_date": current.start_date,
            "end_date": current.end_date,
        },
        {
            "items": [{"price": shop.prices[plan], "quantity": 1}],
            "duration": {"interval": "month", "interval_count": 1},
        },
    ]
    wanted = {"phases": phases, "end_behavior": "release"}
    return shop.v1.subscription_schedules.update(made.id, wanted | more)


def test_a_downgrade_waits_for_the_end_of_the_period(shop: Shop, mid: Any) -> None:
    schedule = planned(shop, mid, "low")
    assert (schedule.status, len(schedule.phases)) == ("active", 2)
    now = shop.subscription(mid.id)
    assert (now.schedule, now["items"].data[0].price.id) == (schedule.id, shop.prices["mid"])
    preview = shop.v1.invoices.create_preview({"subscription": mid.id})
    assert (preview.total, preview.amount_due) == (999, 999)
    shop.tell("clock", at=schedule.current_phase.end_date + 7200)
    later = shop.subscription(mid.id)
    assert (later["items"].data[0].price.id, later.schedule) == (shop.prices["low"], schedule.id)
    assert later["items"].data[0].id == mid["items"].data[0].id
    assert (later.latest_invoice.total, later.latest_invoice.status) == (999, "paid")
    shop.tell("clock", advance_seconds=29 * DAY)
    released = shop.v1.subscription_schedules.retrieve(schedule.id)
    assert (released.status, released.released_subscription) == ("released", mid.id)
    after = shop.subscription(mid.id)
    assert (after.schedule, after.status, after.latest_invoice.total) == (None, "active", 999)


def test_a_planned_downgrade_can_be_taken_back(shop: Shop, mid: Any) -> None:
    schedule = planned(shop, mid, "low")
    shop.v1.subscription_schedules.release(schedule.id)
    shop.tell("clock", advance_seconds=31 * DAY + 7200)
    assert shop.subscription(mid.id).latest_invoice.total == 2999
    with pytest.raises(stripe.InvalidRequestError, match="`released`"):
        shop.v1.subscription_schedules.release(schedule.id)


def test_a_schedule_may_end_in_the_end_of_the_subscription(shop: Shop, mid: Any) -> None:
    planned(shop, mid, "low", end_behavior="cancel")
    shop.tell("clock", advance_seconds=(31 + 28) * DAY + 7200)
    assert shop.subscription(mid.id).status == "canceled"
    assert len(shop.v1.invoices.list({"subscription": mid.id}).data) == 2


def test_a_scheduled_subscription_is_not_canceled_past_its_schedule(shop: Shop, mid: Any) -> None:
    planned(shop, mid, "low")
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        shop.v1.subscriptions.update(mid.id, {"cancel_at_period_end": True})
    ended = shop.v1.subscriptions.cancel(mid.id)
    assert ended.status == "canceled"


def test_another_interval_begins_with_its_phase(shop: Shop, mid: Any) -> None:
    schedule = planned(shop, mid, "year")
    shop.tell("clock", at=schedule.current_phase.end_date + 7200)
    now = shop.subscription(mid.id)
    assert now.billing_cycle_anchor == schedule.current_phase.end_date
    assert now.latest_invoice.amount_paid == 29990
    item = now["items"].data[0]
    assert item.current_period_end - item.current_period_start == 365 * DAY
    shop.tell("clock", advance_seconds=32 * DAY)
    after = shop.subscription(mid.id)  # the phase of a month is over, the year is not
    assert (after.schedule, after["items"].data[0].price.id) == (None, shop.prices["year"])


def test_an_upgrade_at_once_leaves_what_is_planned(shop: Shop, mid: Any) -> None:
    schedule = planned(shop, mid, "low")
    shop.changed(mid, "premium", "always_invoice")
    now = shop.v1.subscription_schedules.retrieve(schedule.id)
    prices = [phase["items"][0].price for phase in now.phases]
    assert prices == [shop.prices["premium"], shop.prices["low"]]
    shop.tell("clock", at=schedule.current_phase.end_date + 7200)
    assert shop.subscription(mid.id).latest_invoice.total == 999


@pytest.mark.parametrize("days", [3, 40])
def test_a_phase_ends_with_a_billing_period(shop: Shop, mid: Any, days: int) -> None:
    made = shop.v1.subscription_schedules.create({"from_subscription": mid.id})
    start = made.current_phase.start_date
    wrong = {"items": [{"price": shop.prices["mid"]}], "end_date": start + days * DAY}
    last = {"items": [{"price": shop.prices["low"]}]}
    with pytest.raises(stripe.InvalidRequestError, match="with a billing period"):
        shop.v1.subscription_schedules.update(made.id, {"phases": [wrong, last]})


def test_a_new_period_is_not_begun_under_a_schedule(shop: Shop, mid: Any) -> None:
    planned(shop, mid, "low")
    with pytest.raises(stripe.InvalidRequestError, match="release sub_sched_"):
        shop.changed(mid, "year", "create_prorations")


def test_phases_follow_each_other(shop: Shop, mid: Any) -> None:
    made = shop.v1.subscription_schedules.create({"from_subscription": mid.id})
    with pytest.raises(stripe.InvalidRequestError, match="already attached"):
        shop.v1.subscription_schedules.create({"from_subscription": mid.id})
    wrong = {"items": [{"price": shop.prices["low"]}], "start_date": 1}
    with pytest.raises(stripe.InvalidRequestError, match="joins each phase"):
        shop.v1.subscription_schedules.update(made.id, {"phases": [wrong]})
