"""The webhook as its senders see it."""

import gzip
import hashlib
import json
import time
import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import SECRET, make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Signal, UsageCounter

BUY = {"action": "buy", "symbol": "BTC-USD", "quantity": 0.001}


def post(client: FlaskClient, bot: Bot, body: object = BUY, secret: str = SECRET, **more):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/webhook/{bot.id}/{secret}", data=data, **more)


def stored(bot: Bot) -> list[Signal]:
    with db.transaction() as session:
        return list(
            session.scalars(select(Signal).where(Signal.bot_id == bot.id).order_by(Signal.seq))
        )


def change(bot: Bot, **columns: object) -> None:
    with db.transaction() as session:
        row = session.get_one(Bot, bot.id)
        for name, value in columns.items():
            setattr(row, name, value)


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


def test_a_wrong_secret_an_unknown_and_a_deleted_bot_look_the_same(client, user):
    bot, gone = make_bot(user), make_bot(user, deleted_at=clock.now())
    answers = [
        post(client, bot, secret="x" * 43),
        client.post(f"/webhook/{uuid.uuid4()}/{SECRET}", data=b"{}"),
        client.post(f"/webhook/nonsense/{SECRET}", data=b"{}"),
        post(client, gone),
    ]
    bodies = [(a.status_code, a.json | {"request_id": ""}) for a in answers]
    assert bodies == [bodies[0]] * 4
    assert bodies[0][0] == 404
    assert stored(bot) == stored(gone) == []


def test_a_deleted_bot_refuses_at_once(client, user):
    bot = make_bot(user)
    post(client, bot)
    change(bot, deleted_at=clock.now())
    assert post(client, bot, BUY | {"orderId": "2"}).status_code == 404


def test_a_rotated_secret_works_until_its_overlap_ends(client, user):
    bot = make_bot(user)
    new = "n" * 43
    change(
        bot,
        secret_hash=hashlib.sha256(new.encode()).hexdigest(),
        previous_secret_hash=bot.secret_hash,
        previous_secret_until=clock.now() + timedelta(minutes=1),
    )
    assert post(client, bot).status_code == 200
    assert post(client, bot, BUY | {"orderId": "2"}, secret=new).status_code == 200
    change(bot, previous_secret_until=clock.now() - timedelta(seconds=1))
    assert post(client, bot, BUY | {"orderId": "3"}).status_code == 404


def test_the_same_alert_four_times_is_one_signal(client, user):
    bot = make_bot(user)
    answers = [post(client, bot).json for _ in range(4)]
    assert len(stored(bot)) == 1
    assert {a["signal_id"] for a in answers} == {str(stored(bot)[0].id)}
    assert [a.get("duplicate", False) for a in answers] == [False, True, True, True]


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


def test_the_eleventh_alert_of_a_minute_is_refused_and_kept(client, user):
    bot = make_bot(user)
    codes = [post(client, bot, BUY | {"orderId": str(n)}).status_code for n in range(11)]
    assert codes == [200] * 10 + [429]
    assert [s.status for s in stored(bot)][-1] == "rate_limited"


def test_a_full_minute_weighs_on_the_next(client, user, monkeypatch):
    bot = make_bot(user)
    base = clock.now().replace(second=58, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: base)
    [post(client, bot, BUY | {"orderId": str(n)}) for n in range(10)]
    monkeypatch.setattr(clock, "now", lambda: base + timedelta(seconds=4))
    assert post(client, bot, BUY | {"orderId": "x"}).status_code == 429
    monkeypatch.setattr(clock, "now", lambda: base + timedelta(seconds=62))
    assert post(client, bot, BUY | {"orderId": "y"}).status_code == 200


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


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"action":"buy","symbol":"BTC-USD","quantity":NaN}',
        b'{"action":"buy","action":"sell","symbol":"BTC-USD"}',
        '{"action":"buy","symbol":"BTC-USD","note":"größer"}'.encode("latin-1"),
        json.dumps(BUY).encode("utf-16"),
        gzip.compress(b"0" * 10_000_000),
        b"",
        b"\x00" * 60_000,
        b'{"action":"buy","symbol":"BTC-USD","quantity":' + b"9" * 60_000 + b"}",
    ],
    ids=["deep", "deeper", "nan", "twice", "latin1", "utf16", "gzip", "empty", "nul", "digits"],
)
def test_hostile_bodies_are_refused_quickly(client, user, body):
    bot = make_bot(user)
    post(client, bot)
    started = time.perf_counter()
    answer = post(client, bot, body)
    assert answer.status_code in (413, 415, 422)
    assert time.perf_counter() - started < 0.1


def test_ten_megabytes_are_refused_quickly_and_not_kept(client, user):
    bot = make_bot(user)
    started = time.perf_counter()
    assert post(client, bot, b"x" * 10_000_000).status_code == 413
    assert time.perf_counter() - started < 0.1
    assert stored(bot) == []


def test_a_compressed_body_is_refused(client, user):
    bot = make_bot(user)
    packed = gzip.compress(json.dumps(BUY).encode())
    answer = post(client, bot, packed, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "head", "delete", "patch"])
def test_only_post_is_allowed(client, user, method):
    bot = make_bot(user)
    answer = getattr(client, method)(f"/webhook/{bot.id}/{SECRET}")
    assert answer.status_code == 405
    assert stored(bot) == []


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
