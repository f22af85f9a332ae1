"""Stripe's events at the door. The letters are those of the security requirements."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tradingrobotplug import db, queues
from tradingrobotplug.billing import checkout, inbox, jobs, stripe_api
from tradingrobotplug.errors import Unavailable
from tradingrobotplug.models import StripeEvent, User

from .shop import SECRET, WAY, Shop, pay, signed


@pytest.fixture
def event(shop: Shop, buyer: User) -> dict[str, Any]:
    """That a subscription began; it was not delivered yet."""
    pay(checkout.buy_plan(buyer.id, "mid", WAY, None, shop.now()))
    return next(e for e in shop.events() if e["type"] == "customer.subscription.created")


def inbox_rows() -> list[tuple[str, str, int]]:
    with db.transaction() as session:
        rows = session.scalars(select(StripeEvent).order_by(StripeEvent.id))
        return [(row.type, row.status, row.attempts) for row in rows]


def test_s1_only_the_raw_body_with_a_fresh_signature_is_taken(
    shop: Shop, event: dict[str, Any]
) -> None:
    body, now = json.dumps(event, indent=2), int(time.time())
    refused = {
        "none": shop.post(body, {}),
        "another secret": shop.post(body, signed(body, "whsec_wrong")),
        "written anew": shop.post(json.dumps(event), signed(body)),
        "changed": shop.post(body.replace("active", "trialing"), signed(body)),
        "old": shop.post(body, signed(body, SECRET, now - 301)),
        "of the future": shop.post(body, signed(body, SECRET, now + 310)),
        "no time": shop.post(body, {"Stripe-Signature": "v1=00"}),
        "nonsense": shop.post("[]", signed("[]")),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(
        refused, 422
    )
    assert inbox_rows() == []
    taken = [
        shop.post(body, signed(body, SECRET, now - 290)),
        shop.post(body, signed(body, SECRET, now + 290)),
    ]
    assert [answer.status_code for answer in taken] == [200, 200]
    assert len(inbox_rows()) == 1


def test_s2_the_same_event_ten_times_at_once_is_one(
    app: Flask, shop: Shop, buyer: User, event: dict[str, Any]
) -> None:
    body = json.dumps(event)

    def send(_: int) -> int:
        client = app.test_client()
        return client.post("/webhook/stripe", data=body, headers=signed(body)).status_code

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(send, range(10))) == [200] * 10
        list(threads.map(lambda _: jobs.process(event["id"]), range(10)))
    assert inbox_rows() == [("customer.subscription.created", "done", 1)]
    assert shop.plan(buyer) == "mid"


def test_s3_events_in_the_wrong_order_end_in_what_is_true(
    shop: Shop, buyer: User, event: dict[str, Any]
) -> None:
    with stripe_api.asking() as stripe:
        stripe.v1.subscriptions.cancel(event["data"]["object"]["id"])
    shop.deliver(reversed(shop.events(shop.last)))
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "canceled")


def test_s4_an_unknown_customer_changes_nothing(shop: Shop, buyer: User) -> None:
    with stripe_api.asking() as stripe:
        stranger = stripe.v1.customers.create({"email": buyer.email})
        [price] = stripe.v1.prices.list({"lookup_keys": ["trp_plan_premium"]}).data
        stripe.v1.subscriptions.create(
            {
                "customer": stranger.id,
                "items": [{"price": price.id}],
                "payment_behavior": "default_incomplete",
            }
        )
    shop.catch_up()
    assert {status for _, status, _ in inbox_rows()} == {"ignored"}
    assert shop.plan(buyer) == "free"


@pytest.mark.parametrize(("mode", "status"), [("live", 422), ("test", 200)])
def test_s5_a_test_event_counts_in_test_mode_only(
    shop: Shop, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch, mode: str, status: int
) -> None:
    monkeypatch.setattr(stripe_api, "mode", lambda: mode)
    assert shop.post(json.dumps(event)).status_code == status
    assert len(inbox_rows()) == (status == 200)


def test_s6_what_was_put_down_is_worked_off_though_nobody_was_rung(
    shop: Shop, buyer: User, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "enqueue", lambda *_: False)  # as if it had died after the commit
    shop.post(json.dumps(event))
    assert shop.plan(buyer) == "free"
    jobs.sweep()
    assert shop.plan(buyer) == "mid"


def test_an_event_is_tried_again_while_stripe_is_away_and_given_up_in_the_end(
    shop: Shop, buyer: User, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise Unavailable("stripe_unavailable", "Away.")

    shop.post(json.dumps(event))
    with monkeypatch.context() as patch:
        patch.setattr("tradingrobotplug.billing.records.subscriptions_of", away)
        jobs.process(event["id"])
        jobs.process(event["id"])  # it is not due again
        assert inbox_rows() == [("customer.subscription.created", "received", 1)]
        change(attempts=inbox.MOST_ATTEMPTS - 1, next_attempt_at=shop.now())
        jobs.process(event["id"])
        assert [status for _, status, _ in inbox_rows()] == ["dead"]
    with db.transaction() as session:
        assert inbox.revive(session, shop.now()) == 1
    jobs.sweep()
    assert shop.plan(buyer) == "mid"


def test_types_that_nothing_follows_from_are_not_kept(shop: Shop, event: dict[str, Any]) -> None:
    answer = shop.post(json.dumps(event | {"type": "plan.created"}))
    assert (answer.status_code, inbox_rows()) == (200, [])


def test_a_customer_that_is_deleted_at_stripe_has_no_plan(
    shop: Shop, buyer: User, event: dict[str, Any]
) -> None:
    shop.catch_up()
    assert shop.plan(buyer) == "mid"
    with stripe_api.asking() as stripe:
        stripe.v1.customers.delete(shop.customer(buyer))
    shop.catch_up()
    assert shop.plan(buyer) == "free"
    assert shop.buy(buyer, "low") == WAY.paid_url  # as somebody new
    assert shop.plan(buyer) == "low"


def change(**columns: Any) -> None:
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(StripeEvent)) == 1
        row = session.scalars(select(StripeEvent)).one()
        for name, value in columns.items():
            setattr(row, name, value)
