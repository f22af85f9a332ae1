"""The schema's history. `upgrade` brings a database to the newest revision, or to a named one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine


def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply what is missing; nothing if the database is up to date."""
    command.upgrade(_configuration(database_url), revision)


def downgrade(database_url: str, revision: str = "base") -> None:
    """Take revisions back. Drops what they made, with its rows."""
    command.downgrade(_configuration(database_url), revision)


def draft(database_url: str, message: str) -> None:
    """Write a new revision with the difference between the database and the models."""
    command.revision(_configuration(database_url), message, autogenerate=True)


def revision(database_url: str) -> str | None:
    """The revision that the database is at."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def newest() -> str | None:
    """The revision that this version of the product needs."""
    return ScriptDirectory.from_config(_configuration("")).get_current_head()


def _configuration(database_url: str) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.set_main_option("path_separator", "os")
    # Handed over as an attribute: an option would log it and trip over a % in a password.
    configuration.attributes["database_url"] = database_url
    return configuration
