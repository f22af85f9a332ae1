"""How often, how much, from which pages: the limits, and what they do in trouble."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.signing import EMAIL, log_in, make_trader
from tests.apis import api
from tests.factories import headers_for, make_bot
from tests.security.conftest import Call, Owner
from tests.security.operations import DESCRIBED, OPERATIONS, READS, Operation
from tests.signals.alerts import BUY, post, stored
from tradingrobotplug import clock, db, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.config import ConfigurationError, Settings, load
from tradingrobotplug.models import User
from tradingrobotplug.web import limits

REGISTER = "/api/sites/register"
PAGE, OTHER_PAGE = "https://app.example.com", "https://evil.example.com"
ASKED = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,x-api-key",
}
LISTS = [
    operation
    for operation in OPERATIONS
    if any(
        given.get("name") == "limit"
        for given in DESCRIBED["paths"][operation.path][operation.method.lower()].get(
            "parameters", []
        )
    )
]
OPEN_READS = [o for o in OPERATIONS if o.method == "GET" and not o.is_guarded]


def named(operation: Operation) -> str:
    return str(operation)


def hit(client: FlaskClient, times: int, **options: Any) -> list[int]:
    return [client.post(REGISTER, json={}, **options).status_code for _ in range(times)]


@pytest.fixture
def no_redis(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    for limiter in (limits._everywhere, limits._strict):
        monkeypatch.setattr(limiter, "_storage_dead", False)
    yield create_app(replace(app.config["TRP"], redis_url="unix:///nowhere/redis.sock"))
    create_app(settings)


@pytest.fixture
def open_app(app: Flask) -> Flask:
    """The API as one page of another origin may call it."""
    return api(replace(app.config["TRP"], cors_origins=f"{PAGE},http://localhost:3000"))


@pytest.fixture
def no_database(open_app: Flask, settings: Settings) -> Iterator[Flask]:
    db.connect("postgresql://127.0.0.1:1/none")
    queues.connect("redis://127.0.0.1:1/0")
    yield open_app
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_r1_a_forwarded_address_is_not_believed_without_a_proxy(
    client: FlaskClient, header: str
) -> None:
    rotated = [hit(client, 1, headers={header: f"203.0.113.{n}"})[0] for n in range(21)]
    assert rotated == [422] * 20 + [429]


def test_r1_behind_a_proxy_what_the_client_claims_counts_for_nothing(app: Flask) -> None:
    client = create_app(replace(app.config["TRP"], proxies=1)).test_client()
    rotated = [
        hit(client, 1, headers={"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"})[0]
        for n in range(21)
    ]
    assert rotated == [422] * 20 + [429]
    assert hit(client, 1, headers={"X-Forwarded-For": "198.51.100.8"}) == [422]


def test_r1_rotated_headers_do_not_lengthen_the_guessing(client: FlaskClient) -> None:
    make_trader()
    guess = {"email": EMAIL, "password": "not the password"}
    codes = [
        client.post(
            "/api/auth/login", json=guess, headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(6)
    ]
    assert codes == [401] * 5 + [429]


@pytest.mark.parametrize(("waited", "status"), [(2, 429), (57, 429), (61, 422)])
def test_r2_the_border_of_a_minute_opens_no_second_allowance(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, waited: int, status: int
) -> None:
    border = (clock.now().timestamp() // 60 + 1) * 60
    monkeypatch.setattr("time.time", lambda: border - 1)
    assert hit(client, 20) == [422] * 20
    monkeypatch.setattr("time.time", lambda: border - 1 + waited)
    assert hit(client, 1) == [status]


def test_r2_a_full_minute_of_alerts_weighs_on_the_next(
    client: FlaskClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = make_bot(user)
    base = clock.now().replace(second=58, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: base)
    [post(client, bot, BUY | {"orderId": str(n)}) for n in range(10)]
    monkeypatch.setattr(clock, "now", lambda: base + timedelta(seconds=4))
    assert post(client, bot, BUY | {"orderId": "x"}).status_code == 429
    monkeypatch.setattr(clock, "now", lambda: base + timedelta(seconds=62))
    assert post(client, bot, BUY | {"orderId": "y"}).status_code == 200


def test_r3_without_redis_the_limits_hold_in_memory(no_redis: Flask) -> None:
    client = no_redis.test_client()
    assert hit(client, 21, environ_overrides={"REMOTE_ADDR": "203.0.113.77"}) == [422] * 20 + [429]


def test_r3_without_redis_guessing_is_limited(no_redis: Flask) -> None:
    make_trader()
    client = no_redis.test_client()
    codes = [log_in(client, "not the password").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


def test_r3_without_redis_alerts_are_taken(no_redis: Flask, user: User) -> None:
    bot = make_bot(user)
    assert post(no_redis.test_client(), bot).status_code == 200
    assert [signal.status for signal in stored(bot)] == ["received"]


def test_r3_without_redis_no_read_fails(no_redis: Flask, owner: Owner) -> None:
    client, headers = no_redis.test_client(), headers_for(no_redis, owner.user)
    statuses = {
        str(operation): client.get(operation.url(owner.ids), headers=headers).status_code
        for operation in READS
    }
    assert statuses == dict.fromkeys(map(str, READS), 200)


@pytest.mark.parametrize("operation", READS, ids=named)
def test_r5_personal_answers_are_kept_by_nobody(
    operation: Operation, call: Call, owner: Owner
) -> None:
    answer = call(operation, owner.ids, owner)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert {"Authorization", "X-API-Key"} <= set(answer.vary)


@pytest.mark.parametrize("operation", OPEN_READS, ids=named)
def test_r5_a_public_answer_is_kept_for_a_minute_at_most_and_apart_from_personal_ones(
    operation: Operation, call: Call, owner: Owner
) -> None:
    answer = call(operation, owner.ids, {})
    kept = answer.headers["Cache-Control"]
    assert kept in ("public, max-age=60", "public, max-age=15", "no-store")
    assert {"Authorization", "X-API-Key"} <= set(answer.vary)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("credentials", ["Authorization", "X-API-Key"])
def test_r5_a_public_answer_to_somebody_known_is_kept_by_nobody(
    client: FlaskClient, credentials: str
) -> None:
    answer = client.get("/api/plans", headers={credentials: "anything"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/health", "/ready", "/metrics", "/api/nothing", "/account/verify"]
)
def test_r5_what_is_not_said_to_be_public_is_kept_by_nobody(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def granted(answer: Any) -> dict[str, str]:
    return {k: v for k, v in answer.headers if k.startswith("Access-Control-")}


@pytest.mark.parametrize("origin", [PAGE, "null", "http://127.0.0.1:8000"])
def test_r6_no_other_origin_may_call_unless_it_is_set(client: FlaskClient, origin: str) -> None:
    headers = {"Origin": origin}
    answers = [
        client.get("/api/plans", headers=headers),
        client.options("/api/auth/login", headers=headers | ASKED),
    ]
    assert [granted(answer) for answer in answers] == [{}, {}]


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
def test_r6_a_page_that_is_set_may_call(open_app: Flask, origin: str) -> None:
    answer = open_app.test_client().get("/api/plans", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert {"Origin", "Authorization"} <= set(answer.vary)


def test_r6_a_page_that_is_set_may_read_refusals_and_the_id_of_the_request(
    open_app: Flask,
) -> None:
    answer = open_app.test_client().get("/api/users/me", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, PAGE)
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/bots", "/api/nothing"])
def test_r6_a_browsers_question_needs_no_token_and_no_database(
    no_database: Flask, path: str
) -> None:
    answer = no_database.test_client().options(path, headers={"Origin": PAGE} | ASKED)
    assert answer.status_code == 204
    assert granted(answer) == {
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, X-API-Key",
        "Access-Control-Max-Age": "600",
    }
    assert answer.headers["Vary"] == "Origin"


def test_r6_every_method_in_use_is_allowed(open_app: Flask) -> None:
    answer = open_app.test_client().options("/api/bots", headers={"Origin": PAGE} | ASKED)
    allowed = set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {operation.method for operation in OPERATIONS} == allowed


@pytest.mark.parametrize(
    "origin",
    [
        *(OTHER_PAGE, "null", "*", "", f"{PAGE}.evil.example", "https://app.example.com:444"),
        *("http://app.example.com", "https://APP.example.com", f"{PAGE}/", f"{PAGE},{PAGE}"),
    ],
)
def test_r6_another_origin_gets_no_header_and_no_kept_answer(open_app: Flask, origin: str) -> None:
    client = open_app.test_client()
    answers = [
        client.get("/api/plans", headers={"Origin": origin}),
        client.options("/api/plans", headers={"Origin": origin} | ASKED),
    ]
    assert [granted(answer) for answer in answers] == [{}, {}]
    assert ["Origin" in answer.vary for answer in answers] == [True, True]


@pytest.mark.parametrize("path", ["/account/verify", "/health", "/metrics"])
def test_r6_nothing_but_the_api_is_opened(open_app: Flask, path: str) -> None:
    answer = open_app.test_client().get(path, headers={"Origin": PAGE})
    assert granted(answer) == {}


@pytest.mark.parametrize(
    "origins",
    [
        *(
            "*",
            "https://*.example.com",
            "null",
            "http://app.example.com",
            "https://app.example.com/",
        ),
        *("https://user@app.example.com", "https://App.example.com", "app.example.com", "https://"),
        *(
            "https://app.example.com:443",
            "http://localhost:80",
            "https://a.example https://b.example",
        ),
        *("https://app.example.com\r\nX: y", "https://app.example.com?x", "https://äpp.example"),
        "https://good.example,http://bad.example",
    ],
)
def test_r6_an_origin_that_no_browser_sends_stops_the_start(tmp_path: Any, origins: str) -> None:
    with pytest.raises(ConfigurationError, match="TRP_CORS_ORIGINS holds"):
        load({"TRP_HOME": str(tmp_path), "TRP_CORS_ORIGINS": origins})


def test_r6_origins_are_read_one_by_one(tmp_path: Any) -> None:
    given = " https://app.example.com:8443 , http://[::1]:3000,"
    found = load({"TRP_HOME": str(tmp_path), "TRP_CORS_ORIGINS": given})
    assert found.cors_origins == "https://app.example.com:8443,http://[::1]:3000"


@pytest.mark.parametrize("limit", ["1e9", "1000000000", "201", "-1", "0", "9" * 400, "NaN"])
@pytest.mark.parametrize("operation", LISTS, ids=named)
def test_r7_a_page_beyond_reason_is_refused(
    operation: Operation, limit: str, call: Call, owner: Owner
) -> None:
    answer = call(operation, owner.ids, owner, query_string={"limit": limit})
    assert answer.status_code in (403, 422)
    assert "limit" in answer.json["details"].get("fields", {}).get("query", {"limit": ""})


def test_r7_every_list_that_can_be_long_comes_in_pages() -> None:
    assert {"GET /api/bots", "GET /api/audit", "GET /api/bots/{bot_id}/signals"} <= {
        str(operation) for operation in LISTS
    }
