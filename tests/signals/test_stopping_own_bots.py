"""A user stops all of their bots, and lets them go on."""

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import db, queues
from tradingrobotplug.models import AuditLog, Notification

from .alerts import change
from .conftest import positions_of, signal_of
from .stops import (
    GUARDED,
    Person,
    buy,
    forget_second_factor,
    given_by_stops,
    halts,
    holding,
    me,
    operator,
    orders,
    status_of,
    work,
)

__all__ = ["holding", "me", "operator"]


@pytest.fixture
def others(markets, me):
    """A bot of somebody else, which holds Bitcoin."""
    bot = make_bot(make_user("other@example.com"))
    buy(bot, **GUARDED)
    work(bot)
    return bot


def test_entries_are_refused_from_the_moment_the_stop_is_stored(me, holding):
    answer = me.stop(level="entries", reason="broken strategy")
    entry = buy(holding)
    work(holding)
    refusal = signal_of(entry)
    at = halts()[0].ordered_at
    assert answer.status_code == 200
    assert refusal.status == "refused"
    assert refusal.last_error == (
        f"You stopped trading at {at:%Y-%m-%d %H:%M} UTC (broken strategy)."
    )


def test_a_stop_leaves_bots_running_and_exits_pass(me, holding):
    me.stop(level="entries")
    exit_id = buy(holding, action="close")
    work(holding)
    assert (status_of(holding), signal_of(exit_id).status) == ("running", "done")
    assert positions_of(holding) == {}


def test_a_cancelling_stop_takes_back_the_entries_of_every_bot(me, holding, user):
    second = make_bot(user, status="paused")
    me.stop(level="cancel")
    work(holding, second)
    assert [state for _, _, state in orders(holding)] == ["filled", "accepted", "cancelled"]
    assert given_by_stops(second) == [(b"CANCEL", "done")]


def test_a_flattening_stop_closes_every_position_of_every_bot(me, holding, user):
    second = make_bot(user)
    buy(second, **GUARDED)
    work(second)
    change(second, status="paused")
    me.stop(level="flatten")
    work(holding, second)
    assert (positions_of(holding), positions_of(second)) == ({}, {})
    assert given_by_stops(holding) == [(b"CANCEL", "done"), (b"FLATTEN", "done")]


def test_bots_of_others_go_on(me, holding, others):
    me.stop(level="flatten")
    entry = buy(others)
    work(holding, others)
    assert (signal_of(entry).status, given_by_stops(others)) == ("done", [])
    assert len(positions_of(others)) == 1


def test_going_on_lets_entries_in_and_leaves_paused_bots_paused(me, holding, user):
    paused = make_bot(user, status="paused")
    me.stop(level="entries")
    assert me.resume().json == {"halt": None, "platform": None}
    running, waiting = buy(holding), buy(paused)
    work(holding, paused)
    assert [signal_of(one).status for one in (running, waiting)] == ["done", "refused"]
    assert status_of(paused) == "paused"


def test_going_on_when_nothing_is_stopped_changes_nothing(me):
    assert (me.resume().status_code, halts()) == (200, [])


def test_a_stop_is_shown_with_the_user_and_with_each_bot(me, bot):
    me.stop(level="cancel", reason="holidays")
    [at] = [halt.ordered_at.isoformat() for halt in halts()]
    shown = {"scope": "user", "by": "you", "level": "cancel", "reason": "holidays"}
    assert me.get(f"/bots/{bot.id}")["bot"]["halted"] == shown | {"ordered_at": at}
    assert me.get("/halt") == {
        "halt": shown | {"ordered_at": at, "carried_out_at": None},
        "platform": None,
    }
    work(bot)
    assert me.get("/halt")["halt"]["carried_out_at"] is not None


def test_a_bot_that_nobody_stopped_says_so(me, bot):
    assert me.get(f"/bots/{bot.id}")["bot"]["halted"] is None


def test_a_stop_is_raised_and_then_carried_out_anew(me, holding):
    me.stop(level="entries")
    work(holding)
    me.stop(level="flatten")
    work(holding)
    assert [(h.level, h.lifted_at is None) for h in halts()] == [
        ("entries", False),
        ("flatten", True),
    ]
    assert positions_of(holding) == {}


def test_a_lower_level_than_the_one_in_force_changes_nothing(me, holding):
    me.stop(level="flatten")
    assert me.stop(level="entries").json["halt"]["level"] == "flatten"
    assert [halt.level for halt in halts()] == ["flatten"]


def test_the_same_level_once_more_is_carried_out_once_more(me, holding):
    me.stop(level="flatten")
    work(holding)
    me.stop(level="flatten")
    work(holding)
    assert [status for _, status in given_by_stops(holding)] == ["done", "done", "done", "ignored"]


@pytest.mark.parametrize(("level", "status"), [("entries", 200), ("cancel", 200), ("flatten", 403)])
def test_only_a_flattening_stop_asks_for_a_fresh_second_factor(me, level, status):
    forget_second_factor()
    assert (me.stop(level=level).status_code, len(halts())) == (status, int(status == 200))


def test_a_worker_is_rung_for_the_stop(me):
    me.stop(level="cancel")
    queue = Queue(queues.SIGNALS, connection=queues.redis(), serializer=JSONSerializer)
    assert [job.func_name.rpartition(".")[2] for job in queue.jobs] == ["carry_out_halts"]


def test_nobody_is_told_of_their_own_stop(me, bot):
    me.stop(level="cancel")
    work(bot)
    with db.transaction() as session:
        assert session.scalars(select(Notification)).all() == []


def test_the_trail_says_who_stopped_and_who_went_on(me, user):
    me.stop(level="entries", reason="holidays")
    me.resume()
    with db.transaction() as session:
        rows = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
    assert [(row.action, row.user_id, row.details) for row in rows] == [
        ("trading.stopped", user.id, {"level": "entries", "by": "session", "reason": "holidays"}),
        ("trading.resumed", user.id, {"by": "session"}),
    ]


def test_the_stop_of_another_user_is_not_shown_and_not_lifted(me, client, app):
    me.stop(level="entries")
    other = Person(client, headers_for(app, make_user("other@example.com")))
    assert other.get("/halt") == {"halt": None, "platform": None}
    other.resume()
    assert [halt.lifted_at for halt in halts()] == [None]
