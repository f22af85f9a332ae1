"""The product's API on a PostgreSQL and Redis of its own, in this process."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from tradingrobotplug import db, memory, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.embedded import start_postgres, start_redis


@contextmanager
def application() -> Iterator[Flask]:
    """An API with empty tables, and this process connected as it is."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        postgres, redis = start_postgres(home), start_redis(home)
        try:
            settings = Settings(
                home=home,
                mode="embedded",
                database_url=postgres.url,
                redis_url=redis.url,
                jwt_secret="for-the-benchmark-" * 3,
            )
            db.Base.metadata.create_all(db.connect(postgres.url))
            queues.connect(redis.url)
            app = create_app(settings)
            memory.settle()  # as the processes of the product do
            yield app
        finally:
            db.dispose()
            postgres.stop()
            redis.stop()
