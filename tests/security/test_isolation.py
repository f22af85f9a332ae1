"""Who may see and change what: made from the OpenAPI file, so that a new route is covered by being
in it. The letters and numbers in the names are those of the security requirements."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import SECRET, headers_for, make_bot, make_key, make_user
from tests.security.before import BEFORE
from tests.security.conftest import Call, Owner, key_of, live_session, rows_of_users
from tests.security.operations import (
    ADMINS,
    BODIES,
    GUARDED,
    KEYED,
    NEW_BOT,
    OPERATIONS,
    OWNED,
    PUBLIC,
    READS,
    UNDESCRIBED,
    USERS,
    WRITES,
    Operation,
    body_of,
)
from tradingrobotplug import clock, db
from tradingrobotplug.models import User
from tradingrobotplug.web.tokens import access_token

NOT_THEIRS = (401, 403, 404)
PRIVILEGES = {
    "subscription_tier": "premium",
    "role": "admin",
    "is_admin": True,
    "isAdmin": True,
    "user_id": "00000000-0000-4000-8000-000000000000",
    "userId": "00000000-0000-4000-8000-000000000000",
    "email_verified": True,
    "balance": "1000000",
}


FOREIGN = ("user_id", "bot_id", "signal_id", "id")


def named(operation: Operation) -> str:
    return str(operation)


def statuses(
    call: Call,
    operation: Operation,
    ids: dict[str, str],
    who: Owner | dict[str, str],
    body: dict[str, Any],
    fields: Mapping[str, object],
) -> dict[str, int]:
    """What the operation answers to its body with each of these fields in it."""
    return {
        name: call(operation, ids, who, json=body | {name: value}).status_code
        for name, value in fields.items()
    }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def keyed(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


@pytest.fixture
def credentials(app: Flask, client: FlaskClient, owner: Owner) -> dict[str, dict[str, str]]:
    """What is not a way in, each made for the owner of what is asked for."""
    with app.app_context():
        expired = access_token(live_session(owner.user), timedelta(seconds=-1))
        revoked = access_token(live_session(owner.user, revoked_at=clock.now()))
    registered = client.post("/api/auth/register", json=BODIES["POST /api/auth/register"])
    return {
        "none": {},
        "expired": bearer(expired),
        "revoked": bearer(revoked),
        "refresh": bearer(registered.get_json()["refresh_token"]),
    }


def test_a1_a_route_is_guarded_or_named_as_public() -> None:
    assert {str(o) for o in OPERATIONS if not o.is_guarded} == PUBLIC


def test_a1_every_rule_of_the_application_is_in_the_file(app: Flask) -> None:
    described = {o.path for o in OPERATIONS}
    rules = {rule.rule for rule in app.url_map.iter_rules()} - UNDESCRIBED
    plain = {
        "/".join(
            f"{{{part.strip('<>').split(':')[-1]}}}" if "<" in part else part for part in parts
        )
        for parts in (rule.split("/") for rule in rules)
    }
    assert plain == described


@pytest.mark.parametrize("operation", GUARDED, ids=named)
def test_a1_without_a_live_access_token_nothing_is_said(
    operation: Operation, call: Call, owner: Owner, credentials: dict[str, dict[str, str]]
) -> None:
    answers = {name: call(operation, owner.ids, headers) for name, headers in credentials.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        credentials, 401
    )
    assert not any(owner.is_in(answer.text) for answer in answers.values())


@pytest.fixture
def keys(owner: Owner) -> dict[str, dict[str, str]]:
    """API keys that open nothing, each made for the owner of what is asked for."""
    now = clock.now()
    make_key(owner.user, key_of("expired"), expires_at=now - timedelta(seconds=1))
    make_key(owner.user, key_of("revoked"), revoked_at=now)
    make_key(owner.user, key_of("without the scope"), scopes=[])
    names = ("unknown", "expired", "revoked", "without the scope")
    return {"none": {}} | {name: keyed(key_of(name)) for name in names}


@pytest.mark.parametrize("operation", KEYED, ids=named)
def test_a1_without_a_live_api_key_of_the_scope_nothing_is_said(
    operation: Operation, call: Call, owner: Owner, keys: dict[str, dict[str, str]]
) -> None:
    answers = {name: call(operation, owner.ids, headers) for name, headers in keys.items()}
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == dict.fromkeys(keys, 401) | {"without the scope": 403}
    assert answers["without the scope"].get_json()["error"] == "scope_missing"
    assert not any(owner.is_in(answer.text) for answer in answers.values())


@pytest.mark.parametrize("operation", [o for o in KEYED if o in OWNED], ids=named)
def test_a1_an_api_key_opens_nothing_of_others(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    before = rows_of_users()
    answer = call(operation, owner.ids, keyed(key_of("stranger")))
    assert answer.status_code in NOT_THEIRS
    assert not owner.is_in(answer.text.replace(owner.ids["bot_id"], ""))
    assert rows_of_users() == before


@pytest.mark.parametrize("operation", [o for o in KEYED if o.method == "GET"], ids=named)
def test_a2_what_an_api_key_lists_is_its_users(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    answer = call(operation, stranger.ids, keyed(key_of("stranger")))
    assert answer.status_code == 200
    assert not owner.is_in(answer.text)


@pytest.mark.parametrize("operation", KEYED, ids=named)
def test_a1_an_api_key_of_its_owner_gets_in(operation: Operation, call: Call, owner: Owner) -> None:
    given = BEFORE.get(str(operation), lambda _: {})(owner)
    assert call(operation, owner.ids, keyed(key_of("owner")), **given).status_code < 400


@pytest.mark.parametrize("operation", [o for o in GUARDED if not o.is_keyed], ids=named)
def test_a1_an_api_key_is_no_way_into_what_takes_none(
    operation: Operation, call: Call, owner: Owner
) -> None:
    before = rows_of_users()
    answer = call(operation, owner.ids, keyed(key_of("owner")))
    assert answer.status_code == 401
    assert not owner.is_in(answer.text)
    assert rows_of_users() == before


@pytest.mark.parametrize("operation", OWNED, ids=named)
def test_a1_what_is_someone_elses_is_not_there(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    before = rows_of_users()
    answer = call(operation, owner.ids, stranger)
    assert answer.status_code in NOT_THEIRS
    assert not owner.is_in(answer.text.replace(owner.ids["bot_id"], ""))
    assert rows_of_users() == before


@pytest.mark.parametrize("operation", USERS, ids=named)
def test_a1_its_owner_gets_in(app: Flask, operation: Operation, call: Call, owner: Owner) -> None:
    with app.app_context():
        given = BEFORE.get(str(operation), lambda _: {})(owner)
    assert call(operation, owner.ids, owner, **given).status_code < 400


@pytest.mark.parametrize("operation", ADMINS, ids=named)
def test_a5_what_is_for_administrators_is_closed_to_users(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    answer = call(operation, owner.ids, stranger)
    assert answer.status_code == 403
    assert not owner.is_in(answer.text)


@pytest.mark.parametrize("operation", READS, ids=named)
def test_a2_a3_no_answer_holds_what_is_someone_elses_whatever_ids_stand_in_the_query(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    foreign = {name: owner.ids[name] for name in ("user_id", "bot_id", "signal_id")}
    answer = call(operation, stranger.ids, stranger)
    led_on = call(operation, stranger.ids, stranger, query_string=foreign)
    assert (answer.status_code, led_on.status_code in (200, 422)) == (200, True)
    assert not owner.is_in(answer.text + led_on.text)


@pytest.mark.parametrize("operation", [o for o in USERS if o.body], ids=named)
def test_a3_someone_elses_ids_in_a_body_are_refused(
    operation: Operation, call: Call, owner: Owner, stranger: Owner
) -> None:
    before, body = rows_of_users(), body_of(operation) or {}
    foreign = {name: owner.ids.get(name, owner.ids["bot_id"]) for name in FOREIGN}
    assert statuses(call, operation, stranger.ids, stranger, body, foreign) == dict.fromkeys(
        FOREIGN, 422
    )
    assert rows_of_users() == before


@pytest.mark.parametrize(
    "operation",
    [o for o in WRITES if o.body and "webhook" not in o.path and o not in ADMINS],
    ids=named,
)
def test_a5_nobody_raises_himself_by_a_field(
    operation: Operation, call: Call, owner: Owner
) -> None:
    before, body = rows_of_users(), body_of(operation) or {}
    who = owner if operation.is_guarded else {}
    assert statuses(call, operation, owner.ids, who, body, PRIVILEGES) == dict.fromkeys(
        PRIVILEGES, 422
    )
    assert rows_of_users() == before


@pytest.mark.parametrize("operation", [o for o in ADMINS if o.body], ids=named)
def test_a5_nor_does_an_administrator(
    operation: Operation, app: Flask, call: Call, owner: Owner
) -> None:
    headers = headers_for(app, make_user("chief@example.com", role="admin"))
    before, body = rows_of_users(), body_of(operation) or {}
    assert statuses(call, operation, owner.ids, headers, body, PRIVILEGES) == dict.fromkeys(
        PRIVILEGES, 422
    )
    assert rows_of_users() == before


@pytest.mark.parametrize("operation", [o for o in WRITES if not o.body], ids=named)
def test_a5_what_reads_no_body_takes_nothing_from_one(
    operation: Operation, call: Call, owner: Owner
) -> None:
    call(operation, owner.ids, owner, json=PRIVILEGES)
    with db.transaction() as session:
        kept = session.get_one(User, owner.user.id)
        assert (kept.role, kept.is_house, kept.email) == ("user", False, owner.user.email)


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_a6_no_answer_holds_a_hash_or_a_key_but_the_one_that_makes_a_key(
    operation: Operation, app: Flask, call: Call, owner: Owner
) -> None:
    text = call(operation, owner.ids, owner).get_data().decode("latin-1")
    kept = (
        *(str(owner.user.password_hash), "owner".ljust(64, "0"), app.config["TRP"].jwt_secret),
        *(key_of("owner"), hashlib.sha256(key_of("owner").encode()).hexdigest()),
    )
    assert [word for word in kept if word in text] == []
    assert "_hash" not in text
    shown = re.findall(r"trp_[\w-]{13,}", text)
    assert len(shown) == (str(operation) == "POST /api/api-keys")


@pytest.mark.parametrize("operation", READS, ids=named)
def test_a6_a_webhooks_secret_is_shown_at_creation_and_rotation_only(
    operation: Operation, app: Flask, client: FlaskClient, call: Call, owner: Owner
) -> None:
    headers = headers_for(app, owner.user)
    made = client.post("/api/bots", json=NEW_BOT, headers=headers).get_json()
    path = f"/api/bots/{made['bot']['id']}/rotate-secret"
    rotated = client.post(path, json={}, headers=headers).get_json()
    secrets = [answer["webhook_url"].rpartition("/")[2] for answer in (made, rotated)]
    text = call(operation, owner.ids | {"bot_id": made["bot"]["id"]}, owner).text
    assert len(set(secrets)) == 2
    assert [secret for secret in secrets if secret in text] == []
    assert "webhook_url" not in text


def test_a7_a_deleted_users_tokens_and_webhooks_die_at_once(
    app: Flask, client: FlaskClient
) -> None:
    body = BODIES["POST /api/auth/register"]
    answer = client.post("/api/auth/register", json=body).get_json()
    with db.transaction() as session:
        user = session.get_one(User, answer["user"]["id"])
    bot = make_bot(user)
    alert = {"action": "buy", "symbol": "BTC-USD"}
    assert client.post(f"/webhook/{bot.id}/{SECRET}", json=alert).status_code == 200
    with db.transaction() as session:
        session.delete(session.get_one(User, user.id))
    renewal = {"refresh_token": answer["refresh_token"]}
    assert [
        client.get("/api/users/me", headers=bearer(answer["token"])).status_code,
        client.post("/api/auth/refresh", json=renewal).status_code,
        client.post(
            "/api/auth/login", json={k: body[k] for k in ("email", "password")}
        ).status_code,
        client.post(f"/webhook/{bot.id}/{SECRET}", json=alert).status_code,
    ] == [401, 401, 401, 404]


def test_a1_a_user_who_has_nothing_sees_nothing(
    app: Flask, client: FlaskClient, owner: Owner
) -> None:
    headers = headers_for(app, make_user("nobody@example.com"))
    page = client.get("/api/dashboard", headers=headers).get_json()
    assert (page["bots"], page["recent_trades"], page["recent_signals"]) == ([], [], [])
