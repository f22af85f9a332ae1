"""The pool: connections whose server has gone, and reads without a transaction."""

import psycopg
import pytest
from sqlalchemy import func, literal_column, select

from tradingrobotplug import db
from tradingrobotplug.config import Settings


def test_a_connection_whose_server_has_ended_is_replaced_before_it_is_used(
    clean: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_TRUSTED_SECONDS", 0.0)
    with db.transaction() as session:
        gone = session.scalar(select(func.pg_backend_pid()))
    with psycopg.connect(settings.database_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (gone,))
    with db.transaction() as session:
        assert session.scalar(select(func.pg_backend_pid())) != gone


def test_a_read_opens_no_transaction(clean: None) -> None:
    with db.reading() as session:
        moments = {session.scalar(select(func.now())) for _ in range(3)}
    assert len(moments) == 3, "now() stands still within a transaction"


SETTING = db.as_sql(select(func.current_setting(literal_column("'synchronous_commit'"))))
UNHURRIED = db.as_sql(
    select(func.current_setting(literal_column("'synchronous_commit'"))).where(db.IS_UNHURRIED)
)


def test_only_the_transaction_of_an_unhurried_statement_does_not_wait(clean: None) -> None:
    with db.engine().connect() as connection:
        assert db.alone(connection, UNHURRIED) == "off"
        assert db.alone(connection, SETTING) == "on"
    with db.transaction() as session:
        assert db.rows(session, UNHURRIED)[0][0] == "off"
        assert db.rows(session, SETTING)[0][0] == "off"
    with db.transaction() as session:
        assert db.rows(session, SETTING)[0][0] == "on"
