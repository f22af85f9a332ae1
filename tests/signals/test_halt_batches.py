"""A stop of many bots is carried out in batches, may be cut off anywhere, and doubles nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.db import new_id
from tradingrobotplug.models import Bot, Notification, Signal
from tradingrobotplug.signals import halt_batches, halting, jobs
from tradingrobotplug.signals.halting import Command
from tradingrobotplug.worker import SWEEPS, function

from .alerts import change, stored
from .stops import given_by_stops, halts

MANY = 160


@pytest.fixture
def many(bot: Bot) -> None:
    """The rest of them, of nine users."""
    owners = [make_user(f"owner{n}@example.com").id for n in range(9)]
    same = {c.key: getattr(bot, c.key) for c in Bot.__table__.columns}
    rows = [same | {"id": new_id(), "user_id": owners[n % 9]} for n in range(MANY - 1)]
    with db.transaction() as session:
        session.execute(insert(Bot), rows)


def order(level: str, user_id: object = None) -> None:
    with db.transaction() as session:
        halting.stop(session, user_id, level, Command(None, clock.now()))


def batch() -> object:
    with db.transaction() as session:
        return halt_batches.carry_on(session, clock.now())


def carry_out() -> None:
    while halts()[-1].carried_out_at is None:
        jobs.carry_out_halts()


def given() -> list[tuple[int, int]]:
    """(signals of a stop, bots that have so many)."""
    per_bot = select(func.count().label("n")).where(Signal.source == "halt").group_by(Signal.bot_id)
    counted = per_bot.subquery()
    with db.transaction() as session:
        rows = session.execute(select(counted.c.n, func.count()).group_by(counted.c.n))
        return [tuple(row) for row in rows]


def test_many_bots_get_their_signals_in_small_batches(many):
    order("flatten")
    assert len(batch()) == halt_batches.BOTS_AT_ONCE
    assert given() == [(2, halt_batches.BOTS_AT_ONCE)]
    assert halts()[0].carried_out_at is None
    carry_out()
    assert given() == [(2, MANY)]


def test_the_job_once_more_doubles_nothing(many):
    order("cancel")
    carry_out()
    jobs.carry_out_halts()
    with db.transaction() as session:
        session.merge(halts()[0]).carried_out_at = None  # as if the last commit had been lost
    carry_out()
    assert given() == [(1, MANY)]


def test_the_job_in_four_places_at_once_doubles_nothing(many):
    order("flatten")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.carry_out_halts(), range(4)))
    carry_out()
    assert given() == [(2, MANY)]


def test_a_crash_between_the_stop_and_its_signals_is_made_good_by_the_sweeper(bot):
    order("flatten")
    assert stored(bot) == []  # nobody was rung: the process died
    [path] = [path for _, path in SWEEPS if path.endswith("halts")]
    function(path)()
    assert given_by_stops(bot) == [(b"CANCEL", "received"), (b"FLATTEN", "received")]


def test_a_crash_within_a_batch_leaves_nothing_of_it(bot, monkeypatch):
    order("flatten")
    monkeypatch.setattr(halt_batches, "bodies", cut_off)
    with pytest.raises(SystemExit):
        jobs.carry_out_halts()
    assert stored(bot) == []
    monkeypatch.undo()
    jobs.carry_out_halts()
    assert len(given_by_stops(bot)) == 2


def cut_off(*_: object) -> Iterator[bytes]:
    """The first signal is stored, then the process ends."""
    yield b"CANCEL"
    raise SystemExit


def test_without_redis_the_signals_are_stored_all_the_same(bot):
    queues.connect("redis://127.0.0.1:1/0")
    order("cancel")
    carry_out()
    assert given_by_stops(bot) == [(b"CANCEL", "received")]


def test_a_stop_s_signal_is_known_after_days_and_expires_never(bot, monkeypatch):
    order("cancel")
    batch()
    moment = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: moment)
    carry_out()
    [signal] = stored(bot)
    assert (signal.source, signal.expires_at, signal.dedup_until) == ("halt", None, None)


def test_a_stop_that_is_lifted_is_not_carried_on(many):
    order("cancel")
    batch()
    with db.transaction() as session:
        halting.resume(session, None, Command(None, clock.now()))
    jobs.carry_out_halts()
    assert given() == [(1, halt_batches.BOTS_AT_ONCE)]


def test_a_stop_of_entries_needs_no_signals_but_everybody_is_told_once(many, monkeypatch):
    monkeypatch.setattr(halt_batches, "USERS_AT_ONCE", 3)
    order("entries")
    carry_out()
    with db.transaction() as session:
        told = session.scalars(select(Notification.user_id)).all()
    assert (given(), len(told), len(set(told))) == ([], 10, 10)


def test_telling_goes_on_where_it_was_cut_off(many, monkeypatch):
    monkeypatch.setattr(halt_batches, "USERS_AT_ONCE", 3)
    order("entries")
    batch()
    batch()
    assert halts()[0].carried_out_at is None
    carry_out()
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Notification)) == 10


def test_a_bot_that_was_deleted_gets_no_signal(user, bot):
    change(bot, deleted_at=clock.now())
    other = make_bot(user)
    order("cancel", user.id)
    carry_out()
    assert (stored(bot), len(stored(other))) == ([], 1)


def test_two_stops_at_once_leave_one_in_force(user):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: order("cancel", user.id), range(4)))
    assert [halt.lifted_at is None for halt in halts()].count(True) == 1
