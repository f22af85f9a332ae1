"""Whatever happens to a subscription, the money adds up to the cent."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.stripe.shop import DAY, Shop

_STEPS = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 13, 31, 70])),
    st.tuples(st.sampled_from(["always_invoice", "create_prorations", "none"]),
              st.sampled_from(["low", "mid", "premium", "year"])),
    st.tuples(st.just("card"), st.sampled_from(["", "insufficient_funds"])),
    st.tuples(st.just("refund"), st.integers(1, 900)),
)  # fmt: skip


def act(shop: Shop, key: str, card: str, step: tuple[str, Any]) -> None:
    what, value = step
    if what == "wait":
        shop.tell("clock", advance_seconds=value * DAY)
    elif what == "card":
        shop.tell("cards", payment_method=card, declines=value)
    elif what == "refund":
        refund(shop, value)
    elif shop.subscription(key).ended_at is None:
        shop.changed(shop.subscription(key), value, what)


def refund(shop: Shop, amount: int) -> None:
    """Of the first charge that has as much left."""
    for charge in shop.v1.charges.list({"limit": 100}).data:
        if charge.paid and charge.amount - charge.amount_refunded >= amount:
            shop.v1.refunds.create({"charge": charge.id, "amount": amount})
            return


def lines(invoice: Any) -> int:
    return sum(line.amount for line in invoice.lines.data)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(_STEPS, min_size=1, max_size=7))
def test_invoices_charges_and_the_balance_add_up(shop: Shop, steps: list[tuple[str, Any]]) -> None:
    found = shop.subscribed("mid")
    (card,) = shop.v1.payment_methods.list({"customer": found.customer}).data
    for step in steps:
        act(shop, found.id, card.id, step)
    invoices = shop.v1.invoices.list({"customer": found.customer, "limit": 100}).data
    final = [one for one in invoices if one.status in ("open", "paid")]
    paid = [
        c for c in shop.v1.charges.list({"customer": found.customer, "limit": 100}).data if c.paid
    ]
    balance = shop.v1.customers.retrieve(found.customer).balance
    assert [one.id for one in final if lines(one) != one.total] == []
    assert sum(one.total for one in final) == sum(one.amount_due for one in final) + balance
    assert sum(one.amount_paid for one in final) == sum(charge.amount for charge in paid)
    assert balance <= 0
    refunds = shop.v1.refunds.list({"limit": 100}).data
    whose = {charge.id for charge in paid}
    given_back = sum(one.amount for one in refunds if one.charge in whose)
    assert given_back == sum(charge.amount_refunded for charge in paid)


@pytest.mark.parametrize("plan", ["low", "premium"])
def test_a_change_and_back_in_the_same_moment_costs_nothing(shop: Shop, plan: str) -> None:
    found = shop.subscribed("mid")
    at = found["items"].data[0].current_period_start + 10 * DAY
    shop.tell("clock", at=at + DAY)
    shop.changed(found, plan, "create_prorations", proration_date=at)
    back = shop.changed(found, "mid", "always_invoice", proration_date=at)
    assert back.latest_invoice.total == 0
