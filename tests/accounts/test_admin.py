"""What administrators do with accounts, and what that does to their users."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import headers_for, make_bot, make_user
from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import admin
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import ApiKey, AuditLog, Bot, SecondFactor, User, UserSession
from tradingrobotplug.web.auth import FRESH_FOR

from .signing import EMAIL, NEW, log_in, make_trader, me, signed_in

REASON = {"reason": "Stolen cards"}


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


@pytest.fixture
def chief(app: Flask) -> User:
    return make_user("chief@example.com", role="admin")


@pytest.fixture
def headers(app: Flask, chief: User) -> dict[str, str]:
    return headers_for(app, chief)


def act(client: FlaskClient, headers: dict[str, str], user: User, what: str, **body: Any) -> Any:
    path = f"/api/admin/users/{user.id}/{what}"
    return client.post(path, headers=headers, **({"json": body} if body else {}))


def suspend(client: FlaskClient, headers: dict[str, str], user: User) -> Any:
    return act(client, headers, user, "suspend", **REASON)


def trail(whose: User) -> list[tuple[str, str | None]]:
    rows = select(AuditLog).where(AuditLog.user_id == whose.id).order_by(AuditLog.seq)
    with db.transaction() as session:
        return [(row.action, row.object_id) for row in session.scalars(rows)]


def add(row: object) -> None:
    with db.transaction() as session:
        session.add(row)


def an_api_key(user: User) -> ApiKey:
    return ApiKey(
        user_id=user.id, name="Key", prefix="trp_abc", key_hash="0" * 64, scopes=["read"],
        created_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["chief", "two", "one"]),
        ("ONE@", ["one"]),
        ("tw", ["two"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_users_are_found_by_part_of_their_address_or_name(
    client: FlaskClient, clean: None, app: Flask, query: str, found: list[str]
) -> None:
    make_user("one@example.com")
    make_user("two@example.org")
    headers = headers_for(app, make_user("chief@example.com", role="admin"))
    answer = client.get("/api/admin/users", query_string={"query": query}, headers=headers).json
    assert [user["username"] for user in answer["users"]] == found
    assert answer["total"] == len(found)


def test_the_list_of_users_has_pages(client: FlaskClient, trader: User, headers: Any) -> None:
    answer = client.get("/api/admin/users?page=2&limit=1", headers=headers).json
    assert [user["email"] for user in answer.pop("users")] == [EMAIL]
    assert answer == {"total": 2, "page": 2, "limit": 1}


def test_a_user_is_shown_and_that_is_recorded(
    app: Flask, client: FlaskClient, trader: User, chief: User, headers: Any
) -> None:
    now = clock.now()
    add(
        SecondFactor(
            user_id=trader.id, sealed_secret=b"s", wrapped_key=b"k", wrapped_by="local:1",
            created_at=now, confirmed_at=now,
        )
    )  # fmt: skip
    headers_for(app, trader)
    shown = client.get(f"/api/admin/users/{trader.id}", headers=headers).json["user"]
    assert shown.pop("created_at") < shown.pop("last_seen_at")
    assert shown == {
        "id": str(trader.id),
        "email": EMAIL,
        "username": "trader",
        "role": "user",
        "plan": "free",
        "email_verified": False,
        "second_factor": True,
        "suspended_at": None,
        "leaving_at": None,
    }
    assert trail(chief) == [("admin.user_read", str(trader.id))]


def test_who_is_not_there_is_not_found(client: FlaskClient, headers: Any) -> None:
    path = f"/api/admin/users/{uuid.uuid4()}"
    assert client.get(path, headers=headers).status_code == 404
    changes = [f"{path}/suspend", f"{path}/reinstate", f"{path}/unlock", f"{path}/logout"]
    statuses = [client.post(one, json=REASON, headers=headers).status_code for one in changes]
    assert statuses == [404] * 4


def test_a_suspended_user_s_sessions_end_at_once_and_no_new_one_begins(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    theirs = signed_in(client)
    answer = suspend(client, headers, trader)
    assert answer.status_code == 200
    assert answer.json["user"]["suspended_at"]
    assert me(client, theirs).status_code == 401
    assert log_in(client).status_code == 401


def test_a_suspended_user_s_api_keys_are_revoked(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    key = an_api_key(trader)
    add(key)
    suspend(client, headers, trader)
    with db.transaction() as session:
        assert session.get_one(ApiKey, key.id).revoked_at is not None


def test_a_suspended_user_s_running_bots_are_paused(
    client: FlaskClient, trader: User, chief: User, headers: Any
) -> None:
    running = make_bot(trader)
    make_bot(trader, status="stopped")
    make_bot(chief)
    suspend(client, headers, trader)
    with db.transaction() as session:
        statuses = session.execute(select(Bot.user_id, Bot.status).order_by(Bot.status)).all()
    assert statuses == [(trader.id, "paused"), (chief.id, "running"), (trader.id, "stopped")]
    assert trail(trader) == [("bot.paused", str(running.id)), ("account.suspended", None)]


def test_a_suspension_is_recorded_for_both_and_mailed_with_its_reason(
    client: FlaskClient, trader: User, chief: User, headers: Any
) -> None:
    suspend(client, headers, trader)
    assert trail(chief) == [("admin.suspended", str(trader.id))]
    assert trail(trader) == [("account.suspended", None)]
    with db.transaction() as session:
        row = session.scalars(select(AuditLog).where(AuditLog.user_id == trader.id)).one()
    assert (row.address, row.details) == ("", REASON)
    [mail] = mails("suspended")
    assert mail.recipient == EMAIL
    assert "Stolen cards" in mail.text
    assert "Stolen cards" in mail.html


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 501}])
def test_a_suspension_needs_a_reason(
    client: FlaskClient, trader: User, headers: Any, body: dict[str, str]
) -> None:
    path = f"/api/admin/users/{trader.id}/suspend"
    assert client.post(path, json=body, headers=headers).status_code == 422


def test_a_reinstated_user_signs_in_to_bots_that_are_still_paused(
    client: FlaskClient, trader: User, chief: User, headers: Any
) -> None:
    bot = make_bot(trader)
    theirs = signed_in(client)
    suspend(client, headers, trader)
    answer = act(client, headers, trader, "reinstate")
    assert answer.json["user"]["suspended_at"] is None
    assert me(client, theirs).status_code == 401
    assert log_in(client).status_code == 200
    with db.transaction() as session:
        assert session.get_one(Bot, bot.id).status == "paused"
    assert len(mails("reinstated")) == 1
    assert trail(chief)[-1] == ("admin.reinstated", str(trader.id))
    assert ("account.reinstated", None) in trail(trader)


def test_nothing_is_suspended_or_reinstated_twice(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    assert act(client, headers, trader, "reinstate").json["error"] == "not_suspended"
    suspend(client, headers, trader)
    assert suspend(client, headers, trader).json["error"] == "already_suspended"
    assert len(mails()) == 1


def test_nobody_suspends_themselves(client: FlaskClient, chief: User, headers: Any) -> None:
    make_user("deputy@example.com", role="admin")
    answer = suspend(client, headers, chief)
    assert (answer.status_code, answer.json["error"]) == (409, "own_account")


def test_the_last_administrator_stays(chief: User, trader: User) -> None:
    who = admin.Act(trader.id, "", clock.now())
    with pytest.raises(Conflict, match="last administrator"), db.transaction() as session:
        admin.suspend(session, chief.id, "x", who)
    make_user("deputy@example.com", role="admin")
    with db.transaction() as session:
        admin.suspend(session, chief.id, "x", who)


def test_the_account_of_the_public_record_stays(client: FlaskClient, headers: Any) -> None:
    house = make_user("house@example.com", is_house=True)
    assert suspend(client, headers, house).json["error"] == "house_account"


def test_unlocking_frees_an_account_at_every_address(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    wrong = [log_in(client, "wrong").status_code for _ in range(6)]
    other = {"REMOTE_ADDR": "192.0.2.7"}
    body = {"email": EMAIL, "password": "wrong"}
    elsewhere = [
        client.post("/api/auth/login", json=body, environ_base=other).status_code for _ in range(6)
    ]
    assert wrong == elsewhere == [401] * 5 + [429]
    assert act(client, headers, trader, "unlock").status_code == 200
    assert client.post("/api/auth/login", json=body, environ_base=other).status_code == 401
    assert log_in(client).status_code == 200


def test_unlocking_one_account_leaves_the_others_locked(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    other = make_trader("other@example.com")
    for_all = [log_in(client, "wrong").status_code for _ in range(6)]
    act(client, headers, other, "unlock")
    assert (for_all[-1], log_in(client).status_code) == (429, 429)


def test_unlocking_frees_the_password_that_is_asked_again(
    client: FlaskClient, trader: User, headers: Any
) -> None:
    theirs = signed_in(client)
    change = NEW | {"current_password": "wrong"}
    path = "/api/auth/password/change"
    tried = [client.post(path, json=change, headers=theirs).status_code for _ in range(6)]
    assert tried == [403] * 5 + [429]
    act(client, headers, trader, "unlock")
    assert client.post(path, json=change, headers=theirs).status_code == 403


def test_a_forced_logout_ends_every_session_of_that_user_alone(
    client: FlaskClient, trader: User, chief: User, headers: Any
) -> None:
    theirs = signed_in(client)
    assert act(client, headers, trader, "logout").status_code == 200
    assert me(client, theirs).status_code == 401
    assert me(client, headers).status_code == 200
    assert log_in(client).status_code == 200
    assert ("admin.signed_out", str(trader.id)) in trail(chief)


@pytest.mark.parametrize("what", ["suspend", "reinstate", "unlock", "logout"])
def test_changes_need_a_fresh_second_factor(
    client: FlaskClient, trader: User, chief: User, headers: Any, what: str
) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(proved_at=clock.now() - FRESH_FOR))
    answer = act(client, headers, trader, what, **REASON)
    assert (answer.status_code, answer.json["error"]) == (403, "step_up_required")
