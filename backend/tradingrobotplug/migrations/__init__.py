"""The schema's history. `upgrade` brings a database to the newest revision, or to a named one."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply what is missing; nothing if the database is up to date."""
    command.upgrade(_configuration(database_url), revision)


def downgrade(database_url: str, revision: str = "base") -> None:
    """Take revisions back. Drops what they made, with its rows."""
    command.downgrade(_configuration(database_url), revision)


def draft(database_url: str, message: str) -> None:
    """Write a new revision with the difference between the database and the models."""
    command.revision(_configuration(database_url), message, autogenerate=True)


def _configuration(database_url: str) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.set_main_option("path_separator", "os")
    # Handed over as an attribute: an option would log it and trip over a % in a password.
    configuration.attributes["database_url"] = database_url
    return configuration
