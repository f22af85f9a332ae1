"""What becomes of subscriptions as the clock goes on."""

from typing import Any

import pytest

from tests.sandbox.stripe.shop import DAY, JANUARY, PAYS, Shop, post

HOUR = 3_600


def go(shop: Shop, days: float) -> None:
    shop.tell("clock", advance_seconds=int(days * DAY))


def decline(shop: Shop, subscription: Any, code: str) -> None:
    (card,) = shop.v1.payment_methods.list({"customer": subscription.customer}).data
    shop.tell("cards", payment_method=card.id, declines=code)


def test_a_year_has_twelve_renewals(shop: Shop) -> None:
    found = shop.subscribed("mid")
    go(shop, 365 + 0.5)
    invoices = shop.v1.invoices.list({"subscription": found.id, "limit": 100}).data
    assert len(invoices) == 13
    assert {(one.status, one.amount_paid) for one in invoices} == {("paid", 2999)}
    reasons = [one.billing_reason for one in invoices][::-1]
    assert reasons == ["subscription_create", *["subscription_cycle"] * 12]
    ends = [one.lines.data[0].period.end for one in invoices]
    starts = [one.lines.data[0].period.start for one in invoices]
    assert starts[:-1] == ends[1:]  # no gap, no overlap
    now = shop.subscription(found.id)
    assert now["items"].data[0].current_period_start == ends[1]
    assert len({one.number for one in invoices}) == 13


def test_the_31st_comes_back_after_february(shop: Shop) -> None:
    shop.tell("clock", at="2027-01-31T12:00:00+00:00")
    found = shop.subscribed("mid")
    go(shop, 62)
    invoices = shop.v1.invoices.list({"subscription": found.id}).data
    days = [(one.lines.data[0].period.end - JANUARY) // DAY for one in invoices][::-1]
    assert days == [44, 75, 105]  # 28 February, 31 March, 30 April


def test_an_invoice_is_a_draft_for_an_hour_before_it_is_charged(shop: Shop) -> None:
    found = shop.subscribed("mid")
    go(shop, 31 + 0.5 / 24)
    draft = shop.subscription(found.id).latest_invoice
    assert (draft.status, draft.number) == ("draft", None)
    go(shop, 1 / 24)
    assert shop.subscription(found.id).latest_invoice.status == "paid"


def test_a_failed_payment_is_tried_again_after_1_3_5_and_7_days(shop: Shop) -> None:
    found = shop.subscribed("mid")
    decline(shop, found, "insufficient_funds")
    go(shop, 31 + 2 / 24)
    seen = []
    for days in (0, 1, 2, 2):
        go(shop, days)
        now = shop.subscription(found.id)
        invoice = now.latest_invoice
        due = round((invoice.next_payment_attempt - invoice.status_transitions.finalized_at) / DAY)
        seen.append((now.status, invoice.attempt_count, due))
    assert seen == [("past_due", n + 1, day) for n, day in enumerate((1, 3, 5, 7))]
    go(shop, 2)
    ended = shop.subscription(found.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (ended.latest_invoice.status, ended.latest_invoice.attempt_count) == ("open", 5)
    assert shop.kinds()[-1] == "customer.subscription.deleted"
    assert shop.kinds().count("invoice.payment_failed") == 5


def test_a_payment_that_succeeds_on_the_second_try_recovers_the_subscription(shop: Shop) -> None:
    found = shop.subscribed("mid")
    decline(shop, found, "insufficient_funds")
    go(shop, 31 + 2 / 24)
    assert shop.subscription(found.id).status == "past_due"
    assert shop.v1.customers.retrieve(found.customer).delinquent is True
    decline(shop, found, "")
    go(shop, 1)
    now = shop.subscription(found.id)
    assert (now.status, now.latest_invoice.status) == ("active", "paid")
    assert shop.v1.customers.retrieve(found.customer).delinquent is False


@pytest.mark.parametrize("setting", ["unpaid", "past_due"])
def test_what_follows_the_last_try_can_be_set(shop: Shop, setting: str) -> None:
    shop.tell("settings", after_retries=setting)
    found = shop.subscribed("mid")
    decline(shop, found, "insufficient_funds")
    go(shop, 31 + 8)
    assert shop.subscription(found.id).status == setting
    decline(shop, found, "")
    latest = shop.subscription(found.id).latest_invoice
    assert shop.v1.invoices.pay(latest.id).status == "paid"
    assert shop.subscription(found.id).status == "active"


def test_an_unpaid_subscription_is_not_charged_again(shop: Shop) -> None:
    shop.tell("settings", after_retries="unpaid")
    found = shop.subscribed("mid")
    decline(shop, found, "insufficient_funds")
    go(shop, 31 + 28 + 1)
    now = shop.subscription(found.id)
    assert (now.status, now.latest_invoice.status) == ("unpaid", "draft")
    assert now.latest_invoice.auto_advance is False


def test_a_trial_is_announced_three_days_before_its_end(shop: Shop) -> None:
    found = shop.subscribed("mid", trial_period_days=14)
    assert (found.status, found.latest_invoice is not None) == ("trialing", True)
    go(shop, 10.9)
    assert "customer.subscription.trial_will_end" not in shop.kinds()
    go(shop, 0.2)
    assert shop.kinds().count("customer.subscription.trial_will_end") == 1
    go(shop, 3)
    now = shop.subscription(found.id)
    assert (now.status, now.latest_invoice.amount_paid) == ("active", 2999)
    assert now.billing_cycle_anchor == found.trial_end
    assert now["items"].data[0].current_period_start == found.trial_end


@pytest.mark.parametrize(
    ("wanted", "status", "event"),
    [
        ("cancel", "canceled", "customer.subscription.deleted"),
        ("pause", "paused", "customer.subscription.paused"),
        ("create_invoice", "past_due", "customer.subscription.updated"),
    ],
)
def test_a_trial_that_ends_without_a_card(shop: Shop, wanted: str, status: str, event: str) -> None:
    session = shop.session(
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": wanted}},
        },
    )
    assert post(session.url, email="a@example.com", act="pay").status_code == 303
    key = shop.v1.checkout.sessions.retrieve(session.id).subscription
    go(shop, 7 + 2 / 24)
    assert shop.subscription(key).status == status
    assert shop.kinds()[-1] == event


def test_a_paused_subscription_is_resumed_and_charged(shop: Shop) -> None:
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    customer = shop.v1.customers.create({"email": "a@example.com"})
    wanted = {"customer": customer.id, "items": [{"price": shop.prices["mid"]}]}
    trial = {"trial_period_days": 7, "trial_settings": settings}
    found = shop.v1.subscriptions.create(wanted | trial)
    go(shop, 8)
    card = shop.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    shop.v1.subscriptions.update(found.id, {"default_payment_method": card.id})
    resumed = shop.v1.subscriptions.resume(found.id, {"expand": ["latest_invoice"]})
    assert (resumed.status, resumed.latest_invoice.amount_paid) == ("active", 2999)
    assert shop.kinds()[-1] == "customer.subscription.resumed"


def test_a_first_payment_that_is_never_made_expires_after_23_hours(shop: Shop) -> None:
    found = shop.subscribed("mid", "pm_card_chargeCustomerFail")
    assert found.status == "incomplete"
    go(shop, 1)
    now = shop.subscription(found.id)
    assert (now.status, now.latest_invoice.status) == ("incomplete_expired", "void")


def test_a_subscription_ends_with_its_period_or_is_resumed_before(shop: Shop) -> None:
    first, second = shop.subscribed("mid"), shop.subscribed("low")
    for one in (first, second):
        changed = shop.v1.subscriptions.update(one.id, {"cancel_at_period_end": True})
        end = changed["items"].data[0].current_period_end
        assert (changed.status, changed.cancel_at) == ("active", end)
    resumed = shop.v1.subscriptions.update(second.id, {"cancel_at_period_end": False})
    assert (resumed.cancel_at, resumed.canceled_at) == (None, None)
    go(shop, 31 + 2 / 24)
    assert shop.subscription(first.id).status == "canceled"
    assert shop.subscription(second.id).status == "active"
    assert len(shop.v1.invoices.list({"subscription": first.id}).data) == 1


def test_the_end_moves_with_the_period_that_it_is_the_end_of(shop: Shop) -> None:
    found = shop.subscribed("mid", cancel_at_period_end=True)
    changed = shop.changed(found, "year", "create_prorations")
    assert changed.cancel_at == changed["items"].data[0].current_period_end


def test_a_voided_invoice_is_no_debt_any_more(shop: Shop) -> None:
    found = shop.subscribed("mid")
    decline(shop, found, "insufficient_funds")
    go(shop, 31 + 2 / 24)
    invoice = shop.subscription(found.id).latest_invoice
    assert shop.v1.invoices.void_invoice(invoice.id).status == "void"
    assert shop.subscription(found.id).status == "active"


def test_a_canceled_subscription_is_over_at_once(shop: Shop) -> None:
    found = shop.subscribed("mid")
    ended = shop.v1.subscriptions.cancel(found.id, {"prorate": True, "invoice_now": True})
    assert (ended.status, ended.ended_at is not None) == ("canceled", True)
    assert shop.v1.customers.retrieve(found.customer).balance == -2999
    go(shop, 40)
    assert len(shop.v1.invoices.list({"customer": found.customer}).data) == 2


def test_an_open_invoice_is_paid_on_its_page(shop: Shop) -> None:
    found = shop.subscribed("mid", "pm_card_chargeCustomerFail")
    invoice = shop.subscription(found.id).latest_invoice
    assert "Pay this invoice" in post(invoice.hosted_invoice_url, number="1").text
    assert post(invoice.hosted_invoice_url, number=PAYS).status_code == 303
    assert shop.subscription(found.id).status == "active"


def test_a_payment_that_requires_action_is_confirmed_on_the_banks_page(shop: Shop) -> None:
    found = shop.subscribed("mid", "pm_card_authenticationRequired")
    assert found.status == "incomplete"
    (intent,) = shop.v1.payment_intents.list({"customer": found.customer}).data
    assert intent.status == "requires_action"
    assert "invoice.payment_action_required" in shop.kinds()
    post(intent.next_action.redirect_to_url.url, act="complete")
    assert shop.subscription(found.id).status == "active"


def test_the_clock_never_goes_back(shop: Shop) -> None:
    with pytest.raises(Exception, match="400"):
        shop.tell("clock", at=JANUARY - DAY)
