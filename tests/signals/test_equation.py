"""The day's equation: what was stored has ended, or is open."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests.factories import make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Signal, User
from tradingrobotplug.models.signals import END_STATES, OPEN_STATES
from tradingrobotplug.signals import equation, jobs
from tradingrobotplug.signals.service import record_signal


@pytest.fixture
def bots(user: User) -> list[Bot]:
    """Two bots with a signal in each state there is."""
    found = [make_bot(user), make_bot(user)]
    with db.transaction() as session:
        for bot in found:
            for state in (*END_STATES, *OPEN_STATES):
                row = record_signal(session, bot.id, b"{}", None, "replay", clock.now())
                assert row is not None
                row.status = state
    return found


def counted(**since: float) -> equation.Count:
    with db.transaction() as session:
        return equation.count(session, clock.now() - timedelta(**since))


def change(statement: Any) -> None:
    with db.transaction() as session:
        session.execute(statement)


def test_what_is_stored_has_ended_or_is_open(bots: list[Bot]) -> None:
    day = counted(days=1)
    assert (day.stored, day.ended, day.open, day.unaccounted) == (20, 14, 6, 0)


def test_a_lost_signal_is_missed(bots: list[Bot]) -> None:
    change(delete(Signal).where(Signal.bot_id == bots[0].id, Signal.seq == 5))
    assert counted(days=1).unaccounted == 1


def test_a_signal_in_a_state_that_nobody_knows_is_missed(bots: list[Bot]) -> None:
    change(update(Signal).where(Signal.bot_id == bots[1].id, Signal.seq == 5).values(status="??"))
    assert counted(days=1).unaccounted == 1


def test_what_was_stored_before_is_not_counted(bots: list[Bot]) -> None:
    assert counted(seconds=-60).stored == 0


def test_the_hourly_job_raises_the_alarm(bots: list[Bot], caplog: pytest.LogCaptureFixture) -> None:
    jobs.count_up()
    assert caplog.records == []
    change(delete(Signal).where(Signal.bot_id == bots[0].id, Signal.seq == 5))
    jobs.count_up()
    (record,) = caplog.records
    assert (record.getMessage(), record.levelno) == ("signal.unaccounted", logging.ERROR)
