"""Alembic, told where the revisions and the database are."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

_FOLDER = Path(__file__).parents[1] / "migrations"


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring the database to a revision, up or down (`base` is empty)."""
    config = configuration(database_url)
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def revision(database_url: str) -> str | None:
    """The revision that the database is at."""
    engine = create_engine(driver_url(database_url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def configuration(database_url: str) -> Config:
    """Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = driver_url(database_url)
    return config


def driver_url(database_url: str) -> str:
    """The libpq address, for SQLAlchemy with psycopg."""
    return database_url.replace("postgresql://", "postgresql+psycopg://", 1)
