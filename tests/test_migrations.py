"""The migrations and the models say the same."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from tradingrobotplug import migrations
from tradingrobotplug.config import Settings
from tradingrobotplug.db import Base


@pytest.fixture
def empty_database(settings: Settings) -> Iterator[str]:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
        yield settings.database_url.replace("/postgres?", "/migrated?")
        connection.execute("DROP DATABASE migrated WITH (FORCE)")


def _differences(url: str) -> list[object]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_an_empty_database_is_migrated_to_what_the_models_say(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    assert _differences(empty_database) == []


def test_migrating_down_leaves_no_table_of_ours(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)
    engine = create_engine(empty_database.replace("postgresql://", "postgresql+psycopg://", 1))
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_migrating_twice_changes_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    migrations.upgrade(empty_database)
    assert _differences(empty_database) == []
