"""What differs from Stripe is put right and said; then nothing is left to say."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.factories import make_user
from tradingrobotplug import db
from tradingrobotplug.billing import jobs, reconcile, records, stripe_api
from tradingrobotplug.billing import shop as stall
from tradingrobotplug.cli import billing, running
from tradingrobotplug.config import Settings
from tradingrobotplug.models import BillingCustomer, PluginAccess, Subscription, Transaction, User
from tradingrobotplug.plans import catalogue
from tradingrobotplug.robots import catalogue as robots

from .shop import Shop
from .test_year import agrees


def sentences(shop: Shop) -> list[str]:
    return list(reconcile.run(shop.now()))


def test_a_wrong_plan_is_put_right_and_said(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    with db.transaction() as session:
        session.execute(update(Subscription).values(plan_id="premium", status="trialing"))
    said = sentences(shop)
    assert said == [
        "buyer@example.com: subscription plan_id was premium here and is low at Stripe: "
        "taken over.",
        "buyer@example.com: subscription status was trialing here and is active at Stripe: "
        "taken over.",
    ]
    agrees(shop, buyer)
    assert sentences(shop) == []


def test_what_was_never_told_is_found(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    shop.buy_robot(buyer)
    with db.transaction() as session:
        for table in (Subscription, Transaction, PluginAccess):
            session.execute(delete(table))
    assert len(sentences(shop)) > 4
    access = shop.access(buyer)
    assert access is not None
    assert (shop.plan(buyer), access.level) == ("low", "full")
    agrees(shop, buyer)


def test_a_second_subscription_is_ended_and_credited(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    premium = records.price_of("trp_plan_premium").id
    with stripe_api.asking() as stripe:
        [method] = stripe.v1.payment_methods.list({"customer": shop.customer(buyer)}).data
        stripe.v1.subscriptions.create(
            {
                "customer": shop.customer(buyer),
                "items": [{"price": premium}],
                "default_payment_method": method.id,
            }
        )
    said = " ".join(sentences(shop))
    assert "second subscription" in said
    assert "ended, the rest credited" in said
    found = records.subscriptions_of(shop.customer(buyer), shop.now())
    running_ones = [one for one in found if one.status == "active"]
    assert [len(one.items) for one in running_ones] == [1]
    assert sentences(shop) == []


def test_a_second_item_is_dropped_and_credited(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    premium = records.price_of("trp_plan_premium").id
    with stripe_api.asking() as stripe:
        stripe.v1.subscriptions.update(
            shop.row(buyer).stripe_subscription_id or "", {"items": [{"price": premium}]}
        )
    assert "billed for a second item" in sentences(shop)[0]
    assert (shop.plan(buyer), len(shop.at_stripe(buyer)["items"]["data"])) == ("premium", 1)
    assert sentences(shop) == []


def test_a_customer_that_is_not_known_here_is_taken_for_whose_it_is(
    shop: Shop, buyer: User
) -> None:
    shop.buy(buyer, "mid")
    with db.transaction() as session:
        session.execute(delete(BillingCustomer))
        session.execute(delete(Subscription))
    assert "which was not known here" in sentences(shop)[0]
    assert shop.plan(buyer) == "mid"


def test_a_customer_that_stripe_has_forgotten_pays_nothing(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "mid")
    shop.sandbox.tell("stripe/reset")
    assert "no customer" in sentences(shop)[0]
    assert shop.plan(buyer) == "free"


def test_what_the_operator_gave_stays_and_is_nobodys_business_at_stripe(shop: Shop) -> None:
    user = make_user("given@example.com")
    with db.transaction() as session:
        session.add(
            Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=shop.now())
        )
    assert sentences(shop) == []
    shop.pay_nothing(user, "low")  # an attempt that came to nothing takes nothing away
    assert shop.plan(user) == "premium"


def test_putting_on_sale_twice_makes_each_price_once(shop: Shop) -> None:
    assert stall.stock(robots.robots().values()) == []
    keys = [stall.plan_key(plan.id) for plan in catalogue.plans()]
    found = {price.lookup_key: price.cents for price in records.prices(keys)}
    assert found == {
        stall.plan_key(plan.id): plan.price_cents for plan in catalogue.plans() if plan.price_cents
    }


def test_another_price_is_a_new_one_and_who_subscribed_keeps_the_old(
    shop: Shop, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.buy(buyer, "low")
    dearer = tuple(
        replace(plan, price_cents=plan.price_cents and plan.price_cents + 100)
        for plan in catalogue.plans()
    )
    monkeypatch.setattr(stall.catalogue, "plans", lambda: dearer)
    assert len(stall.stock([])) == 3
    assert records.price_of("trp_plan_low").cents == 1099
    shop.catch_up()
    billed = shop.at_stripe(buyer)["items"]["data"][0]["price"]["unit_amount"]
    assert (shop.plan(buyer), billed) == ("low", 999)


def test_both_commands_say_what_they_did(
    shop: Shop, selling: Settings, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(running, "settings", lambda home: selling)
    given = argparse.Namespace(home=None)
    assert (billing.sync(given), billing.compare(given)) == (0, 0)
    assert "0 prices made at Stripe (test mode)" in capsys.readouterr().out


def test_only_one_file_speaks_to_stripe() -> None:
    backend = Path(stripe_api.__file__).parents[1]
    files = [p for p in backend.rglob("*.py") if "sandbox" not in p.parts]
    importing = [p.name for p in files if "import stripe\n" in p.read_text()]
    assert importing == ["stripe_api.py"]


def test_an_erased_account_is_charged_no_more(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "mid")
    customer = shop.customer(buyer)
    with db.transaction() as session:
        session.get_one(User, buyer.id).leaving_at = shop.now()
    jobs.let_go()
    assert shop.row(buyer).cancel_at is not None
    with db.transaction() as session:
        session.delete(session.get_one(User, buyer.id))
    jobs.let_go()
    found = records.subscriptions_of(customer, shop.now())
    assert [one.status for one in found] == ["canceled"]
    with db.transaction() as session:
        assert session.scalars(select(BillingCustomer)).all() == []
