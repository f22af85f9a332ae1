"""Errors, headers, input shapes and the OpenAPI file: what every route has in common."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields
from sqlalchemy import select, text

from tests.factories import headers_for, make_user
from tradingrobotplug import db, errors
from tradingrobotplug.models import User
from tradingrobotplug.web.paging import page_of
from tradingrobotplug.web.schemas import Amount, Paging, Shape, snake_case

LOGIN = "/api/auth/login"


class QuoteMissing(errors.Unavailable):
    """A domain's own child of a known kind."""


def raising(app: Flask, error: Exception) -> FlaskClient:
    def view() -> str:
        raise error

    app.add_url_rule("/api/raises", view_func=view)
    return app.test_client()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Invalid("c", "m"), 422),
        (errors.Unauthenticated("c", "m"), 401),
        (errors.Forbidden("c", "m"), 403),
        (errors.NotFound("c", "m"), 404),
        (errors.Conflict("c", "m"), 409),
        (errors.TooMany("c", "m", {"retry_after_seconds": 7}), 429),
        (errors.Unavailable("c", "m"), 503),
        (QuoteMissing("c", "m"), 503),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_has_one_shape(fresh_app: Flask, error: Any, status: int) -> None:
    answer = raising(fresh_app, error).get("/api/raises")
    assert answer.status_code == status
    assert set(answer.json) == {"error", "message", "details", "request_id"}
    assert (answer.json["error"], answer.json["message"]) == ("c", "m")
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)


def test_a_value_postgresql_refuses_is_the_senders_fault(fresh_app: Flask) -> None:
    def view() -> str:
        with db.transaction() as session:
            session.execute(text("SELECT CAST(:n AS integer)"), {"n": "99999999999999"})
        return ""

    fresh_app.add_url_rule("/api/overflows", view_func=view)
    assert fresh_app.test_client().get("/api/overflows").status_code == 422


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 422),
        (b'{"email": NaN, "password": "x"}', "application/json", 422),
        (b'{"email": "a\\ud800", "password": "x"}', "application/json", 422),
        (b'{"email": "\\u0000", "password": "x"}', "application/json", 422),
        (b"\xff\xfe{}", "application/json", 400),
        (b"[" * 100_000, "application/json", 422),
        (b'{"email": ' + b"1" * 5_000 + b"}", "application/json", 422),
        (b'{"email":"' + b"a" * 300_000 + b'"}', "application/json", 413),
    ],
    ids=[
        "broken",
        "list",
        "text",
        "null",
        "plain",
        "NaN",
        "surrogate",
        "NUL",
        "bytes",
        "deep",
        "digits",
        "big",
    ],
)
def test_unreadable_input_is_refused_in_the_one_shape(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    answer = client.post(LOGIN, data=body, content_type=content_type)
    assert answer.status_code == status
    assert set(answer.json) == {"error", "message", "details", "request_id"}


def test_the_refused_fields_are_named(client: FlaskClient) -> None:
    answer = client.post(LOGIN, json={"email": "a@example.com", "surprise": 1})
    assert answer.status_code == 422
    assert set(answer.json["details"]["fields"]) == {"password", "surprise"}


def test_unknown_paths_and_methods_answer_json(client: FlaskClient) -> None:
    assert client.get("/api/nothing").json["error"] == "not_found"
    answer = client.get(LOGIN)
    assert (answer.status_code, answer.json["error"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for_all = client.get("/api/plans").headers
    assert for_all["X-Content-Type-Options"] == "nosniff"
    assert for_all["Referrer-Policy"] == "no-referrer"
    assert for_all["Strict-Transport-Security"].startswith("max-age=31536000")
    assert for_all["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Access-Control-Allow-Origin" not in for_all


def test_personal_answers_and_errors_are_kept_by_nobody(
    app: Flask, client: FlaskClient, user: User
) -> None:
    personal = client.get("/api/plans", headers=headers_for(app, user))
    assert personal.headers["Cache-Control"] == "no-store"
    assert "Authorization" in personal.headers["Vary"]
    assert client.post(LOGIN, json={}).headers["Cache-Control"] == "no-store"
    assert client.get("/api/nothing").headers["Cache-Control"] == "no-store"


def test_a_page_may_load_our_own_scripts_only(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/api/page", view_func=lambda: "<!doctype html>")
    policy = fresh_app.test_client().get("/api/page").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


class Order(Shape):
    stop_loss = Amount(allow_none=True)
    take_profit_percent = fields.Integer()


@given(st.from_regex(r"[a-z]{2,}(_[a-z]{2,})*", fullmatch=True))
def test_camel_case_and_snake_case_name_the_same_field(name: str) -> None:
    first, *rest = name.split("_")
    assert snake_case(first + "".join(part.capitalize() for part in rest)) == name


def test_camel_case_comes_in_and_unknown_or_doubled_fields_do_not() -> None:
    loaded = Order().load({"stopLoss": "0.1", "takeProfitPercent": 5})
    assert loaded == {"stop_loss": Decimal("0.1"), "take_profit_percent": 5}
    with pytest.raises(ValidationError):
        Order().load({"stopGain": 1})
    with pytest.raises(ValidationError):
        Order().load({"stopLoss": 1, "stop_loss": 2})


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", True, [], float("inf"), "1e", ""])
def test_an_amount_is_a_finite_number(value: object) -> None:
    with pytest.raises(ValidationError):
        Order().load({"stop_loss": value})


@pytest.mark.parametrize(("value", "text"), [("1E+3", "1000"), (0.1, "0.1"), ("0.00100", "0.001")])
def test_an_amount_leaves_as_plain_text(value: object, text: str) -> None:
    assert Order().dump(Order().load({"stop_loss": value})) == {"stop_loss": text}


@pytest.mark.parametrize(
    "query", [{"limit": "1e9"}, {"limit": 1_000_000_000}, {"limit": 0}, {"page": 0}, {"page": -1}]
)
def test_a_page_beyond_reason_is_refused(query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Paging().load(query)


@pytest.mark.parametrize(
    ("page", "limit", "emails"),
    [(1, 2, ["a@x", "b@x"]), (2, 2, ["c@x"]), (3, 2, []), (1, 50, ["a@x", "b@x", "c@x"])],
)
def test_a_page_holds_its_rows_and_the_total(
    clean: None, page: int, limit: int, emails: list[str]
) -> None:
    for email in ("c@x", "a@x", "b@x"):
        make_user(email)
    with db.transaction() as session:
        rows, total = page_of(session, select(User).order_by(User.email), page, limit)
    assert ([row.email for row in rows], total) == (emails, 3)


def test_every_operation_is_described_and_refuses_in_the_one_shape(client: FlaskClient) -> None:
    spec = client.get("/api/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    operations = [
        (f"{method} {path}", operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "delete")
    ]
    assert [name for name, op in operations if not op.get("tags") or not op.get("summary")] == []
    schemas = {
        answer["content"]["application/json"]["schema"]["$ref"]
        for _, operation in operations
        for status, answer in operation["responses"].items()
        if status.startswith("4") and "content" in answer
    }
    assert schemas == {"#/components/schemas/Failure"}
    assert "Error" not in spec["components"]["schemas"]
