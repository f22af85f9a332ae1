"""The database role that docs/operations.md describes adds to the audit log and changes nothing."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import audit
from tradingrobotplug.models import AuditLog, User

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def as_role(user: User) -> Iterator[Connection]:
    """A transaction as the documented role; it is rolled back, and the role with it."""
    [statements] = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    with db.engine().connect() as connection:
        connection.execute(text(statements))
        connection.execute(text("SET LOCAL ROLE trp_app"))
        yield connection
        connection.rollback()


def add(connection: Connection, user_id: uuid.UUID) -> None:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        audit.record(session, "login", clock.now(), user_id=user_id, address="192.0.2.1")
        session.commit()


def test_the_role_adds_rows(as_role: Connection, user: User) -> None:
    add(as_role, user.id)
    assert as_role.scalar(text("SELECT count(*) FROM audit_logs")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_logs SET action = 'other'",
        "UPDATE audit_logs SET hash = repeat('1', 64)",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
    ],
)
def test_the_role_may_not_change_or_remove_rows(
    as_role: Connection, user: User, statement: str
) -> None:
    add(as_role, user.id)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_role.execute(text(statement))


def test_the_role_may_not_erase_what_is_personal_of_a_user_who_is_there(
    as_role: Connection, user: User
) -> None:
    add(as_role, user.id)
    with pytest.raises(ProgrammingError, match="only grows"):
        as_role.execute(text("UPDATE audit_logs SET address = '', details = '{}', salt = NULL"))


def test_the_role_erases_what_is_personal_of_a_user_who_is_gone(as_role: Connection) -> None:
    gone = make_user("gone@example.com").id
    add(as_role, gone)
    as_role.execute(text("DELETE FROM users WHERE id = :id"), {"id": gone})
    with Session(as_role, join_transaction_mode="create_savepoint") as session:
        audit.make_anonymous(session, gone, clock.now())
        session.commit()
        rows = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
        assert [(row.address, row.salt is None) for row in rows] == [("", True), ("", False)]
        assert audit.verify(session).broken_at is None
