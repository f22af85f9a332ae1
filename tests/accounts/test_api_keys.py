"""API keys: made, used within scope, plan and limit, and ended."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import KEY, headers_for, make_key, make_user
from tests.mailbox import mails, token
from tests.security.test_limits import no_redis
from tradingrobotplug import clock, db, logs
from tradingrobotplug.accounts import jobs
from tradingrobotplug.models import (
    ApiKey,
    AuditLog,
    ForgottenPassword,
    Subscription,
    User,
    UserSession,
)

from .signing import EMAIL, NEW, OTHER, PASSWORD, later, make_trader, signed_in
from .test_export import export, rows

__all__ = ["no_redis"]

ROUTE = "/api/api-keys"
ASKED = {"name": "Script", "scopes": ["read"]}
WITH_KEY = {"X-API-Key": KEY}
BOT = {
    "name": "Mine",
    "asset_type": "crypto",
    "exchange": "coinbase",
    "position_sizing": {"type": "fixed_amount", "value": "1000"},
}


@pytest.fixture
def trader(clean: None) -> User:
    """Of a plan with API access."""
    row = make_trader()
    with db.transaction() as session:
        session.add(
            Subscription(user_id=row.id, plan_id="premium", status="active", updated_at=clock.now())
        )
    return row


@pytest.fixture
def headers(app: Flask, trader: User) -> dict[str, str]:
    return headers_for(app, trader)


def create(client: FlaskClient, headers: dict[str, str], **fields: Any) -> Any:
    return client.post(ROUTE, json=ASKED | fields, headers=headers)


def listed(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.get(ROUTE, headers=headers).json["api_keys"]


def use(client: FlaskClient, key: str = KEY) -> Any:
    return client.get("/api/bots", headers={"X-API-Key": key})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def recorded(action: str) -> list[AuditLog]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog).where(AuditLog.action == action)))


def key_row() -> ApiKey:
    with db.transaction() as session:
        return session.scalars(select(ApiKey)).one()


def set_user(**columns: Any) -> None:
    with db.transaction() as session:
        session.execute(update(User).values(**columns))


def test_a_key_is_shown_once_works_and_is_kept_as_a_hash(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = create(client, headers)
    made, key = answer.json["api_key"], answer.json["key"]
    assert answer.status_code == 201
    assert key.startswith("trp_")
    assert len(key) == 47
    assert (made["name"], made["scopes"], made["prefix"]) == ("Script", ["read"], key[:12])
    assert use(client, key).status_code == 200
    assert key_row().key_hash == hashlib.sha256(key.encode()).hexdigest()
    assert [row["id"] for row in listed(client, headers)] == [made["id"]]
    assert key not in client.get(ROUTE, headers=headers).text


def test_a_key_lives_ninety_days_unless_asked_otherwise(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    create(client, headers)
    assert key_row().expires_at == key_row().created_at + timedelta(days=90)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "n" * 65},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": ["read", "read"]},
        {"expires_in_days": 0},
        {"expires_in_days": 366},
        {"expires_in_days": None},
    ],
    ids=str,
)
def test_what_no_key_can_be_is_refused(
    client: FlaskClient, headers: dict[str, str], fields: dict[str, Any]
) -> None:
    assert create(client, headers, **fields).status_code == 422
    assert listed(client, headers) == []


def test_l16_creating_a_key_needs_a_fresh_proof(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=clock.now() - timedelta(minutes=11)))
    assert create(client, headers).status_code == 403
    assert listed(client, headers) == []


def test_a_repeat_with_the_same_idempotency_key_gets_the_same_key(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    once = headers | {"Idempotency-Key": "one"}
    assert create(client, once).json["key"] == create(client, once).json["key"]
    assert len(listed(client, headers)) == 1


def test_creating_is_mailed_and_recorded(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = create(client, headers)
    (mail,) = mails("api_key_created")
    assert "Script" in mail.text
    assert answer.json["key"] not in mail.text
    (row,) = recorded("api_key.created")
    assert (row.object_id, row.details) == (answer.json["api_key"]["id"], {"scopes": "read"})


def test_of_parallel_creations_ten_get_a_key(app: Flask, headers: dict[str, str]) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: create(app.test_client(), headers), range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 2


def test_expired_and_revoked_keys_leave_room(
    client: FlaskClient, trader: User, headers: dict[str, str]
) -> None:
    now = clock.now()
    made = [make_key(trader, f"trp_{n}") for n in range(8)]
    made += [make_key(trader, "trp_old", expires_at=now), make_key(trader, "trp_", revoked_at=now)]
    assert len(listed(client, headers)) == 8
    assert [create(client, headers).status_code for _ in range(3)] == [201, 201, 409]
    client.delete(f"{ROUTE}/{made[0].id}", headers=headers)
    assert create(client, headers).status_code == 201


def test_a_revoked_key_is_out_at_once(
    client: FlaskClient, trader: User, headers: dict[str, str]
) -> None:
    path = f"{ROUTE}/{make_key(trader).id}"
    assert use(client).status_code == 200
    assert client.delete(path, headers=headers).json == {"success": True}
    assert refusal(use(client)) == (401, "key_not_valid")
    assert client.delete(path, headers=headers).status_code == 404
    assert len(recorded("api_key.revoked")) == 1


def test_an_expired_key_is_refused_and_recorded_once(client: FlaskClient, trader: User) -> None:
    make_key(trader, expires_at=clock.now() - timedelta(seconds=1))
    assert [refusal(use(client)) for _ in range(2)] == [(401, "key_not_valid")] * 2
    assert len(recorded("api_key.refused_expired")) == 1


@pytest.mark.parametrize("key", ["", "trp_", "trp_" + "x" * 43, "é" * 20, "k" * 5000])
def test_an_unknown_key_is_refused_like_an_expired_one(
    client: FlaskClient, trader: User, key: str
) -> None:
    assert refusal(use(client, key)) == (401, "key_not_valid")


def test_each_scope_opens_its_own_only(client: FlaskClient, trader: User) -> None:
    make_key(trader, "trp_r", scopes=["read"])
    make_key(trader, "trp_t", scopes=["trade"])
    write = client.post("/api/bots", json=BOT, headers={"X-API-Key": "trp_r"})
    assert refusal(write) == (403, "scope_missing")
    assert write.json["details"] == {"scope": "trade"}
    assert use(client, "trp_t").json["details"] == {"scope": "read"}
    allowed = client.post("/api/bots", json=BOT, headers={"X-API-Key": "trp_t"})
    assert (allowed.status_code, use(client, "trp_r").status_code) == (201, 200)


def test_a_suspended_users_key_is_out_and_comes_back_with_its_user(
    client: FlaskClient, trader: User
) -> None:
    make_key(trader)
    set_user(suspended_at=clock.now())
    assert refusal(use(client)) == (401, "key_not_valid")
    set_user(suspended_at=None)
    assert use(client).status_code == 200


def test_a8_a_downgrade_shuts_keys_out_within_one_request(
    client: FlaskClient, trader: User, headers: dict[str, str]
) -> None:
    make_key(trader)
    assert use(client).status_code == 200
    with db.transaction() as session:
        session.execute(update(Subscription).values(plan_id="low"))
    assert refusal(use(client)) == (403, "plan_limit_reached")
    assert use(client).json["details"] == {
        "limit": "api_access",
        "allowed": False,
        "plan": "low",
        "next_plan": "mid",
    }
    assert refusal(create(client, headers)) == (403, "plan_limit_reached")


def test_a7_a_leaving_users_keys_die_at_once_and_stay_dead(
    client: FlaskClient, trader: User
) -> None:
    make_key(trader)
    session = signed_in(client)
    client.delete("/api/users/me", json={"password": PASSWORD}, headers=session)
    assert refusal(use(client)) == (401, "key_not_valid")
    assert client.post("/api/users/me/restore", headers=signed_in(client)).status_code == 200
    assert refusal(use(client)) == (401, "key_not_valid")
    assert recorded("api_key.revoked")[0].details == {"reason": "account.left"}


def test_a7_an_erased_users_key_is_out(client: FlaskClient, trader: User) -> None:
    make_key(trader)
    with db.transaction() as session:
        session.delete(session.get_one(User, trader.id))
    assert refusal(use(client)) == (401, "key_not_valid")


def test_a_password_reset_revokes_every_key(client: FlaskClient, trader: User) -> None:
    make_key(trader)
    make_key(make_user("other@example.com"), "trp_other")
    client.post("/api/auth/password/forgot", json={"email": EMAIL})
    with db.transaction() as session:
        asked = session.scalars(select(ForgottenPassword.id)).one()
    jobs.answer_forgotten(str(asked))
    answer = client.post("/api/auth/password/reset", json=NEW | {"token": token("reset")})
    assert answer.status_code == 200
    assert refusal(use(client)) == (401, "key_not_valid")
    assert len(recorded("api_key.revoked")) == 1


def test_a_changed_password_leaves_keys_alone(client: FlaskClient, trader: User) -> None:
    make_key(trader)
    change = NEW | {"current_password": PASSWORD}
    answer = client.post("/api/auth/password/change", json=change, headers=signed_in(client))
    assert (answer.status_code, use(client).status_code) == (200, 200)
    assert signed_in(client, password=OTHER)


def test_use_is_kept_at_most_once_a_minute(
    client: FlaskClient, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(trader)
    use(client)
    first = key_row().last_used_at
    use(client)
    assert first is not None
    assert key_row().last_used_at == first
    later(monkeypatch, timedelta(seconds=61))
    use(client)
    assert (key_row().last_used_at or first) > first


def test_a_key_has_120_requests_a_minute_over_all_routes(client: FlaskClient, trader: User) -> None:
    make_key(trader)
    make_key(trader, "trp_another")
    paths = ["/api/bots", "/api/trading-accounts"] * 60
    assert {client.get(path, headers=WITH_KEY).status_code for path in paths} == {200}
    answer = use(client)
    assert refusal(answer) == (429, "too_many_requests")
    assert 50 <= int(answer.headers["Retry-After"]) <= 60
    assert use(client, "trp_another").status_code == 200


def test_without_redis_a_keys_limit_holds_in_memory(no_redis: Flask, trader: User) -> None:
    make_key(trader)
    client = no_redis.test_client()
    statuses = [use(client).status_code for _ in range(122)]
    assert (statuses[:119], statuses[-1]) == ([200] * 119, 429)


def test_a_token_and_a_key_together_are_refused(
    client: FlaskClient, trader: User, headers: dict[str, str]
) -> None:
    make_key(trader)
    assert client.get("/api/bots", headers=headers | WITH_KEY).status_code == 401


def test_an_export_lists_keys_without_their_hash(app: Flask, trader: User) -> None:
    row = make_key(trader)
    ours, _ = rows(export(app, trader)[1], "api_keys")
    assert (ours[0]["id"], ours[0]["prefix"]) == (str(row.id), KEY[:12])
    assert "key_hash" not in ours[0]


@pytest.mark.parametrize(
    "line",
    [
        f"it was {KEY}.",
        f"GET /api/bots?key={KEY}&x=1",
        f"{{'X-API-Key': '{KEY}'}}",
        "X-API-Key: kkkkkkkk",
        "{'x-api-key': 'kkkkkkkk'}",
        "('X-Api-Key', 'kkkkkkkk')",
        '("X-API-Key", b"kkkkkkkk")',
        "HTTP_X_API_KEY=kkkkkkkk",
    ],
)
def test_no_log_line_holds_a_key(line: str) -> None:
    assert "kkkkkkkk" not in logs.redact(line)
    assert "[redacted]" in logs.redact(line)


def test_a_keys_first_characters_may_be_logged() -> None:
    assert logs.redact(f"prefix={KEY[:12]}") == f"prefix={KEY[:12]}"
