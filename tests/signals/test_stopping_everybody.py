"""The operator stops every bot of the platform, or those of one user."""

from sqlalchemy import select

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import AuditLog, Notification
from tradingrobotplug.signals import halting
from tradingrobotplug.signals.halting import Command

from .alerts import change
from .conftest import positions_of, signal_of
from .stops import (
    buy,
    forget_second_factor,
    given_by_stops,
    halts,
    holding,
    later,
    me,
    operator,
    orders,
    plan_unsent,
    status_of,
    work,
)

__all__ = ["holding", "me", "operator"]
ALL = "/admin/halt"


def told():
    """(user, level, reason) of everybody who was told."""
    with db.transaction() as session:
        rows = session.scalars(select(Notification).where(Notification.event == "halt"))
        return [(row.user_id, row.facts["level"], row.facts["reason"]) for row in rows]


def test_everybody_s_entries_are_refused_in_the_operator_s_name(operator, holding):
    operator.stop(ALL, level="entries", reason="The exchange is down")
    entry = buy(holding)
    work(holding)
    leaving = buy(holding, action="close")
    work(holding)
    at = halts()[0].ordered_at
    assert [signal_of(one).status for one in (entry, leaving)] == ["refused", "done"]
    assert signal_of(entry).last_error == (
        f"The operator stopped trading at {at:%Y-%m-%d %H:%M} UTC (The exchange is down)."
    )


def test_a_flattening_stop_reaches_everybody_and_the_robots_bots(operator, holding):
    house = make_user("house@example.com", is_house=True)
    robot = make_bot(house, signal_source="robot", plugin_id="tsla_improved_strategy")
    buy(robot)
    work(robot)
    operator.stop(ALL, level="flatten")
    work(holding, robot)
    assert (positions_of(holding), positions_of(robot)) == ({}, {})
    assert (status_of(holding), status_of(robot)) == ("running", "running")


def test_open_entries_of_a_stopped_bot_are_cancelled_and_it_sends_nothing(operator, holding):
    change(holding, status="stopped")
    idle = make_bot(make_user("idle@example.com"), status="stopped")
    operator.stop(ALL, level="flatten")
    work(holding, idle)
    assert orders(holding)[-1] == ("entry", "ETH-USD", "cancelled")
    assert (given_by_stops(holding), given_by_stops(idle)) == ([(b"CANCEL", "done")], [])


def test_an_entry_planned_before_the_stop_and_never_sent_stays_here(
    operator, markets, bot, monkeypatch
):
    signal_id = plan_unsent(bot, monkeypatch)
    operator.stop(ALL, level="entries")
    later(monkeypatch)
    work(bot)
    assert orders(bot) == [("entry", "BTC-USD", "failed")]
    assert signal_of(signal_id).last_error.startswith("The operator stopped trading")


def test_going_on_lets_everybody_in_again(operator, me, holding):
    operator.stop(ALL, level="entries")
    assert operator.resume(ALL).json == {"halt": None}
    entry = buy(holding)
    work(holding)
    assert signal_of(entry).status == "done"


def test_a_user_s_own_stop_outlasts_the_operator_s(operator, me, holding):
    operator.stop(ALL, level="entries")
    me.stop(level="entries")
    operator.resume(ALL)
    entry = buy(holding)
    work(holding)
    assert signal_of(entry).last_error.startswith("You stopped trading")


def test_of_two_stops_the_stricter_is_shown_and_both_are_named(operator, me, bot):
    operator.stop(ALL, level="entries")
    me.stop(level="cancel")
    found = me.get("/halt")
    assert (found["halt"]["by"], found["platform"]["by"]) == ("you", "operator")
    assert me.get(f"/bots/{bot.id}")["bot"]["halted"]["scope"] == "user"
    operator.stop(ALL, level="cancel")
    assert me.get(f"/bots/{bot.id}")["bot"]["halted"]["scope"] == "platform"


def test_each_user_whose_bots_were_stopped_is_told_once(operator, user, bot):
    make_bot(user)
    make_bot(make_user("idle@example.com"), status="stopped")
    operator.stop(ALL, level="cancel", reason="Maintenance")
    work(bot)
    work(bot)
    assert told() == [(user.id, "cancel", "Maintenance")]


def test_whom_the_operator_stops_is_told_and_can_raise_but_not_lift_it(me, user, holding):
    stop_user(user, "entries")
    me.stop(level="flatten")
    work(holding)
    refusal = me.resume()
    assert (refusal.status_code, refusal.json["error"]) == (409, "stopped_by_operator")
    assert me.get("/halt")["halt"]["by"] == "operator"
    assert positions_of(holding) == {}
    assert told() == [(user.id, "flatten", "Asked to")]


def test_the_operator_gives_a_fresh_second_factor(operator):
    operator.stop(ALL, level="entries")
    forget_second_factor()
    answers = [operator.stop(ALL, level="cancel"), operator.resume(ALL)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert [(halt.level, halt.lifted_at) for halt in halts()] == [("entries", None)]


def test_only_administrators_stop_everybody(me):
    answers = [me.stop(ALL, level="entries"), me.resume(ALL)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert halts() == []


def test_the_trails_say_who_stopped_whom(operator, user):
    operator.stop(ALL, level="entries", reason="Maintenance")
    stop_user(user, "cancel")
    with db.transaction() as session:
        rows = session.scalars(select(AuditLog).order_by(AuditLog.seq)).all()
    assert [(row.action, row.details["by"], row.details["reason"]) for row in rows] == [
        ("trading.stopped", "session", "Maintenance"),
        ("trading.stopped", "command_line", "Asked to"),
    ]
    assert rows[1].user_id == user.id


def stop_user(user, level):
    with db.transaction() as session:
        halting.stop(session, user.id, level, Command(None, clock.now(), reason="Asked to"))
