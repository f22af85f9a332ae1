from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import headers_for, make_user
from tests.trading_accounts.traders import KEY, SECRET, alpaca, coinbase
from tests.venues import Sandbox
from tradingrobotplug import db, queues
from tradingrobotplug.models import AuditLog, TradingAccount, User
from tradingrobotplug.trading_accounts import keys

ROUTE = "/api/trading-accounts"
Json = dict[str, Any]
Headers = dict[str, str]


def stored() -> TradingAccount:
    with db.transaction() as session:
        return session.scalars(select(TradingAccount)).one()


def actions() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog.action).order_by(AuditLog.seq)))


def test_an_account_is_kept_and_its_keys_are_not_shown(account: Json) -> None:
    assert account["key_ending"] == "ABCD"
    assert (account["status"], account["permissions"]) == ("active", "trade")
    assert KEY not in str(account)
    assert not {"api_key", "api_secret", "sealed_keys", "wrapped_key"} & set(account)
    assert actions() == ["trading_account.added"]


def test_what_is_stored_opens_to_what_was_given(account: Json) -> None:
    row = stored()
    taken = keys.TakenOut(
        keys.Sealed(row.sealed_keys, keys.WrappedKey(row.wrapped_key, row.wrapped_by)),
        keys.binding_of(row),
    )
    opened = keys.opened(taken)
    assert (opened.key, opened.secret) == (KEY, SECRET)
    assert SECRET not in repr(opened) + repr(taken)


@pytest.mark.parametrize("environment", ["paper", "live"])
def test_alpaca_confirms_the_keys_of_either_environment(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, environment: str
) -> None:
    answer = client.post(ROUTE, json=alpaca(sandbox, environment), headers=headers)
    assert answer.status_code == 201
    assert answer.json["trading_account"]["environment"] == environment


@pytest.mark.parametrize("kind", ["pem", "ed25519"])
def test_coinbase_confirms_keys_of_either_kind(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, kind: str
) -> None:
    assert client.post(ROUTE, json=coinbase(sandbox, kind), headers=headers).status_code == 201


def test_a_private_key_is_taken_as_the_downloaded_file_writes_it(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    body = coinbase(sandbox)
    body["api_secret"] = body["api_secret"].replace("\n", "\\n")
    assert client.post(ROUTE, json=body, headers=headers).status_code == 201


@pytest.mark.parametrize(("given", "other"), [("paper", "live"), ("live", "paper")])
def test_keys_of_the_other_environment_are_refused(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, given: str, other: str
) -> None:
    body = alpaca(sandbox, other) | {"environment": given}
    answer = client.post(ROUTE, json=body, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, "wrong_environment")
    assert answer.json["details"] == {"environment": other}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"api_secret": "not-the-secret-of-this-key"}, "keys_refused"),
        ({"api_key": "PKNOSUCHKEY"}, "keys_refused"),
        ({"api_secret": "a secret\nof two lines"}, "keys_refused"),
        ({"broker": "coinbase", "environment": "live"}, "keys_malformed"),
        ({"broker": "coinbase"}, "invalid_input"),
        ({"api_key": "short"}, "invalid_input"),
        ({"api_key": "with a blank"}, "invalid_input"),
        ({"broker": "kraken"}, "invalid_input"),
        ({"permissions": "withdraw"}, "invalid_input"),
        ({"label": ""}, "invalid_input"),
        ({"user_id": "00000000-0000-4000-8000-000000000000"}, "invalid_input"),
    ],
    ids=str,
)
def test_what_can_t_be_used_is_refused_without_repeating_it(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, changed: Json, code: str
) -> None:
    body = alpaca(sandbox) | changed
    answer = client.post(ROUTE, json=body, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, code)
    assert body["api_secret"] not in answer.text
    assert client.get(ROUTE, headers=headers).json["total"] == 0


@pytest.mark.parametrize(
    ("flags", "code"),
    [({"trading_blocked": True}, "no_trade_right"), ({"account_blocked": True}, "account_blocked")],
)
def test_a_blocked_alpaca_account_can_t_trade(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, flags: dict[str, bool], code: str
) -> None:
    answer = client.post(ROUTE, json=alpaca(sandbox, **flags), headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, code)


@pytest.mark.parametrize(
    ("flags", "code"),
    [({"can_trade": False}, "no_trade_right"), ({"can_view": False}, "no_read_right")],
)
def test_coinbase_keys_without_the_right_are_refused(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, flags: dict[str, bool], code: str
) -> None:
    answer = client.post(ROUTE, json=coinbase(sandbox, **flags), headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, code)


def test_keys_that_may_only_read_are_kept_for_reading(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    body = coinbase(sandbox, can_trade=False) | {"permissions": "read"}
    assert client.post(ROUTE, json=body, headers=headers).status_code == 201


def test_coinbase_keys_signed_with_another_private_key_are_refused(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    stolen_name = coinbase(sandbox)
    coinbase(sandbox)
    answer = client.post(ROUTE, json=stolen_name, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, "keys_refused")


@pytest.mark.parametrize("status", [429, 500, 504])
@pytest.mark.parametrize(
    ("make", "path"),
    [(alpaca, "/v2/account"), (coinbase, "/api/v3/brokerage/key_permissions")],
    ids=["alpaca", "coinbase"],
)
def test_a_broker_that_fails_is_not_taken_for_a_refusal(
    client: FlaskClient, headers: Headers, sandbox: Sandbox, make: Any, path: str, status: int
) -> None:
    body = make(sandbox)
    sandbox.tell("faults", path=path, status=status)
    answer = client.post(ROUTE, json=body, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (503, "broker_unavailable")
    queues.redis().flushdb()  # after a 429 the account's other requests wait a while
    assert client.post(ROUTE, json=body, headers=headers).status_code == 201  # asked once, then


def test_a_paper_plan_keeps_to_paper(app: Flask, client: FlaskClient, sandbox: Sandbox) -> None:
    free = headers_for(app, make_user("free@example.com"))
    refused = client.post(ROUTE, json=alpaca(sandbox, "live"), headers=free)
    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_reached")
    assert refused.json["details"]["limit"] == "live_trading"
    assert client.post(ROUTE, json=alpaca(sandbox), headers=free).status_code == 201


def test_a_label_is_used_once(
    client: FlaskClient, headers: Headers, account: Json, sandbox: Sandbox
) -> None:
    again = client.post(ROUTE, json=alpaca(sandbox), headers=headers)
    assert (again.status_code, again.json["error"]) == (409, "label_taken")


def test_an_account_is_renamed_without_touching_its_keys(
    client: FlaskClient, headers: Headers, account: Json
) -> None:
    before = stored()
    answer = client.put(f"{ROUTE}/{account['id']}", json={"label": "Mine"}, headers=headers)
    assert answer.json["trading_account"]["label"] == "Mine"
    assert stored().sealed_keys == before.sealed_keys
    assert actions() == ["trading_account.added", "trading_account.changed"]


def test_new_keys_replace_the_old(
    client: FlaskClient, headers: Headers, account: Json, sandbox: Sandbox
) -> None:
    new = {"api_key": "PKANOTHERKEY00WXYZ", "api_secret": "another-secret-0123456789"}
    sandbox.tell(
        "keys",
        broker="alpaca",
        environment="paper",
        key=new["api_key"],
        secret=new["api_secret"],
    )
    before = stored()
    answer = client.put(f"{ROUTE}/{account['id']}", json=new, headers=headers)
    after = stored()
    assert answer.json["trading_account"]["key_ending"] == "WXYZ"
    assert (before.key_version, after.key_version) == (1, 2)
    assert {before.sealed_keys, before.wrapped_key}.isdisjoint(
        {after.sealed_keys, after.wrapped_key}
    )


def test_bad_new_keys_leave_the_old_in_place(
    client: FlaskClient, headers: Headers, account: Json
) -> None:
    before = stored()
    new = {"api_key": "PKUNKNOWNKEY", "api_secret": "unknown-secret-0123456789"}
    answer = client.put(f"{ROUTE}/{account['id']}", json=new, headers=headers)
    assert answer.status_code == 422
    assert stored().sealed_keys == before.sealed_keys


@pytest.mark.parametrize("sent", [{"json": {}}, {}, {"data": "label=x"}], ids=str)
def test_a_change_of_nothing_is_refused(
    client: FlaskClient, headers: Headers, account: Json, sent: dict[str, Any]
) -> None:
    answer = client.put(f"{ROUTE}/{account['id']}", headers=headers, **sent)
    assert (answer.status_code, answer.json["error"]) == (422, "invalid_input")


def test_half_a_key_is_refused(client: FlaskClient, headers: Headers, account: Json) -> None:
    answer = client.put(f"{ROUTE}/{account['id']}", json={"api_key": KEY}, headers=headers)
    assert answer.status_code == 422


def test_more_rights_are_checked_at_the_broker_with_the_kept_keys(
    client: FlaskClient, headers: Headers, sandbox: Sandbox
) -> None:
    body = alpaca(sandbox, trading_blocked=True) | {"permissions": "read"}
    made = client.post(ROUTE, json=body, headers=headers).json["trading_account"]
    change = {"json": {"permissions": "trade"}, "headers": headers}
    refused = client.put(f"{ROUTE}/{made['id']}", **change)
    assert (refused.status_code, refused.json["error"]) == (422, "no_trade_right")
    alpaca(sandbox)
    assert client.put(f"{ROUTE}/{made['id']}", **change).status_code == 200
    assert actions().count("trading_account.key_used") == 2


def test_a_removed_account_leaves_no_key(
    client: FlaskClient, headers: Headers, account: Json
) -> None:
    path = f"{ROUTE}/{account['id']}"
    assert client.delete(path, headers=headers).json == {"success": True}
    assert client.get(path, headers=headers).status_code == 404
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(TradingAccount)) == 0
    assert actions()[-1] == "trading_account.removed"


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("PUT", {"label": "Mine now"}), ("DELETE", None)]
)
def test_someone_else_s_account_is_not_there(
    app: Flask, client: FlaskClient, account: Json, method: str, body: Any
) -> None:
    stranger = headers_for(app, make_user("stranger@example.com"))
    foreign, missing = (
        client.open(f"{ROUTE}/{name}", method=method, json=body, headers=stranger)
        for name in (account["id"], uuid4())
    )
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json["message"] == missing.json["message"]
    assert client.get(ROUTE, headers=stranger).json["trading_accounts"] == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")]
)
def test_without_a_token_nothing_is_said(
    client: FlaskClient, user: User, method: str, path: str
) -> None:
    target = ROUTE + path.replace("x", str(uuid4()))
    assert client.open(target, method=method, json={}).status_code == 401
