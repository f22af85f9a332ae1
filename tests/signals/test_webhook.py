"""The webhook as its senders see it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import SECRET, make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.models import UsageCounter

from .alerts import BUY, post, stored


def test_an_alert_is_stored_before_it_is_answered(client, user):
    bot = make_bot(user)
    answer = post(client, bot)
    assert answer.status_code == 200
    [signal] = stored(bot)
    assert answer.json == {"received": True, "signal_id": str(signal.id)}
    assert (signal.status, signal.seq, signal.parser) == ("received", 1, "plain")
    assert json.loads(signal.body) == BUY


def test_signals_of_a_bot_are_numbered_in_the_order_they_came(client, user):
    bot = make_bot(user)
    ids = [post(client, bot, BUY | {"orderId": f"a{n}"}).json["signal_id"] for n in range(3)]
    assert [(str(s.id), s.seq) for s in stored(bot)] == list(zip(ids, [1, 2, 3], strict=True))


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_the_body_counts_whatever_the_content_type_says(client, user, content_type):
    assert post(client, make_bot(user), content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    ("alert", "apart", "signals"),
    [
        (BUY, 59, 1),
        (BUY, 61, 2),
        (BUY | {"orderId": "a1"}, 61, 1),
        (BUY | {"orderId": "a1"}, 86_401, 2),
    ],
)
def test_a_repeat_counts_as_one_within_its_window(client, user, monkeypatch, alert, apart, signals):
    bot = make_bot(user)
    post(client, bot, alert)
    later = clock.now() + timedelta(seconds=apart)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert post(client, bot, alert).status_code == 200
    assert len(stored(bot)) == signals


def test_the_same_order_id_at_two_bots_is_two_signals(client, user):
    one, two = make_bot(user), make_bot(user)
    post(client, one, BUY | {"orderId": "a"})
    post(client, two, BUY | {"orderId": "a"})
    assert (len(stored(one)), len(stored(two))) == (1, 1)


def test_an_alert_over_the_rate_may_be_sent_again_later(client, user, monkeypatch):
    bot = make_bot(user)
    [post(client, bot, BUY | {"orderId": str(n)}) for n in range(11)]
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    again = post(client, bot, BUY | {"orderId": "10"})
    assert (again.status_code, again.json.get("duplicate")) == (200, None)


def test_the_plan_limits_the_alerts_of_a_day(client, user):
    bot = make_bot(user)
    with db.transaction() as session:
        session.add(
            UsageCounter(user_id=user.id, day=clock.now().date(), kind="webhooks", count=99)
        )
    assert post(client, bot, BUY | {"orderId": "1"}).status_code == 200
    over = post(client, bot, BUY | {"orderId": "2"})
    assert over.status_code == 429
    assert "a day" in over.json["message"]
    assert [s.status for s in stored(bot)] == ["received", "rate_limited"]


def test_usage_is_what_was_let_in(client, user):
    bot = make_bot(user)
    post(client, bot)
    post(client, bot)
    post(client, bot, b"rubbish")
    with db.transaction() as session:
        assert session.scalar(select(UsageCounter.count)) == 2


def test_an_unreadable_alert_is_refused_with_its_reason_and_kept(client, user):
    bot = make_bot(user)
    answer = post(client, bot, b"buy now!!")
    assert answer.status_code == 422
    assert "neither a JSON object nor" in answer.json["message"]
    assert [s.status for s in stored(bot)] == ["refused"]
    assert stored(bot)[0].last_error == answer.json["message"]


@pytest.mark.parametrize("status", ["paused", "stopped"])
def test_a_bot_that_does_not_run_keeps_the_alert_and_ignores_it(client, user, status):
    bot = make_bot(user, status=status)
    answer = post(client, bot)
    assert (answer.status_code, answer.json["ignored"]) == (200, f"The bot is {status}.")
    assert [s.status for s in stored(bot)] == ["ignored"]


def test_the_secret_reaches_no_column_of_the_row(client, user):
    bot = make_bot(user)
    post(client, bot)
    with db.transaction() as session:
        rows = session.connection().exec_driver_sql("SELECT w::text FROM webhook_logs w").all()
    assert SECRET not in str(rows)
