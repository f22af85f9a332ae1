"""Rows that many tests begin with, made once in a process and copied into the tables for each."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import text

from tradingrobotplug import db

T = TypeVar("T")

_made: dict[str, Any] = {}


def populated(name: str, make: Callable[[], T]) -> T:
    """What `make` returned the first time, and the rows it added to the tables, those that hold
    none now. What it returns must not be changed."""
    if name not in _made:
        _made[name] = _kept(name, make)
        return _made[name]
    _run(f"SELECT {name}.copy()")
    return _made[name]


def _kept(name: str, make: Callable[[], T]) -> T:
    all_tables = [table.name for table in db.Base.metadata.sorted_tables]
    _run(f"DROP SCHEMA IF EXISTS {name} CASCADE", f"CREATE SCHEMA {name}")
    before = [f'CREATE TABLE {name}."{table}" AS TABLE "{table}"' for table in all_tables]
    _run(*before)
    result = make()
    for table in all_tables:
        rows = f'SELECT * FROM "{table}" EXCEPT SELECT * FROM {name}."{table}"'
        _run(
            f"CREATE TABLE {name}.added AS {rows}",
            f'DROP TABLE {name}."{table}"',
            f'ALTER TABLE {name}.added RENAME TO "{table}"',
        )
    filled = [table for table in all_tables if _count(f'{name}."{table}"')]
    copies = " ".join(
        f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT * FROM {name}."{table}";'
        for table in filled
    )
    _run(  # as a function the server plans it once
        f"CREATE FUNCTION {name}.copy() RETURNS void LANGUAGE plpgsql"
        f" SET session_replication_role = replica AS $$ BEGIN {copies} END $$"
    )
    return result


def _run(*statements: str) -> None:
    with db.transaction() as session:
        session.execute(text("; ".join(statements)))


def _count(table: str) -> int:
    with db.transaction() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
