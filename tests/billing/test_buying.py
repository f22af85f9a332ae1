"""Buying a plan or a robot: nothing before it is paid, everything after."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for
from tradingrobotplug import db
from tradingrobotplug.billing import checkout, stripe_api
from tradingrobotplug.errors import Conflict, Invalid
from tradingrobotplug.models import EntitlementChange, Transaction, User

from .shop import ASKS, BROKE, ROBOT, WAY, Shop, pay


def paid(user: User) -> list[tuple[str, str, int]]:
    with db.transaction() as session:
        rows = session.scalars(
            select(Transaction).where(Transaction.user_id == user.id).order_by(Transaction.id)
        )
        return [(row.kind, row.status, row.paid_cents) for row in rows]


def test_what_is_paid_for_counts(shop: Shop, buyer: User) -> None:
    assert shop.buy(buyer, "mid") == "http://127.0.0.1:8000/paid"
    row = shop.row(buyer)
    assert (shop.plan(buyer), row.status, row.plan_id) == ("mid", "active", "mid")
    assert paid(buyer) == [("invoice", "paid", 2999)]
    with db.transaction() as session:
        assert session.get(EntitlementChange, buyer.id) is not None  # bots follow


@pytest.mark.parametrize("card", [BROKE, ASKS, "4000000000000002"])
def test_a_card_that_does_not_pay_buys_nothing(shop: Shop, buyer: User, card: str) -> None:
    assert "paid" not in shop.buy(buyer, "mid", card)
    assert shop.plan(buyer) == "free"


def test_a_page_that_is_left_or_expired_changes_nothing(shop: Shop, buyer: User) -> None:
    checkout.buy_plan(buyer.id, "low", WAY, None, shop.now())
    shop.catch_up()
    assert shop.plan(buyer) == "free"


def test_the_page_before_takes_no_money_any_more(shop: Shop, buyer: User) -> None:
    first = checkout.buy_plan(buyer.id, "low", WAY, None, shop.now())
    second = checkout.buy_plan(buyer.id, "mid", WAY, None, shop.now())
    assert pay(first) == ""
    assert pay(second) == WAY.paid_url
    shop.catch_up()
    assert (shop.plan(buyer), len(paid(buyer))) == ("mid", 1)


def test_whoever_subscribes_already_changes_the_plan_instead(shop: Shop, buyer: User) -> None:
    pay(checkout.buy_plan(buyer.id, "low", WAY, None, shop.now()))  # and no event has come yet
    with pytest.raises(Conflict) as refusal:
        checkout.buy_plan(buyer.id, "mid", WAY, None, shop.now())
    assert refusal.value.code == "already_subscribed"
    assert shop.plan(buyer) == "low"  # which was noticed on the way


@pytest.mark.parametrize(
    ("plan_id", "code"), [("free", "not_sold"), ("gold", "no_such_plan"), ("", "no_such_plan")]
)
def test_only_what_is_sold_can_be_bought(shop: Shop, buyer: User, plan_id: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checkout.buy_plan(buyer.id, plan_id, WAY, None, shop.now())
    assert refusal.value.code == code


def test_a_code_makes_it_cheaper_and_a_wrong_one_is_refused(shop: Shop, buyer: User) -> None:
    with stripe_api.asking() as stripe:
        coupon = stripe.v1.coupons.create({"percent_off": 50, "duration": "once"})
        stripe.v1.promotion_codes.create(
            {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"}
        )
    with pytest.raises(Invalid):
        checkout.buy_plan(buyer.id, "mid", WAY, "QUARTER", shop.now())
    shop.buy(buyer, "mid", code="HALF")
    assert (shop.plan(buyer), paid(buyer)) == ("mid", [("invoice", "paid", 1499)])


def test_a_robot_is_bought_once_and_for_good(shop: Shop, buyer: User) -> None:
    assert shop.access(buyer) is None
    shop.buy_robot(buyer)
    held = shop.access(buyer)
    assert held is not None
    assert (held.level, held.source, held.expires_at, held.ended_at) == (
        "full", "purchase", None, None,
    )  # fmt: skip
    assert paid(buyer) == [("payment", "paid", 1900)]
    assert shop.plan(buyer) == "free"
    with pytest.raises(Conflict) as refusal:
        checkout.buy_robot(buyer.id, ROBOT, WAY, None, shop.now())
    assert refusal.value.code == "already_yours"


def test_a_robot_that_is_paid_back_is_no_longer_the_users(shop: Shop, buyer: User) -> None:
    shop.buy_robot(buyer)
    with stripe_api.asking() as stripe:
        [charge] = stripe.v1.charges.list({"customer": shop.customer(buyer)}).data
        stripe.v1.refunds.create({"charge": charge.id, "amount": 900})
        shop.catch_up()
        part = shop.access(buyer)
        stripe.v1.refunds.create({"charge": charge.id})
    shop.catch_up()
    whole = shop.access(buyer)
    assert part is not None
    assert whole is not None
    assert (part.ended_at, whole.ended_at is None) == (None, False)
    assert sorted(paid(buyer)) == [
        ("payment", "paid", 1900), ("refund", "succeeded", 900), ("refund", "succeeded", 1000),
    ]  # fmt: skip


def test_a_purchase_that_is_told_after_its_refund_gives_nothing(shop: Shop, buyer: User) -> None:
    pay(checkout.buy_robot(buyer.id, ROBOT, WAY, None, shop.now()))
    with stripe_api.asking() as stripe:
        [charge] = stripe.v1.charges.list({"customer": shop.customer(buyer)}).data
        stripe.v1.refunds.create({"charge": charge.id})
    shop.deliver(reversed(shop.events(shop.last)))
    assert shop.access(buyer) is None
    assert sorted(paid(buyer)) == [("payment", "paid", 1900), ("refund", "succeeded", 1900)]


def test_over_the_api_from_the_page_to_the_receipt(
    app: Flask, client: FlaskClient, shop: Shop, buyer: User
) -> None:
    headers = headers_for(app, buyer)
    body = {"plan": "mid", "returnUrl": "http://127.0.0.1:8000/plans"}
    answer = client.post("/api/subscription/checkout", json=body, headers=headers)
    assert pay(answer.json["url"]) == "http://127.0.0.1:8000/plans?checkout=paid"
    shop.catch_up()
    mine = client.get("/api/subscription", headers=headers).json
    assert (mine["plan"]["id"], mine["billing"], mine["can_open_portal"]) == ("mid", "test", True)
    assert mine["subscription"]["status"] == "active"
    assert {bar["key"]: bar["limit"] for bar in mine["usage"]} == {
        "bots": 20, "webhooks_per_day": 10_000, "robots": None, "api_keys": 10,
    }  # fmt: skip
    [invoice] = client.get("/api/transactions", headers=headers).json["transactions"]
    path = f"/api/transactions/{invoice['id']}/receipt"
    receipt = client.get(path, headers=headers).json
    assert receipt["page_url"].startswith("http")
    assert receipt["pdf_url"].startswith("http")


@pytest.mark.parametrize(
    "url",
    [
        *("https://evil.example/", "http://127.0.0.1:8000.evil.example/", "javascript:alert(1)"),
        *("http://127.0.0.1:8000@evil.example/", "//evil.example/", "http://127.0.0.1:8001/x"),
        "http://127.0.0.1:8000/x#https://evil.example",
    ],
)
def test_the_browser_comes_back_to_no_stranger(
    app: Flask, client: FlaskClient, shop: Shop, buyer: User, url: str
) -> None:
    answer = client.post(
        "/api/subscription/checkout",
        json={"plan": "mid", "return_url": url},
        headers=headers_for(app, buyer),
    )
    assert (answer.status_code, answer.json["error"]) == (422, "return_url_not_allowed")


def test_the_robots_a_user_may_run_are_listed_with_what_would_unlock_them(
    app: Flask, client: FlaskClient, shop: Shop, buyer: User
) -> None:
    headers = headers_for(app, buyer)
    [before] = client.get("/api/robot-access", headers=headers).json["robots"]
    shop.buy_robot(buyer)
    [after] = client.get("/api/robot-access", headers=headers).json["robots"]
    assert before == {
        "robot_id": ROBOT, "access": "demo", "source": "plan", "expires_at": None,
        "price_cents": 1900, "unlocked_by": "mid",
    }  # fmt: skip
    assert (after["access"], after["source"], after["unlocked_by"]) == ("full", "purchase", None)


def test_nothing_secret_is_in_what_is_shown(
    app: Flask, client: FlaskClient, shop: Shop, buyer: User
) -> None:
    shop.buy(buyer, "low")
    shown = json.dumps(client.get("/api/subscription", headers=headers_for(app, buyer)).json)
    assert [word for word in ("sk_", "whsec", "cus_", "sub_", "si_") if word in shown] == []
