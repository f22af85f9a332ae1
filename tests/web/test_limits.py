"""Rate limits, with Redis and without."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import headers_for, make_user
from tradingrobotplug.models import User
from tradingrobotplug.web import limits

REGISTER = "/api/sites/register"


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    return fresh_app


def hit(client: FlaskClient, times: int, **options: Any) -> list[int]:
    return [client.post(REGISTER, json={}, **options).status_code for _ in range(times)]


def test_the_twenty_first_request_in_a_minute_waits(client: FlaskClient) -> None:
    assert hit(client, 20) == [422] * 20
    answer = client.post(REGISTER, json={})
    assert (answer.status_code, answer.json["error"]) == (429, "too_many_requests")
    assert set(answer.json) == {"error", "message", "details", "request_id"}
    assert 50 <= int(answer.headers["Retry-After"]) <= 60


def test_every_address_has_its_own_count(client: FlaskClient) -> None:
    hit(client, 21)
    assert hit(client, 1, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}) == [422]


def test_an_ipv6_customer_is_one_caller(client: FlaskClient) -> None:
    rotated = [
        hit(client, 1, environ_overrides={"REMOTE_ADDR": f"2001:db8::{n:x}"})[0] for n in range(21)
    ]
    assert rotated[-1] == 429
    assert hit(client, 1, environ_overrides={"REMOTE_ADDR": "2001:db8:0:1::1"}) == [422]


def test_one_user_over_the_limit_leaves_the_next_at_the_same_address_alone(
    app: Flask, client: FlaskClient, user: User
) -> None:
    mine, other = headers_for(app, user), headers_for(app, make_user("other@example.com"))
    answers = [client.get("/api/plans", headers=mine).status_code for _ in range(601)]
    assert answers == [200] * 600 + [429]
    assert client.get("/api/plans", headers=other).status_code == 200
    assert client.get("/api/plans").status_code == 200


def test_made_up_tokens_count_as_their_address(client: FlaskClient) -> None:
    answers = [
        client.get("/api/plans", headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(601)
    ]
    assert answers[-1] == 429


@pytest.mark.parametrize("path", ["/webhook/x/y", "/health", "/ready", "/metrics"])
def test_what_has_its_own_limit_or_watches_us_is_not_limited(app: Flask, path: str) -> None:
    endpoint = f"test.{path}"
    if path not in {rule.rule for rule in app.url_map.iter_rules()}:
        app.add_url_rule(path, view_func=lambda: "ok", endpoint=endpoint)
    client = app.test_client()
    assert {client.get(path).status_code for _ in range(605)} == {200}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::"),
        ("unix", "unix"),
        (None, "unknown"),
    ],
)
def test_the_address_that_is_counted(app: Flask, address: str | None, expected: str) -> None:
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
        assert limits.client_address() == expected
