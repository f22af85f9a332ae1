"""Limits that were met are counted where they were met; what is missing is told in own numbers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.bots.conftest import NEW_BOT
from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Signal, Subscription, UpgradePrompt, User
from tradingrobotplug.plans.missing import OVER_THE_DAY
from tradingrobotplug.signals.service import record_signal


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


def counted() -> list[tuple[str, str, str, str | None, int]]:
    with db.transaction() as session:
        rows = session.scalars(
            select(UpgradePrompt).order_by(UpgradePrompt.kind, UpgradePrompt.limit)
        )
        return [(r.kind, r.limit, r.place, r.next_plan_id, r.count) for r in rows]


def seen(client: FlaskClient, headers: dict[str, str], **fields: Any) -> int:
    body = {"kind": "shown", "limit": "bots", "place": "overview"} | fields
    return client.post("/api/upgrade-prompts", json=body, headers=headers).status_code


def test_each_refusal_is_counted_with_its_route(
    client: FlaskClient, user: User, headers: dict[str, str]
) -> None:
    for _ in range(3):
        client.post("/api/bots", json=NEW_BOT, headers=headers)
    client.get("/api/performance/me/all-time", headers=headers)
    assert [(kind, limit, next_plan, count) for kind, limit, _, next_plan, count in counted()] == [
        ("refused", "bots", "low", 2),
        ("refused", "periods", "mid", 1),
    ]
    places = [place for _, _, place, _, _ in counted()]
    assert places[0] == "POST /api/bots"
    assert places[1].startswith("GET /api/performance/")


def test_what_a_page_showed_and_what_was_followed_is_counted_exactly(
    app: Flask, user: User, headers: dict[str, str]
) -> None:
    def show(_: int) -> int:
        return seen(app.test_client(), headers, next_plan="low")

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(show, range(20))) == {200}
    assert seen(app.test_client(), headers, kind="clicked") == 200
    assert counted() == [
        ("clicked", "bots", "overview", None, 1),
        ("shown", "bots", "overview", "low", 20),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "refused"},
        {"limit": "nonsense"},
        {"place": "<script>"},
        {"place": "x" * 65},
        {"next_plan": "gold"},
    ],
)
def test_nonsense_is_not_counted(
    client: FlaskClient, headers: dict[str, str], wrong: dict[str, str]
) -> None:
    assert (seen(client, headers, **wrong), counted()) == (422, [])


def missing(client: FlaskClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = client.get("/api/plans/missing", headers=headers).json
    assert answer is not None
    return {fact["key"]: fact for fact in answer["missing"]}


def test_who_has_done_nothing_misses_only_the_periods(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    found = missing(client, headers)
    assert list(found) == ["periods"]
    assert (found["periods"]["names"], found["periods"]["unlocked_by"]) == (
        ["all-time", "monthly", "weekly"], "mid",
    )  # fmt: skip


def test_what_is_missing_is_counted_from_the_users_own_record(
    client: FlaskClient, user: User, headers: dict[str, str]
) -> None:
    bot = make_bot(user, held_from="running", status="paused", signal_source="robot",
                   plugin_id="one_robot")  # fmt: skip
    other = make_bot(make_user("other@example.com"))
    for whose, days in ((bot, 20), (bot, 3), (other, 400)):
        traded(whose, days)
    with db.transaction() as session:
        signal = record_signal(session, bot.id, b"{}", None, "robot", clock.now())
        assert signal is not None
        row = session.get_one(Signal, signal.id)
        row.status, row.last_error = "rate_limited", f"More than the 100 {OVER_THE_DAY}."
    found = missing(client, headers)
    facts = {key: (fact["number"], fact["unlocked_by"]) for key, fact in found.items()}
    assert facts == {
        "history_days": (13, "low"),
        "periods": (3, "mid"),
        "robots": (1, "low"),
        "webhooks_per_day": (1, "low"),
        "bots": (1, "low"),
    }
    assert found["history_days"]["fills"] == 1


def test_who_has_everything_misses_nothing(
    client: FlaskClient, user: User, headers: dict[str, str]
) -> None:
    with db.transaction() as session:
        session.add(
            Subscription(
                user_id=user.id, plan_id="premium", status="active", updated_at=clock.now()
            )
        )
    traded(make_bot(user), 900)
    assert missing(client, headers) == {}


def traded(bot: Bot, days_ago: int) -> None:
    with db.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no order behind it
        session.execute(
            text(
                "INSERT INTO fills (trade_id, broker_fill_id, bot_id, user_id, mode, symbol, side,"
                " quantity, price, fee, filled_at) VALUES (:bot, :id, :bot, :user, 'paper',"
                " 'BTC-USD', 'buy', 1, :price, 0, :at)"
            ),
            {
                "bot": bot.id,
                "id": f"{bot.id}-{days_ago}",
                "user": bot.user_id,
                "price": Decimal(100),
                "at": clock.now() - timedelta(days=days_ago),
            },
        )
