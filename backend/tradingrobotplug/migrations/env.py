"""Run by Alembic: the address comes from the caller, or from DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

from tradingrobotplug import models
from tradingrobotplug.db import Base

assert models.__all__  # importing it has registered every table


def _url() -> str:
    given = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    return str(given).replace("postgresql://", "postgresql+psycopg://", 1)


def _run() -> None:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        # Two starts at once: the second waits here, then finds nothing left to do.
        context.configure(
            connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
        )
        with context.begin_transaction():
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7266110519)")
            context.run_migrations()


_run()
