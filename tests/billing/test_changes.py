"""Changing a plan: up at once, down with the next period; ending it, and going on after all."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import headers_for
from tradingrobotplug import clock, db
from tradingrobotplug.billing import changes
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import Notification, Subscription, Transaction, User, UserSession

from .shop import Shop


def refused(shop: Shop, user: User, plan_id: str) -> str:
    with pytest.raises(Conflict) as refusal:
        changes.change(user.id, plan_id, None, shop.now())
    return refusal.value.code


def last_paid(user: User) -> int:
    with db.transaction() as session:
        return (
            session.scalars(
                select(Transaction.paid_cents)
                .where(Transaction.user_id == user.id)
                .order_by(Transaction.created_at.desc(), Transaction.id.desc())
            ).first()
            or 0
        )


def test_up_is_billed_as_shown_and_counts_at_once(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    offer = changes.preview(buyer.id, "mid", shop.now())
    assert offer.preview is not None
    assert (offer.way, offer.preview.due_cents) == ("up", 2000)
    assert sorted(cents for _, cents in offer.preview.lines) == [-999, 2999]
    assert changes.change(buyer.id, "mid", offer.at, shop.now()) == "up"
    assert shop.plan(buyer) == "mid"  # before any event has come
    shop.catch_up()
    assert last_paid(buyer) == offer.preview.due_cents


def test_an_unpaid_difference_changes_nothing(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    shop.spoil_card(buyer, "insufficient_funds")
    assert refused(shop, buyer, "mid") == "payment_refused"
    shop.catch_up()
    assert (shop.plan(buyer), shop.row(buyer).status) == ("low", "active")


def test_the_same_change_sent_twice_is_billed_once(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    at = shop.now()
    changes.change(buyer.id, "mid", at, at)
    assert refused(shop, buyer, "mid") == "already_on_plan"
    shop.catch_up()
    with db.transaction() as session:
        assert len(session.scalars(select(Transaction)).all()) == 2


def test_down_comes_with_the_next_period(shop_in_time: Shop, buyer: User) -> None:
    shop = shop_in_time
    shop.buy(buyer, "mid")
    assert changes.preview(buyer.id, "low", shop.now()).preview is None
    assert shop.change(buyer, "low") == "down"
    row = shop.row(buyer)
    assert (shop.plan(buyer), row.next_plan_id) == ("mid", "low")
    assert row.next_plan_at == row.period_end
    shop.advance(days=32)
    assert (shop.plan(buyer), shop.row(buyer).next_plan_id) == ("low", None)
    assert last_paid(buyer) == 999


def test_whoever_goes_down_may_think_better_of_it_or_go_further(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "mid")
    shop.change(buyer, "low")
    changes.resume(buyer.id, shop.now())
    assert (shop.row(buyer).next_plan_id, shop.row(buyer).schedule_id) == (None, None)
    shop.change(buyer, "low")
    shop.change(buyer, "free")
    row = shop.row(buyer)
    assert (row.next_plan_id, row.cancel_at) == (None, row.period_end)
    shop.change(buyer, "low")
    assert (shop.row(buyer).next_plan_id, shop.row(buyer).cancel_at) == ("low", None)
    assert shop.change(buyer, "premium") == "up"
    assert (shop.plan(buyer), shop.row(buyer).next_plan_id) == ("premium", None)


def test_what_is_cancelled_works_to_the_end_of_the_period(shop_in_time: Shop, buyer: User) -> None:
    shop = shop_in_time
    shop.buy(buyer, "mid")
    changes.cancel(buyer.id, shop.now())
    assert shop.row(buyer).cancel_at == shop.row(buyer).period_end
    shop.advance(days=25)
    assert shop.plan(buyer) == "mid"
    shop.advance(days=7)
    assert (shop.plan(buyer), shop.row(buyer).status) == ("free", "canceled")
    with pytest.raises(Conflict):
        changes.resume(buyer.id, shop.now())


def test_what_is_resumed_goes_on(shop_in_time: Shop, buyer: User) -> None:
    shop = shop_in_time
    shop.buy(buyer, "mid")
    changes.cancel(buyer.id, shop.now())
    changes.resume(buyer.id, shop.now())
    shop.advance(days=32)
    assert (shop.plan(buyer), shop.row(buyer).cancel_at) == ("mid", None)


def test_who_has_nothing_changes_nothing(shop: Shop, buyer: User) -> None:
    assert refused(shop, buyer, "mid") == "not_subscribed"
    shop.buy(buyer, "low")
    assert refused(shop, buyer, "low") == "already_on_plan"


def test_a_price_that_was_shown_long_ago_is_not_billed(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "low")
    shown_at = shop.now() - timedelta(minutes=11)
    with pytest.raises(Conflict) as refusal:
        changes.change(buyer.id, "mid", shown_at, shop.now())
    assert refusal.value.code == "preview_too_old"


@pytest.fixture
def headers(app: Flask, shop: Shop, buyer: User) -> dict[str, str]:
    shop.buy(buyer, "mid")
    return headers_for(app, buyer)


def post(client: FlaskClient, headers: dict[str, str], what: str, **body: Any) -> Any:
    return client.post(f"/api/subscription/{what}", json=body or None, headers=headers)


def test_a8_a_downgrade_acts_within_one_request(
    client: FlaskClient, shop: Shop, buyer: User, headers: dict[str, str]
) -> None:
    page = "/api/performance/me/all-time"
    assert client.get(page, headers=headers).status_code == 200
    with db.transaction() as session:
        session.execute(update(Subscription).values(status="canceled"))
    assert client.get(page, headers=headers).status_code == 403


@pytest.mark.parametrize("what", ["change", "cancel", "resume", "portal"])
def test_auth_003_a_change_of_plan_asks_for_a_fresh_code(
    client: FlaskClient, headers: dict[str, str], what: str
) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=clock.now() - timedelta(minutes=11)))
    body = {"plan": "low"} if what == "change" else {"return_url": "http://127.0.0.1:8000/x"}
    answer = post(client, headers, what, **body)
    assert (answer.status_code, answer.json["error"]) == (403, "step_up_required")


def test_over_the_api_the_charge_is_shown_before_it_is_made(
    client: FlaskClient, shop: Shop, buyer: User, headers: dict[str, str]
) -> None:
    shown = post(client, headers, "preview", plan="premium").json
    assert (shown["way"], shown["due_cents"], shown["price_cents"]) == ("up", 7000, 9999)
    answer = post(client, headers, "change", plan="premium", shown_at=shown["effective_at"])
    assert answer.json["plan"]["id"] == "premium"
    shop.catch_up()
    assert last_paid(buyer) == 7000
    down = post(client, headers, "preview", plan="low").json
    assert (down["way"], down["due_cents"], down["lines"]) == ("down", 0, [])
    later = post(client, headers, "change", plan="low").json["subscription"]
    assert later["scheduled"]["plan"] == "low"
    ended = post(client, headers, "cancel").json["subscription"]
    assert ended["cancel_at"] == ended["period_end"]
    assert post(client, headers, "resume").json["subscription"]["cancel_at"] is None


def test_a_smaller_plan_is_told_and_what_becomes_of_bots(shop: Shop, buyer: User) -> None:
    shop.buy(buyer, "mid")
    with db.transaction() as session:
        told = session.scalars(select(Notification).where(Notification.event == "plan")).all()
    assert [row.facts["reason"] for row in told] == [
        "Your plan is now Mid-Tier; before it was Free."
    ]
