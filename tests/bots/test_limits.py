from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tradingrobotplug import db
from tradingrobotplug.models import User
from tradingrobotplug.plans.entitlements import entitlements

from ..factories import headers_for, make_user
from .conftest import NEW_BOT


def allowed_bots(user: User) -> int:
    with db.transaction() as session:
        return entitlements(session, user.id).max_bots


def test_a_plan_s_limit_is_refused_with_its_numbers(
    app: Flask, client: FlaskClient, user: User
) -> None:
    headers = headers_for(app, user)
    client.post("/api/bots", json=NEW_BOT, headers=headers)

    answer = client.post("/api/bots", json=NEW_BOT, headers=headers)

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["error"] == "plan_limit_reached"
    assert answer.json["details"] == {
        "limit": "bots",
        "allowed": allowed_bots(user),
        "plan": "free",
        "next_plan": "low",
    }


def test_a_copy_counts_towards_the_limit(app: Flask, client: FlaskClient, user: User) -> None:
    headers = headers_for(app, user)
    made = client.post("/api/bots", json=NEW_BOT, headers=headers)
    assert made.json is not None

    copied = client.post(f"/api/bots/{made.json['bot']['id']}/clone", json={}, headers=headers)

    assert copied.status_code == 403


def test_ten_parallel_creations_make_no_more_bots_than_the_plan_allows(
    app: Flask, user: User
) -> None:
    headers = headers_for(app, user)

    def create(_: int) -> int:
        return app.test_client().post("/api/bots", json=NEW_BOT, headers=headers).status_code

    with ThreadPoolExecutor(10) as threads:
        answers: list[Any] = sorted(threads.map(create, range(10)))

    assert answers == [201] + [403] * 9


def test_the_house_s_robots_are_not_limited(app: Flask, client: FlaskClient) -> None:
    headers = headers_for(app, make_user("house@example.com", is_house=True))
    client.post("/api/bots", json=NEW_BOT, headers=headers)

    assert client.post("/api/bots", json=NEW_BOT, headers=headers).status_code == 201
