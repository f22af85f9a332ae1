"""The audit trail: linear under load, unchangeable, readable by whom it is about."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tests.factories import headers_for, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import audit
from tradingrobotplug.models import AuditLog, User


def record(*actions: str | None, **fields: Any) -> None:
    with db.transaction() as session:
        for action in actions:
            audit.record(session, action, clock.now(), **fields)


def tamper(statement: str) -> None:
    """What someone with every right over the database could do."""
    with db.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement))


def verified() -> audit.Chain:
    with db.transaction() as session:
        return audit.verify(session)


def hashes() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog.hash).order_by(AuditLog.seq)))


def test_rows_follow_each_other(user: User) -> None:
    record("first", "second", user_id=user.id, object_id=user.id, address="192.0.2.1", n=1)
    record("third", note='ümlaut "quoted" \\ 日本')
    with db.transaction() as session:
        rows = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.prev_hash for row in rows] == [audit.START, rows[0].hash, rows[1].hash]
    assert verified() == audit.Chain(3, rows[2].hash)


def test_an_empty_trail_is_whole(clean: None) -> None:
    assert verified() == audit.Chain(0, audit.START)


def test_parallel_writers_leave_one_chain(clean: None) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: record(f"a{n}", f"b{n}"), range(40)))
    chain = verified()
    assert (chain.rows, chain.reason) == (80, None)


def test_what_is_rolled_back_leaves_no_row(clean: None) -> None:
    with pytest.raises(IntegrityError):
        record("first", None)
    assert verified().rows == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_logs SET action = 'other'",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
        "UPDATE audit_logs SET address = '', details = '{}', salt = NULL",
    ],
)
def test_the_database_refuses_to_change_a_row(clean: None, statement: str) -> None:
    record("first")
    with pytest.raises(ProgrammingError, match="only grows"), db.transaction() as session:
        session.execute(text(statement))
    assert verified().rows == 1


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE audit_logs SET action = 'x' WHERE seq = 2", 2, "its content was changed"),
        ("UPDATE audit_logs SET details = '{}' WHERE seq = 3", 3, "its content was changed"),
        (
            "UPDATE audit_logs SET at = at + interval '1 microsecond' WHERE seq = 1",
            1,
            "its content was changed",
        ),
        (
            "UPDATE audit_logs SET address = '192.0.2.9' WHERE seq = 2",
            2,
            "its content was changed",
        ),
        ("UPDATE audit_logs SET salt = NULL WHERE seq = 2", 2, "its content was changed"),
        ("UPDATE audit_logs SET salt = 'x' WHERE seq = 2", 2, "its content was changed"),
        (
            "UPDATE audit_logs SET details = '{}', salt = NULL WHERE seq = 2",
            2,
            "its address and details were removed",
        ),
        ("DELETE FROM audit_logs WHERE seq = 1", 1, "it is missing"),
        ("DELETE FROM audit_logs WHERE seq = 2", 2, "it is missing"),
        (
            "UPDATE audit_logs SET prev_hash = repeat('1', 64) WHERE seq = 3",
            3,
            "it does not follow the row before it",
        ),
        (
            "UPDATE audit_logs SET hash = repeat('1', 64) WHERE seq = 2",
            2,
            "its content was changed",
        ),
    ],
)
def test_the_first_row_that_was_tampered_with_is_named(
    clean: None, statement: str, broken_at: int, reason: str
) -> None:
    record("first", "second", "third", n=1)
    tamper(statement)
    chain = verified()
    assert (chain.broken_at, chain.reason) == (broken_at, reason)
    assert chain.rows == broken_at - 1


def test_an_erased_users_rows_lose_what_was_personal_and_the_chain_stays_whole(
    clean: None,
) -> None:
    gone = uuid.uuid4()
    record("login", user_id=gone, object_id="x", address="192.0.2.1", device="phone")
    record("login", address="192.0.2.2", device="other")
    before = hashes()
    with db.transaction() as session:
        audit.make_anonymous(session, gone, clock.now())
    with db.transaction() as session:
        rows = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
    assert [(row.action, row.user_id, row.object_id) for row in rows] == [
        *(("login", gone, "x"), ("login", None, None), (audit.ERASED, gone, None))
    ]
    assert [(row.address, row.details, row.salt is None) for row in rows[:2]] == [
        *(("", {}, True), ("192.0.2.2", {"device": "other"}, False))
    ]
    assert hashes()[:2] == before
    assert verified() == audit.Chain(3, rows[2].hash)


@pytest.mark.parametrize(
    "change",
    [
        "action = 'other'",
        "at = at + interval '1 second'",
        "user_id = NULL",
        "object_id = 'y'",
        "seq = 7",
        "personal_hash = repeat('1', 64)",
        "hash = repeat('1', 64)",
        "prev_hash = repeat('1', 64)",
        "salt = 'x'",
    ],
)
def test_even_erasure_changes_nothing_but_what_was_personal(clean: None, change: str) -> None:
    record("login", user_id=uuid.uuid4(), address="192.0.2.1", n=1)
    erasure = {"address": "''", "details": "'{}'", "salt": "NULL"}
    erasure.pop(change.partition(" = ")[0], None)
    given = ", ".join([change, *(f"{name} = {value}" for name, value in erasure.items())])
    with pytest.raises(ProgrammingError, match="only grows"), db.transaction() as session:
        session.execute(text(f"UPDATE audit_logs SET {given}"))
    assert verified().rows == 1


def test_the_trail_of_someone_who_is_still_there_is_never_erased(user: User) -> None:
    record("login", user_id=user.id, address="192.0.2.1")
    with pytest.raises(ProgrammingError, match="only grows"), db.transaction() as session:
        audit.make_anonymous(session, user.id, clock.now())
    assert verified().rows == 1


def test_the_trail_goes_on_after_it_was_cut(clean: None) -> None:
    record("first", "second")
    tamper("DELETE FROM audit_logs WHERE seq = 2")
    record("second again")
    assert verified().rows == 2


def test_a_user_reads_their_own_trail_newest_first(
    app: Flask, client: FlaskClient, user: User
) -> None:
    record("first", "second", user_id=user.id, object_id="x", address="192.0.2.1", n=1)
    record("other", user_id=make_user("other@example.com").id)
    answer = client.get("/api/audit?limit=1", headers=headers_for(app, user)).json
    (entry,) = answer.pop("entries")
    assert answer == {"total": 2, "page": 1, "limit": 1}
    assert entry.pop("at")
    assert entry == {
        "seq": 2,
        "action": "second",
        "object_id": "x",
        "address": "192.0.2.1",
        "details": {"n": 1},
    }


def test_an_admin_reads_anyone_s_trail_and_that_is_recorded(
    app: Flask, client: FlaskClient, user: User
) -> None:
    admin = make_user("admin@example.com", role="admin")
    record("first", user_id=user.id)
    record("nobody")
    headers = headers_for(app, admin)
    one = client.get(f"/api/admin/audit?user_id={user.id}", headers=headers).json
    assert [(e["action"], e["user_id"]) for e in one["entries"]] == [("first", str(user.id))]
    everyone = client.get("/api/admin/audit", headers=headers).json
    assert [e["action"] for e in everyone["entries"]] == ["audit.read", "nobody", "first"]
    assert everyone["entries"][0]["object_id"] == str(user.id)


@pytest.mark.parametrize("query", ["", "?user_id=x"])
def test_the_trail_of_others_is_closed_to_users(
    app: Flask, client: FlaskClient, user: User, query: str
) -> None:
    answer = client.get(f"/api/admin/audit{query}", headers=headers_for(app, user))
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/api/audit", "/api/admin/audit"])
def test_without_a_token_there_is_no_trail(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 401


def test_a_moment_is_the_same_in_every_time_zone(clean: None) -> None:
    record("first")
    with db.transaction() as session:
        session.execute(text("SET LOCAL TIME ZONE 'Asia/Tokyo'"))
        assert audit.verify(session).reason is None
        row = session.scalars(select(AuditLog)).one()
    assert row.at - clock.now() < timedelta(seconds=60)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=login", ["login"]),
        ("from=2026-01-02T00:00:00Z", ["logout", "changed"]),
        ("to=2026-01-02T00:00:00Z", ["login"]),
        ("from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z", ["changed"]),
        ("action=logout&to=2026-01-03T00:00:00Z", []),
    ],
)
def test_a_trail_is_filtered_by_action_and_time(
    app: Flask, client: FlaskClient, user: User, query: str, found: list[str]
) -> None:
    with db.transaction() as session:
        audit.record(session, "login", datetime(2026, 1, 1, tzinfo=UTC), user_id=user.id)
        audit.record(session, "changed", datetime(2026, 1, 2, tzinfo=UTC), user_id=user.id)
        audit.record(session, "logout", datetime(2026, 1, 3, tzinfo=UTC), user_id=user.id)
    own = client.get(f"/api/audit?{query}", headers=headers_for(app, user)).json
    assert [entry["action"] for entry in own["entries"]] == found
    chief = headers_for(app, make_user("admin@example.com", role="admin"))
    theirs = client.get(f"/api/admin/audit?user_id={user.id}&{query}", headers=chief).json
    assert [entry["action"] for entry in theirs["entries"]] == found
