"""A process dies at each point where it hurts: one order per alert, in order, in time.

The bars count from the death to the end of the last of three signals.
"""

import signal

import pytest

from tests.faults.plant import BUSY, Plant
from tests.faults.points import DIED

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "point", ["body read, nothing stored", "committed, not rung", "committed and rung"]
)
def test_the_api_dies_while_it_takes_an_alert_in(plant: Plant, point: str) -> None:
    [mortal] = plant.start("api", point=point)
    spare, _, _ = plant.start("api", "worker", "sweeper")
    assert plant.post(mortal, "a") is None
    died_at = plant.await_death()
    accepted = plant.post_three(spare)
    assert plant.await_end() - died_at <= 2 * BUSY
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3
    assert plant.post(mortal, "a") == accepted[0], "gunicorn starts another in its place"


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
def test_a_worker_dies_on_its_way(plant: Plant, point: str, bar_seconds: float) -> None:
    [mortal] = plant.start("worker", point=point)
    api, sweeper = plant.start("api", "sweeper")
    accepted = plant.post_three(api)
    died_at = plant.await_death()
    assert plant.await_end() - died_at <= bar_seconds * BUSY
    assert (mortal.ended_with(5), sweeper.ended_with(0)) == (DIED, None)
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3


@pytest.mark.parametrize(
    "point", ["spool inserted, before commit", "spool committed, not truncated"]
)
def test_the_sweeper_dies_over_the_spool(plant: Plant, point: str) -> None:
    api, spare = plant.start("api", "sweeper")
    spare.send(signal.SIGSTOP)
    plant.kill_postgres()
    accepted = plant.post_three(api)
    plant.restart_postgres()
    mortal = plant.launch("sweeper", point)
    died_at = plant.await_death()
    spare.send(signal.SIGCONT)
    assert plant.await_end() - died_at <= 2 * BUSY
    assert mortal.ended_with(5) == DIED
    assert all(accepted)
    assert plant.ledger(accepted).is_clean
    assert len(plant.book.orders) == 3
