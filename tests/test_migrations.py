import uuid
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from tradingrobotplug import migrations, models
from tradingrobotplug.config import Settings
from tradingrobotplug.db import Base


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def empty_database(settings: Settings) -> Iterator[str]:
    name = f"empty_{uuid.uuid4().hex}"
    server = create_engine(_driver(settings.database_url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield settings.database_url.replace("/postgres?", f"/{name}?")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def differences(url: str) -> list[object]:
    engine = create_engine(_driver(url))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        found = compare_metadata(
            MigrationContext.configure(connection, opts=options), Base.metadata
        )
    engine.dispose()
    return list(found)


def tables(url: str) -> set[str]:
    engine = create_engine(_driver(url))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_revisions_lead_to_exactly_the_models(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    assert differences(empty_database) == []
    assert tables(empty_database) >= {
        getattr(models, name).__tablename__ for name in models.__all__
    }


def test_the_way_down_leaves_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)
    assert tables(empty_database) == {"alembic_version"}
    assert migrations.revision(empty_database) is None


def test_migrating_again_changes_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    first = migrations.revision(empty_database)
    migrations.upgrade(empty_database)
    assert migrations.revision(empty_database) == first == migrations.newest()


def test_up_down_and_up_again_leads_to_the_models(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)
    migrations.upgrade(empty_database)
    assert differences(empty_database) == []
