"""Refunds, disputes, the portal, and what invoices look like on paper."""

from typing import Any

import pypdfium2
import pytest
import requests
import stripe

from tests.sandbox.stripe.shop import ASKS, DAY, DECLINED, FAILS_LATER, PAYS, Shop, post


@pytest.fixture
def mid(shop: Shop) -> Any:
    return shop.subscribed("mid")


def charge_of(shop: Shop, subscription: Any) -> Any:
    path = {"expand": ["payments.data.payment.payment_intent"]}
    invoice = shop.v1.invoices.retrieve(subscription.latest_invoice, path)
    intent = invoice.payments.data[0].payment.payment_intent
    return shop.v1.charges.retrieve(intent.latest_charge)


def test_a_charge_is_given_back_in_parts_and_never_more(shop: Shop, mid: Any) -> None:
    charge = charge_of(shop, mid)
    first = shop.v1.refunds.create({"charge": charge.id, "amount": 1000})
    assert (first.amount, first.status) == (1000, "succeeded")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.v1.refunds.create({"charge": charge.id, "amount": 2000})
    shop.v1.refunds.create({"payment_intent": charge.payment_intent})
    whole = shop.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (whole.amount_refunded, whole.refunded) == (2999, True)
    assert [one.amount for one in whole.refunds.data] == [1999, 1000]
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.v1.refunds.create({"charge": charge.id})
    assert error.value.code == "charge_already_refunded"
    assert shop.kinds().count("charge.refunded") == 2
    assert shop.subscription(mid.id).latest_invoice.status == "paid"


def test_a_charge_is_disputed_and_decided(shop: Shop, mid: Any) -> None:
    charge = charge_of(shop, mid)
    dispute = shop.tell("disputes", charge=charge.id, reason="product_not_received")
    found = shop.v1.disputes.retrieve(dispute["dispute"])
    assert (found.amount, found.status, found.charge) == (2999, "needs_response", charge.id)
    assert shop.v1.charges.retrieve(charge.id).disputed is True
    assert "charge.dispute.created" in shop.kinds()
    shop.tell("disputes", dispute=found.id, status="won")
    assert shop.v1.disputes.retrieve(found.id).status == "won"


def test_the_portal_shows_invoices_and_cancels_and_keeps(shop: Shop, mid: Any) -> None:
    wanted = {"customer": mid.customer, "return_url": "https://shop.example/account"}
    portal = shop.v1.billing_portal.sessions.create(wanted)
    page = requests.get(portal.url, timeout=10).text
    number = shop.subscription(mid.id).latest_invoice.number
    assert all(words in page for words in ("Mid", number, "https://shop.example/account"))
    assert "Test mode – simulated Stripe" in page
    post(portal.url, act="cancel", subscription=mid.id)
    assert shop.subscription(mid.id).cancel_at_period_end is True
    post(portal.url, act="keep", subscription=mid.id)
    assert shop.subscription(mid.id).cancel_at is None
    other = shop.subscribed("low")
    post(portal.url, act="cancel", subscription=other.id)
    assert shop.subscription(other.id).cancel_at_period_end is False  # it is someone else's
    shop.tell("clock", advance_seconds=3700)
    assert requests.get(portal.url, timeout=10).status_code == 410


@pytest.mark.parametrize(
    ("number", "more", "status", "latest"),
    [
        (DECLINED, {}, 200, "paid"),
        (ASKS, {}, 200, "paid"),
        (ASKS, {"is_authenticated": "yes"}, 303, "paid"),
        (PAYS, {}, 303, "paid"),
        (FAILS_LATER, {}, 303, "open"),
    ],
)
def test_another_card_is_charged_from_the_next_period_on(
    shop: Shop, mid: Any, number: str, more: dict[str, str], status: int, latest: str
) -> None:
    portal = shop.v1.billing_portal.sessions.create({"customer": mid.customer})
    assert post(portal.url, act="card", number=number, **more).status_code == status
    shop.tell("clock", advance_seconds=31 * DAY + 7200)
    assert shop.subscription(mid.id).latest_invoice.status == latest


def test_an_invoice_is_shown_on_a_page_and_on_paper(shop: Shop, mid: Any) -> None:
    invoice = shop.subscription(mid.id).latest_invoice
    page = requests.get(invoice.hosted_invoice_url, timeout=10).text
    assert all(words in page for words in (invoice.number, "1 × Mid (at $29.99 / month)", "Paid"))
    paper = requests.get(invoice.invoice_pdf, timeout=10)
    assert paper.headers["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range()
    assert all(words in text for words in (invoice.number, "$29.99", "Test mode"))
    assert requests.get(invoice.hosted_invoice_url + "x", timeout=10).status_code == 404


def test_nobody_moves_the_simulated_stripe_without_the_sandboxs_credentials(shop: Shop) -> None:
    url = f"{shop.sandbox.url}/sandbox/stripe"
    asked = [requests.post(f"{url}/{what}", json={}, timeout=5) for what in ("clock", "reset")]
    assert [answer.status_code for answer in asked] == [401, 401]
