"""One bot is stopped in three steps, by its owner."""

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from tests.factories import make_bot, make_key, make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import AuditLog, Subscription
from tradingrobotplug.plans import catalogue

from .alerts import change, stored
from .conftest import positions_of, signal_of
from .stops import (
    buy,
    forget_second_factor,
    given_by_stops,
    holding,
    later,
    me,
    orders,
    plan_unsent,
    status_of,
    work,
)

__all__ = ["holding", "me"]

HELD = [
    ("entry", "BTC-USD", "filled"),
    ("stop_loss", "BTC-USD", "accepted"),
]


def test_a_stop_of_entries_pauses_the_bot_and_touches_no_order(me, holding):
    answer = me.stop(f"/bots/{holding.id}/halt", level="entries")
    assert (answer.status_code, answer.json["bot"]["status"]) == (200, "paused")
    late = buy(holding)
    work(holding)
    assert orders(holding) == [*HELD, ("entry", "ETH-USD", "accepted")]
    assert signal_of(late).last_error == "The bot is paused."
    assert given_by_stops(holding) == []


def test_a_cancelling_stop_takes_back_open_entries_and_leaves_protection(me, holding):
    me.stop(f"/bots/{holding.id}/halt", level="cancel")
    work(holding)
    assert orders(holding) == [*HELD, ("entry", "ETH-USD", "cancelled")]
    assert (status_of(holding), given_by_stops(holding)) == ("paused", [(b"CANCEL", "done")])


def test_a_flattening_stop_closes_everything_and_leaves_nothing_open(me, holding):
    me.stop(f"/bots/{holding.id}/halt", level="flatten")
    work(holding)
    assert positions_of(holding) == {}
    assert orders(holding) == [
        ("entry", "BTC-USD", "filled"),
        ("stop_loss", "BTC-USD", "cancelled"),
        ("entry", "ETH-USD", "cancelled"),
        ("exit", "BTC-USD", "filled"),
    ]
    assert given_by_stops(holding) == [(b"CANCEL", "done"), (b"FLATTEN", "done")]


def test_a_worker_is_rung_for_the_stop(me, bot):
    me.stop(f"/bots/{bot.id}/halt", level="cancel")
    queue = Queue(queues.SIGNALS, connection=queues.redis(), serializer=JSONSerializer)
    assert [job.args for job in queue.jobs] == [[str(bot.id)]]


def test_an_alert_that_waits_before_the_stop_does_not_trade(me, markets, bot):
    waiting = buy(bot)
    me.stop(f"/bots/{bot.id}/halt", level="flatten")
    change(bot, status="running")  # its owner was quicker than the worker
    work(bot)
    assert (orders(bot), signal_of(waiting).status) == ([], "ignored")
    assert "stopped before" in signal_of(waiting).last_error


def test_an_exit_that_waits_before_the_stop_is_carried_out_in_its_order(me, holding):
    closing = buy(holding, action="close")
    me.stop(f"/bots/{holding.id}/halt", level="flatten")
    work(holding)
    assert [row.status for row in stored(holding)][-3:] == ["done", "done", "ignored"]
    assert stored(holding)[-3].id == closing


def test_exits_pass_after_the_stop(me, holding):
    me.stop(f"/bots/{holding.id}/halt", level="cancel")
    buy(holding, action="close")
    work(holding)
    assert positions_of(holding) == {}


def test_an_entry_planned_before_the_stop_and_never_sent_stays_here(me, markets, bot, monkeypatch):
    signal_id = plan_unsent(bot, monkeypatch)
    me.stop(f"/bots/{bot.id}/halt", level="entries")
    later(monkeypatch)
    work(bot)
    assert orders(bot) == [("entry", "BTC-USD", "failed")]
    assert (signal_of(signal_id).status, signal_of(signal_id).last_error) == (
        "refused",
        "The bot is paused.",
    )


def test_a_stopped_bot_stays_stopped_unless_it_is_to_be_flat(me, holding):
    change(holding, status="stopped")
    me.stop(f"/bots/{holding.id}/halt", level="cancel")
    work(holding)
    assert (status_of(holding), orders(holding)[-1][2]) == ("stopped", "cancelled")
    me.stop(f"/bots/{holding.id}/halt", level="flatten")
    work(holding)
    assert (status_of(holding), positions_of(holding)) == ("paused", {})


@pytest.mark.parametrize(("level", "status"), [("entries", 200), ("cancel", 200), ("flatten", 403)])
def test_only_what_sells_asks_for_a_fresh_second_factor(me, bot, level, status):
    forget_second_factor()
    assert me.stop(f"/bots/{bot.id}/halt", level=level).status_code == status


def test_an_api_key_stops_entries_and_does_not_flatten(client, user, bot):
    make_key(user)
    with db.transaction() as session:
        plan = {"plan_id": catalogue.plans()[-1].id, "status": "active", "updated_at": clock.now()}
        session.add(Subscription(user_id=user.id, **plan))
    key = {"X-API-Key": "trp_" + "k" * 43}
    path = f"/api/bots/{bot.id}/halt"
    answers = [client.post(path, json={"level": one}, headers=key) for one in ("cancel", "flatten")]
    assert [answer.status_code for answer in answers] == [200, 403]


def test_a_bot_of_somebody_else_is_not_there(me):
    other = make_bot(make_user("other@example.com"))
    assert me.stop(f"/bots/{other.id}/halt", level="entries").status_code == 404
    assert status_of(other) == "running"


def test_a_level_that_is_not_known_is_refused(me, bot):
    assert me.stop(f"/bots/{bot.id}/halt", level="everything").status_code == 422


def test_the_trail_says_who_stopped_the_bot(me, user, bot):
    me.stop(f"/bots/{bot.id}/halt", level="cancel")
    with db.transaction() as session:
        row = session.scalars(select(AuditLog)).one()
    assert (row.action, row.user_id, row.object_id) == ("bot.halted", user.id, str(bot.id))
    assert row.details == {"level": "cancel", "by": "session"}
