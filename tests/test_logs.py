"""What a log line says of an error."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from tradingrobotplug import db
from tradingrobotplug.logs import LineFormatter

pytestmark = pytest.mark.usefixtures("clean")


def told(fails: Callable[[], object]) -> str:
    """The line that is logged of what this raises."""
    try:
        fails()
    except Exception:
        record = logging.LogRecord("trp", logging.ERROR, "", 0, "job.failed", None, sys.exc_info())
        return LineFormatter().format(record)
    raise AssertionError("Nothing was raised.")


def test_an_outage_is_a_line_without_a_traceback(tmp_path: Path) -> None:
    away = create_engine(f"postgresql+psycopg:///x?host={tmp_path}")
    said = told(away.connect)
    assert "Traceback" not in said
    assert str(tmp_path) in said
    said = told(Redis(port=1).ping)
    assert "Traceback" not in said
    assert "Connection refused" in said


def test_a_connection_that_the_server_ended_is_an_outage() -> None:
    with db.transaction() as session:
        ends = text("SELECT pg_terminate_backend(pg_backend_pid())")
        said = told(lambda: session.execute(ends))
        session.rollback()
    assert "Traceback" not in said
    assert "terminating connection" in said


@pytest.mark.parametrize(
    "statement", ["SELECT 1 FROM nowhere", "SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"]
)
def test_a_defect_comes_with_its_traceback(statement: str) -> None:
    with db.transaction() as session:
        said = told(lambda: session.connection().exec_driver_sql(statement))
        session.rollback()
    assert "Traceback" in said
