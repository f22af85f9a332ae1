"""Alerts that were not carried out are told, and orders that nobody answers for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tradingrobotplug import clock, db
from tradingrobotplug.brokers.broker import NoClearAnswer
from tradingrobotplug.brokers.paper import PaperBroker
from tradingrobotplug.models import Notification, NotificationPreference
from tradingrobotplug.signals import jobs

from .alerts import post, stored
from .conftest import signal_of


@pytest.fixture(autouse=True)
def _wants_everything(bot):
    with db.transaction() as session:
        session.add(NotificationPreference(user_id=bot.user_id, event="refused", is_wanted=True))


def told():
    with db.transaction() as session:
        rows = session.scalars(select(Notification).order_by(Notification.id))
        return [(row.event, row.key, row.facts["reason"]) for row in rows]


def test_a_refusal_is_told_with_its_reason(markets, bot, send):
    signal_id = send(symbol="NOSUCH-USD")
    jobs.process_signals(str(bot.id))
    assert told() == [("refused", str(signal_id), signal_of(signal_id).last_error)]


def test_an_alert_that_came_too_late_is_told(markets, bot, send):
    send(time=(clock.now() - timedelta(minutes=10)).isoformat())
    jobs.process_signals(str(bot.id))
    assert [event for event, _, _ in told()] == ["refused"]


def test_what_is_carried_out_or_ignored_is_no_news(markets, bot, send):
    send(action="close")
    send()
    jobs.process_signals(str(bot.id))
    assert told() == []


def test_a_dead_letter_is_told_when_no_attempt_follows(closed_markets, bot, send, monkeypatch):
    signal_id = send()
    attempt_four_times(bot, signal_id, monkeypatch)
    assert told() == [("dead", str(signal_id), signal_of(signal_id).last_error)]


def test_an_order_in_doubt_is_told_once_and_again_when_it_is_given_up(
    markets, bot, send, monkeypatch
):
    def silent(*_):
        raise NoClearAnswer("it hung up")

    monkeypatch.setattr(PaperBroker, "submit", silent)
    signal_id = send()
    attempt_four_times(bot, signal_id, monkeypatch)
    assert [event for event, _, _ in told()] == ["in_doubt", "dead"]
    assert "it hung up" in told()[0][2]


def test_what_intake_turns_away_is_told_once(client, bot):
    post(client, bot, b'{"action": "dance"}')
    jobs.tell_turned_away()
    jobs.tell_turned_away()
    [signal] = stored(bot)
    assert signal.status == "refused"
    assert told() == [("refused", str(signal.id), signal.last_error)]


def test_what_a_worker_refused_is_not_told_again_as_turned_away(markets, bot, send):
    send(symbol="NOSUCH-USD")
    jobs.process_signals(str(bot.id))
    jobs.tell_turned_away()
    assert len(told()) == 1


def test_nobody_who_did_not_ask_is_told_what_intake_turns_away(client, bot):
    with db.transaction() as session:
        session.scalars(select(NotificationPreference)).one().is_wanted = False
    post(client, bot, b'{"action": "dance"}')
    jobs.tell_turned_away()
    assert told() == []


def attempt_four_times(bot, signal_id, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(4):
        jobs.process_signals(str(bot.id))
        now = signal_of(signal_id).next_attempt_at
