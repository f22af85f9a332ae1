"""What a change costs, to the cent, worked out by hand.

Each subscription begins on 15 January 2027, with 31 days; the change falls after 10 days,
so 21 of 31 are left, or in the very middle."""

from typing import Any

import pytest
import stripe

from tests.sandbox.stripe.shop import DAY, Shop


@pytest.fixture
def mid(shop: Shop) -> Any:
    return shop.subscribed("mid")


def after(subscription: Any, days: float) -> int:
    start: int = subscription["items"].data[0].current_period_start
    return start + int(days * DAY)


def amounts(invoice: Any) -> list[int]:
    return [line.amount for line in invoice.lines.data]


@pytest.mark.parametrize(
    ("plan", "days", "credit", "debit"),
    [
        ("premium", 10, -2032, 6774),  # 2999 × 21/31 = 2031.58, 9999 × 21/31 = 6773.52
        ("premium", 15.5, -1500, 5000),  # 1499.5 and 4999.5: half a cent away from zero
        ("low", 10, -2032, 677),  # 999 × 21/31 = 676.74
        ("low", 0, -2999, 999),
        ("low", 31, None, None),
    ],
)
def test_unused_time_is_credited_and_the_rest_of_the_period_charged(
    shop: Shop, mid: Any, plan: str, days: float, credit: int | None, debit: int | None
) -> None:
    shop.tell("clock", at=after(mid, 31) - 60)
    at = after(mid, days)
    changed = shop.changed(mid, plan, "create_prorations", proration_date=at)
    assert changed.latest_invoice.id == mid.latest_invoice  # nothing is billed yet
    preview = shop.v1.invoices.create_preview({"subscription": mid.id})
    next_period = {"premium": 9999, "low": 999}[plan]
    wanted = [amount for amount in (credit, debit) if amount is not None]
    assert amounts(preview) == [*wanted, next_period]
    shop.tell("clock", at=after(mid, 31) + 7200)
    invoice = shop.subscription(mid.id).latest_invoice
    assert (amounts(invoice), invoice.total) == (amounts(preview), preview.total)
    assert invoice.status == "paid"


def test_an_upgrade_is_charged_at_once_if_so_wanted(shop: Shop, mid: Any) -> None:
    shop.tell("clock", at=after(mid, 11))
    at = after(mid, 10)
    preview = shop.v1.invoices.create_preview(
        {
            "subscription": mid.id,
            "subscription_details": {
                "items": [{"id": mid["items"].data[0].id, "price": shop.prices["premium"]}],
                "proration_behavior": "always_invoice",
                "proration_date": at,
            },
        }
    )
    assert shop.subscription(mid.id).latest_invoice.id == mid.latest_invoice  # only a preview
    changed = shop.changed(mid, "premium", "always_invoice", proration_date=at)
    invoice = changed.latest_invoice
    assert amounts(invoice) == amounts(preview) == [-2032, 6774]
    assert (invoice.status, invoice.amount_paid, preview.amount_due) == ("paid", 4742, 4742)
    assert invoice.billing_reason == "subscription_update"
    details = invoice.lines.data[0].parent.subscription_item_details
    assert (details.proration, details.subscription) == (True, mid.id)
    assert changed["items"].data[0].current_period_end == after(mid, 31)


def test_a_downgrade_at_once_leaves_a_credit_that_later_invoices_use(shop: Shop, mid: Any) -> None:
    shop.tell("clock", at=after(mid, 11))
    changed = shop.changed(mid, "low", "always_invoice", proration_date=after(mid, 10))
    invoice = changed.latest_invoice
    assert (invoice.total, invoice.amount_due, invoice.status) == (-1355, 0, "paid")
    assert invoice.ending_balance == -1355
    assert shop.v1.customers.retrieve(mid.customer).balance == -1355
    shop.tell("clock", at=after(mid, 31) + 7200)
    second = shop.subscription(mid.id).latest_invoice
    assert (second.total, second.amount_due, second.ending_balance) == (999, 0, -356)
    shop.tell("clock", at=after(mid, 59) + 7200)  # 15 March
    third = shop.subscription(mid.id).latest_invoice
    assert (third.total, third.starting_balance, third.amount_paid) == (999, -356, 643)


def test_without_proration_the_new_price_counts_from_the_next_period(shop: Shop, mid: Any) -> None:
    shop.changed(mid, "premium", "none")
    assert shop.subscription(mid.id)["items"].data[0].price.unit_amount == 9999
    shop.tell("clock", at=after(mid, 31) + 7200)
    assert amounts(shop.subscription(mid.id).latest_invoice) == [9999]


def test_a_second_change_credits_what_the_first_one_charged(shop: Shop, mid: Any) -> None:
    shop.tell("clock", at=after(mid, 22))
    shop.changed(mid, "premium", "create_prorations", proration_date=after(mid, 10))
    shop.changed(mid, "low", "always_invoice", proration_date=after(mid, 20))
    # 6774 were charged for 21 days, of which 11 are left: 3548.29; 999 × 11/31 = 354.48
    invoice = shop.subscription(mid.id).latest_invoice
    assert amounts(invoice) == [-2032, 6774, -3548, 354]
    assert invoice.amount_paid == 1548


def test_an_item_without_its_id_is_a_second_item(shop: Shop, mid: Any) -> None:
    items = [{"price": shop.prices["premium"]}]
    changed = shop.v1.subscriptions.update(mid.id, {"items": items, "proration_behavior": "none"})
    assert len(changed["items"].data) == 2
    shop.tell("clock", at=after(mid, 31) + 7200)
    assert shop.subscription(mid.id).latest_invoice.total == 2999 + 9999


def test_another_interval_begins_a_new_period_at_once(shop: Shop, mid: Any) -> None:
    shop.tell("clock", at=after(mid, 11))
    changed = shop.changed(mid, "year", "create_prorations", proration_date=after(mid, 10))
    invoice = changed.latest_invoice
    assert (amounts(invoice), invoice.status) == ([-2032, 29990], "paid")
    item = changed["items"].data[0]
    assert item.current_period_end - item.current_period_start == 365 * DAY
    assert changed.billing_cycle_anchor == item.current_period_start


def test_a_discount_counts_on_both_sides_of_a_change(shop: Shop) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "forever"})
    mid = shop.subscribed("mid", discounts=[{"coupon": coupon.id}])
    invoice = shop.subscription(mid.id).latest_invoice
    assert (invoice.subtotal, invoice.total) == (2999, 1499)  # 1499.5 off is 1500
    shop.tell("clock", at=after(mid, 11))
    changed = shop.changed(mid, "premium", "always_invoice", proration_date=after(mid, 10))
    # 1499 × 21/31 = 1015.45; 9999 − 5000 = 4999, × 21/31 = 3386.42
    assert amounts(changed.latest_invoice) == [-1015, 3386]


@pytest.mark.parametrize(
    ("duration", "totals"), [("once", [1999, 2999, 2999]), ("repeating", [1999, 1999, 2999])]
)
def test_a_coupon_lasts_as_long_as_it_says(shop: Shop, duration: str, totals: list[int]) -> None:
    months = {"duration_in_months": 2} if duration == "repeating" else {}
    off = {"amount_off": 1000, "currency": "usd", "duration": duration}
    coupon = shop.v1.coupons.create(off | months)
    found = shop.subscribed("mid", discounts=[{"coupon": coupon.id}])
    shop.tell("clock", at=after(found, 60) + 7200)
    invoices = shop.v1.invoices.list({"subscription": found.id}).data
    assert [invoice.total for invoice in invoices][::-1] == totals


def test_a_failed_upgrade_can_be_refused_whole(shop: Shop, mid: Any) -> None:
    card = shop.v1.payment_methods.list({"customer": mid.customer}).data[0]
    shop.tell("cards", payment_method=card.id, declines="insufficient_funds")
    with pytest.raises(stripe.CardError) as error:
        shop.changed(mid, "premium", "always_invoice", payment_behavior="error_if_incomplete")
    assert error.value.code == "card_declined"
    kept = shop.subscription(mid.id)
    assert (kept.status, kept["items"].data[0].price.id) == ("active", shop.prices["mid"])
    changed = shop.changed(mid, "premium", "always_invoice")
    assert (changed.status, changed.latest_invoice.status) == ("past_due", "open")
