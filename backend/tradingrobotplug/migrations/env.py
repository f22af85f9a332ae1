"""Alembic's entry: one connection, one lock, so that two that start at once take turns."""

from alembic import context
from sqlalchemy import create_engine, text

from tradingrobotplug.models import User

_LOCK = 0x7472706D  # any fixed number that nothing else locks


def _run() -> None:
    url = context.config.attributes["database_url"]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=User.metadata)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
