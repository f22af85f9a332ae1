"""One plant for the folder; each test starts its own processes and leaves none."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.plant import Plant, make_plant
from tests.faults.venue import Book, running_venue
from tests.trading.accounts import open_vault
from tests.venues import Sandbox, running_sandbox
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


@pytest.fixture(scope="session")
def _factory() -> Iterator[Plant]:
    with tempfile.TemporaryDirectory(prefix="trp-factory-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        plant = make_plant(home, {}, ("", Book()))
        yield plant
        plant.postgres.stop()
        plant.redis.stop()


@pytest.fixture
def factory(_factory: Plant, settings: Settings) -> Iterator[Plant]:
    """A plant whose orders go to the brokers, with a vault for their keys."""
    db.connect(_factory.postgres.url)
    queues.connect(_factory.redis.url)
    _factory.reset()
    open_vault(settings, _factory.home)
    yield _factory
    _factory.stop_all()
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)


@pytest.fixture
def sandbox(factory: Plant) -> Sandbox:
    """The brokers, in a process of their own."""
    [market] = factory.start("sandbox")
    found = Sandbox(f"http://127.0.0.1:{market.port}")
    factory.lead(found.addresses)
    return found
