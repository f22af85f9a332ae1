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


def functions_and_triggers(url: str) -> list[str]:
    """As PostgreSQL itself writes them."""
    engine = create_engine(_driver(url))
    with engine.connect() as connection:
        found = connection.scalars(
            text(
                "SELECT pg_get_functiondef(oid) FROM pg_proc"
                " WHERE pronamespace = 'public'::regnamespace"
                " UNION SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
                " ORDER BY 1"
            )
        ).all()
    engine.dispose()
    return list(found)


def test_the_revisions_lead_to_exactly_the_models(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    assert differences(empty_database) == []
    assert tables(empty_database) >= {
        getattr(models, name).__tablename__ for name in models.__all__
    }


def test_the_revisions_make_the_triggers_of_the_models(
    empty_database: str, settings: Settings, schema: None
) -> None:
    migrations.upgrade(empty_database)
    made = functions_and_triggers(empty_database)
    assert [line.splitlines()[0] for line in made] == [
        "CREATE OR REPLACE FUNCTION public.allow_erasure_in_audit_logs()",
        "CREATE OR REPLACE FUNCTION public.refuse_change_of_audit_logs()",
        "CREATE TRIGGER audit_logs_only_grows BEFORE DELETE OR TRUNCATE ON public.audit_logs "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_logs()",
        "CREATE TRIGGER audit_logs_stays BEFORE UPDATE ON public.audit_logs "
        "FOR EACH ROW EXECUTE FUNCTION allow_erasure_in_audit_logs()",
    ]
    assert made == functions_and_triggers(settings.database_url)


def test_the_way_down_leaves_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)
    assert tables(empty_database) == {"alembic_version"}
    assert functions_and_triggers(empty_database) == []
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
