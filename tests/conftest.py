"""Real PostgreSQL and Redis for every test: started once, emptied before each."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tradingrobotplug import db, queues
from tradingrobotplug.accounts import backup_codes, passwords
from tradingrobotplug.config import Settings
from tradingrobotplug.embedded import start_postgres, start_redis
from tradingrobotplug.models import User

from .apis import api
from .factories import make_user

RELAYED = {"test_leaving", "test_without_backend"}
ALONE = {"test_performance", "test_plans", "test_trading_screens"}
WIDE = {"security", "embedded", "trading_accounts", "vault"}
_NOBODY = bcrypt.hashpw(os.urandom(16), bcrypt.gensalt(4)).decode()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks folders that go over every route, or over engines and keys: for `make test`. Tests of
    a file stay in one process, and so do those of the files that need a second WordPress. Of some
    files each test is long and shares nothing: they fill up what the others leave."""
    for item in items:
        if WIDE & set(item.path.parts):
            item.add_marker("wide")
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    stem = item.path.stem
    if stem in RELAYED:
        return "relayed"
    return item.name if stem in ALONE else stem


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Nothing that collecting makes is garbage: to look for some takes a quarter of its time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home: Path = tmp_path_factory.mktemp("home")
    postgres, redis = start_postgres(home), start_redis(home)
    yield Settings(
        home=home,
        mode="embedded",
        database_url=postgres.url,
        redis_url=redis.url,
        jwt_secret="for-tests-only-" * 4,
    )
    postgres.stop()
    redis.stop()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work bcrypt and scrypt know; what the product takes has tests of its own."""
    monkeypatch.setattr(passwords, "COST", 4)
    monkeypatch.setattr(passwords, "_NOBODY", _NOBODY)
    monkeypatch.setattr(backup_codes, "COST", 2)


@pytest.fixture(scope="session")
def schema(settings: Settings) -> None:
    engine = db.connect(settings.database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Durability is for the fault drills, which run their own server.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    db.Base.metadata.create_all(engine)
    # As a function the server plans it once. Most tables are empty, and to find that out costs
    # less than to truncate them. A replica fires no triggers.
    emptied = " ".join(f'DELETE FROM "{t.name}";' for t in db.Base.metadata.sorted_tables)
    with db.transaction() as session:
        session.execute(text("CREATE SCHEMA for_tests"))
        session.execute(
            text(
                "CREATE FUNCTION for_tests.empty() RETURNS void LANGUAGE plpgsql"
                f" SET session_replication_role = replica AS $$ BEGIN {emptied} END $$"
            )
        )


@pytest.fixture
def clean(settings: Settings, schema: None) -> None:
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)
    try:
        empty()
    except OperationalError:  # a test has just ended the server's end of a connection
        db.dispose()
        empty()
    queues.redis().flushall()


def empty() -> None:
    """No row in any table."""
    with db.transaction() as session:
        session.execute(text("SELECT for_tests.empty()"))


@pytest.fixture
def app(settings: Settings, clean: None) -> Flask:
    return api(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def user(clean: None) -> User:
    return make_user()
