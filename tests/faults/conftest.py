"""One plant for the folder; each test starts its own processes and leaves none."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.plant import Plant, make_plant
from tests.faults.venue import running_venue
from tests.venues import running_sandbox
from tradingrobotplug import db, queues
from tradingrobotplug.config import Settings


@pytest.fixture(scope="session")
def _plant() -> Iterator[Plant]:
    with (
        tempfile.TemporaryDirectory(prefix="trp-plant-") as folder,
        running_sandbox() as sandbox,
        running_venue() as venue,
    ):
        home = Path(folder)
        home.chmod(0o755)
        plant = make_plant(home, sandbox.addresses, venue)
        yield plant
        plant.postgres.stop()
        plant.redis.stop()


@pytest.fixture
def plant(_plant: Plant, settings: Settings) -> Iterator[Plant]:
    db.connect(_plant.postgres.url)
    queues.connect(_plant.redis.url)
    _plant.reset()
    yield _plant
    _plant.stop_all()
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)
