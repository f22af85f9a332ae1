"""Idempotency-Key: a POST takes effect once."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from sqlalchemy import select, update

from tests.factories import headers_for, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.errors import Invalid
from tradingrobotplug.models import IdempotencyKey, User
from tradingrobotplug.web import idempotency
from tradingrobotplug.web.auth import signed_in
from tradingrobotplug.web.idempotency import idempotent

SECRET = "https://example.com/webhook/1/the-secret"


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


@pytest.fixture
def effects(app: Flask) -> None:
    """Adds POST /api/spend, which answers how many took effect so far."""
    counter = itertools.count(1)

    @signed_in
    @idempotent
    def spend() -> Response:
        asked = request.get_json()
        if asked.get("refuse"):
            raise Invalid("no", "No.")
        if asked.get("break"):
            raise RuntimeError
        time.sleep(asked.get("seconds", 0))
        answer = jsonify(number=next(counter), webhook_url=SECRET)
        answer.status_code = 201
        return answer

    app.add_url_rule("/api/spend", view_func=spend, methods=["POST"])


def spend(app: Flask, headers: dict[str, str], key: str | None = "k-1", **body: Any) -> Any:
    named = {"Idempotency-Key": key} if key is not None else {}
    return app.test_client().post("/api/spend", json=body, headers=headers | named)


def test_without_a_key_every_request_counts(app: Flask, user: User, effects: None) -> None:
    headers = headers_for(app, user)
    assert [spend(app, headers, None).json["number"] for _ in range(2)] == [1, 2]


def test_a_repeat_gets_the_first_answer_with_its_secret(
    app: Flask, user: User, effects: None
) -> None:
    headers = headers_for(app, user)
    first, second = spend(app, headers), spend(app, headers)
    assert (second.status_code, second.json) == (201, first.json)
    assert second.json["webhook_url"] == SECRET
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_the_kept_answer_can_not_be_read_in_the_database(
    app: Flask, user: User, effects: None
) -> None:
    spend(app, headers_for(app, user))
    with db.transaction() as session:
        kept = session.scalars(select(IdempotencyKey)).one()
    assert kept.body is not None
    assert b"secret" not in kept.body


def test_parallel_requests_with_one_key_take_effect_once(
    app: Flask, user: User, effects: None
) -> None:
    headers = headers_for(app, user)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: spend(app, headers, seconds=0.2), range(8)))
    assert {(answer.status_code, answer.json["number"]) for answer in answers} == {(201, 1)}


def test_the_key_with_another_body_is_refused(app: Flask, user: User, effects: None) -> None:
    headers = headers_for(app, user)
    spend(app, headers)
    answer = spend(app, headers, other=1)
    assert (answer.status_code, answer.json["error"]) == (409, "idempotency_key_reused")


def test_keys_of_different_users_are_different(app: Flask, user: User, effects: None) -> None:
    spend(app, headers_for(app, user))
    answer = spend(app, headers_for(app, make_user("other@example.com")))
    assert answer.json["number"] == 2


def test_a_refusal_is_not_kept(app: Flask, user: User, effects: None) -> None:
    headers = headers_for(app, user)
    assert spend(app, headers, refuse=True).status_code == 422
    assert spend(app, headers).json["number"] == 1


def test_an_interrupted_request_is_never_tried_again(
    app: Flask, user: User, effects: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_WAIT_SECONDS", 0.1)
    headers, broken = headers_for(app, user), {"break": True}
    assert spend(app, headers, **broken).status_code == 500
    answer = spend(app, headers, **broken)
    assert (answer.status_code, answer.json["error"]) == (409, "outcome_unknown")


def test_after_a_day_a_key_is_free_again(app: Flask, user: User, effects: None) -> None:
    headers = headers_for(app, user)
    spend(app, headers)
    with db.transaction() as session:
        old = clock.now() - timedelta(hours=24, seconds=1)
        session.execute(update(IdempotencyKey).values(created_at=old))
    assert spend(app, headers).json["number"] == 2


@pytest.mark.parametrize("key", ["", "k" * 256, "é"])
def test_a_key_must_be_short_and_plain(app: Flask, user: User, effects: None, key: str) -> None:
    answer = spend(app, headers_for(app, user), key)
    assert (answer.status_code, answer.json["error"]) == (422, "invalid_idempotency_key")
