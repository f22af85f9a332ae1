"""Checkout, from the session over the page to the subscription, through the real SDK."""

import pytest
import requests
import stripe

from tests.sandbox.stripe.shop import (
    ASKS,
    DAY,
    DECLINED,
    FAILS_LATER,
    PAYS,
    Endpoint,
    Shop,
    pay,
    post,
)


def test_a_session_that_is_paid_on_its_page_begins_a_subscription(shop: Shop) -> None:
    customer = shop.v1.customers.create({"email": "trader@example.com"})
    session = shop.session(
        customer=customer.id,
        client_reference_id="user-7",
        metadata={"plan": "mid"},
        subscription_data={"metadata": {"user": "7"}},
    )
    assert (session.status, session.payment_status, session.amount_total) == (
        "open",
        "unpaid",
        2999,
    )
    page = requests.get(session.url, timeout=10).text
    assert "Test mode – simulated Stripe" in page
    assert "$29.99" in page
    answer = pay(session, "4242 4242 4242 4242")
    assert answer.headers["Location"] == f"https://shop.example/done?session={session.id}"
    done = shop.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription", "line_items"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert (done.client_reference_id, done.metadata["plan"]) == ("user-7", "mid")
    assert done.line_items.data[0].price.id == shop.prices["mid"]
    found = done.subscription
    assert (found.status, found.customer, found.metadata["user"]) == ("active", customer.id, "7")
    invoice = shop.v1.invoices.retrieve(found.latest_invoice)
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        2999,
        "subscription_create",
    )
    assert invoice.parent.subscription_details.subscription == found.id


def test_what_is_paid_is_told_to_the_endpoint_and_verified(shop: Shop, endpoint: Endpoint) -> None:
    session = shop.session()
    pay(session)
    shop.settled()
    events = endpoint.events()
    kinds = [event.type for event in events]
    assert kinds[-1] == "checkout.session.completed"
    assert {"customer.created", "customer.subscription.created", "invoice.paid"} <= set(kinds)
    assert events[-1].data.object.id == session.id
    assert shop.v1.events.retrieve(events[-1].id).type == "checkout.session.completed"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (DECLINED, "Your card was declined."),
        (FAILS_LATER, "Your card was declined."),
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "expired"),
        ("1234", "card number is invalid"),
    ],
)
def test_a_card_that_is_declined_begins_nothing(shop: Shop, number: str, words: str) -> None:
    session = shop.session()
    answer = pay(session, number)
    assert (answer.status_code, words in answer.text) == (200, True)
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.v1.subscriptions.list({"status": "all"}).data == []
    assert pay(session, PAYS).status_code == 303


def test_a_card_that_asks_for_authentication_leads_over_the_banks_page(shop: Shop) -> None:
    session = shop.session()
    bank = pay(session, ASKS).headers["Location"]
    assert "3-D Secure" in requests.get(bank, timeout=10).text
    failed = post(bank, act="fail")
    assert "unable to authenticate" in failed.text
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "open"
    pay(session, ASKS)
    assert "shop.example" in post(bank, act="complete").headers["Location"]
    (found,) = shop.v1.subscriptions.list().data
    shop.tell("clock", advance_seconds=32 * DAY)
    assert shop.subscription(found.id).latest_invoice.status == "paid"  # as agreed with the bank


def test_a_trial_costs_nothing_until_it_ends(shop: Shop) -> None:
    session = shop.session(subscription_data={"trial_period_days": 14})
    assert session.amount_total == 0
    assert "Free for 14 days" in requests.get(session.url, timeout=10).text
    pay(session, FAILS_LATER)
    done = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.subscription.status) == ("no_payment_required", "trialing")
    assert done.subscription.trial_end == done.subscription.trial_start + 14 * DAY
    shop.tell("clock", advance_seconds=14 * DAY + 7200)
    assert shop.subscription(done.subscription.id).status == "past_due"


def test_a_promotion_code_can_be_typed_on_the_page(shop: Shop) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "once"})
    code = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "QUARTER"}
    shop.v1.promotion_codes.create(code)
    session = shop.session(allow_promotion_codes=True)
    assert "No such promotion code" in pay(session, promotion_code="half").text
    applied = post(session.url, act="apply", promotion_code="quarter")
    assert "$22.49" in applied.text  # 29.99 − 7.50
    pay(session, promotion_code="quarter")
    done = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["invoice"]})
    assert (done.amount_total, done.invoice.amount_paid) == (2249, 2249)
    assert shop.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_a_robot_is_bought_once(shop: Shop) -> None:
    session = shop.session(
        "robot", mode="payment", payment_intent_data={"metadata": {"robot": "7"}}
    )
    pay(session)
    done = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (done.payment_status, done.subscription, done.invoice) == ("paid", None, None)
    intent = done.payment_intent
    assert (intent.amount_received, intent.metadata["robot"]) == (4900, "7")
    charge = shop.v1.charges.retrieve(intent.latest_charge)
    assert "$49.00" in requests.get(charge.receipt_url, timeout=10).text


def test_a_bank_debit_is_paid_days_after_the_session_was_completed(shop: Shop) -> None:
    sessions = [shop.session("robot", mode="payment") for _ in range(2)]
    pay(sessions[0], "000123456789")
    pay(sessions[1], "000222222227")
    found = [shop.v1.checkout.sessions.retrieve(one.id) for one in sessions]
    assert [(s.status, s.payment_status) for s in found] == [("complete", "unpaid")] * 2
    shop.tell("clock", advance_seconds=5 * DAY)
    found = [shop.v1.checkout.sessions.retrieve(one.id) for one in sessions]
    assert [s.payment_status for s in found] == ["paid", "unpaid"]
    assert shop.kinds()[-1] == "checkout.session.async_payment_failed"
    assert "checkout.session.async_payment_succeeded" in shop.kinds()


def test_a_session_expires_after_a_day_or_when_told(shop: Shop) -> None:
    first, second = shop.session(), shop.session()
    shop.v1.checkout.sessions.expire(first.id)
    assert pay(first).status_code == 410
    shop.tell("clock", advance_seconds=DAY - 60)
    assert shop.v1.checkout.sessions.retrieve(second.id).status == "open"
    shop.tell("clock", advance_seconds=120)
    assert shop.v1.checkout.sessions.retrieve(second.id).status == "expired"
    assert shop.kinds().count("checkout.session.expired") == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"mode": "payment"}, "recurring price"),
        ({"success_url": ""}, "success_url"),
        ({"allow_promotion_codes": True, "discounts": [{"coupon": "x"}]}, "only specify one"),
        ({"payment_intent_data": {"metadata": {"a": "b"}}}, "`subscription` mode"),
        ({"customer": "cus_nobody"}, "No such customer"),
        ({"automatic_tax": {"enabled": True}}, "does not know automatic_tax"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(shop: Shop, more: dict, words: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(stripe.InvalidRequestError, match=words):
        shop.session(**more)
