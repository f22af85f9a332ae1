"""A process dies at each point where it hurts: one order per alert, in order, in time."""

import time

import pytest

from tests.faults.plant import Ledger, Plant
from tests.faults.points import DIED

pytestmark = pytest.mark.slow


def clean(ledger: Ledger) -> bool:
    return (ledger.lost, ledger.doubled, ledger.inverted) == (0, 0, 0)


@pytest.mark.parametrize(
    ("point", "bar_seconds"),
    [
        ("body read, nothing stored", 2),
        ("committed, not rung", 2),
        ("committed and rung", 2),
    ],
)
def test_the_api_dies_while_it_takes_an_alert_in(plant: Plant, point: str, bar_seconds: float):
    [mortal] = plant.start("api", point=point)
    spare, _, _ = plant.start("api", "worker", "sweeper")
    assert plant.post(mortal, "a") is None
    mortal.died_at()
    assert mortal.popen.returncode == DIED
    started = time.time()
    accepted = plant.post_three(spare)
    assert plant.await_end() - started <= bar_seconds
    assert all(accepted)
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3


@pytest.mark.parametrize(
    ("point", "bar_seconds"),
    [
        ("claimed", 1),
        ("orders planned", 1),
        ("submitting, not sent", 1),
        ("accepted, not recorded", 2),
        ("recorded, signal not done", 2),
    ],
)
def test_a_worker_dies_on_its_way(plant: Plant, point: str, bar_seconds: float):
    [mortal] = plant.start("worker", point=point)
    api, sweeper = plant.start("api", "sweeper")
    accepted = plant.post_three(api)
    died_at = mortal.died_at()
    assert mortal.popen.returncode == DIED
    assert sweeper.popen.poll() is None
    assert plant.await_end() - died_at <= bar_seconds
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3


@pytest.mark.parametrize(
    "point", ["spool inserted, before commit", "spool committed, not truncated"]
)
def test_the_sweeper_dies_over_the_spool(plant: Plant, point: str):
    [api] = plant.start("api")
    plant.kill_postgres()
    accepted = plant.post_three(api)
    plant.restart_postgres()
    [mortal] = plant.start("sweeper", point=point)
    mortal.died_at()
    assert mortal.popen.returncode == DIED
    plant.start("sweeper")
    started = time.time()
    assert plant.await_end() - started <= 2
    assert all(accepted)
    assert clean(plant.ledger(accepted))
    assert len(plant.book.orders) == 3
