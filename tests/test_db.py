"""The pool: connections whose server has gone, and reads without a transaction."""

import psycopg
import pytest
from sqlalchemy import func, select

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
