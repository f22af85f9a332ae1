"""What a user sees of the signals, and what nobody else sees."""

import pytest

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Signal

from .conftest import signal_of


@pytest.fixture
def mine(app, user):
    return headers_for(app, user)


@pytest.fixture
def theirs(app, user):
    return headers_for(app, make_user("other@example.com"))


def set_status(signal_id, status):
    with db.transaction() as session:
        row = session.get_one(Signal, signal_id)
        row.status, row.finished_at = status, clock.now()


def test_signals_are_listed_newest_first_in_pages(client, mine, bot, send):
    ids = [str(send()) for _ in range(3)]
    answer = client.get(f"/api/bots/{bot.id}/signals?limit=2", headers=mine).json
    assert [s["id"] for s in answer["signals"]] == [ids[2], ids[1]]
    assert (answer["total"], answer["page"], answer["limit"]) == (3, 1, 2)
    second = client.get(f"/api/bots/{bot.id}/signals?limit=2&page=2", headers=mine).json
    assert [s["id"] for s in second["signals"]] == [ids[0]]


def test_signals_are_filtered_by_status(client, mine, bot, send):
    dead, _ = send(), send()
    set_status(dead, "dead")
    answer = client.get(f"/api/bots/{bot.id}/signals?status=dead", headers=mine).json
    assert [s["id"] for s in answer["signals"]] == [str(dead)]


def test_a_signal_shows_its_body_and_log(client, mine, bot, send):
    signal = client.get(f"/api/signals/{send()}", headers=mine).json["signal"]
    assert '"BTC-USD"' in signal["body"]
    assert [entry["step"] for entry in signal["log"]] == ["received"]
    assert signal["orders"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/bots/{bot}/signals"),
        ("get", "/api/signals/{signal}"),
        ("post", "/api/signals/{signal}/replay"),
        ("post", "/api/signals/{signal}/discard"),
    ],
)
def test_no_one_else_reaches_a_signal(client, mine, theirs, bot, send, method, path):
    address = path.format(bot=bot.id, signal=send())
    assert getattr(client, method)(address).status_code == 401
    assert getattr(client, method)(address, headers=theirs).status_code == 404


def test_a_dead_signal_is_replayed_as_a_new_one(client, mine, bot, send):
    dead = send()
    set_status(dead, "dead")
    answer = client.post(f"/api/signals/{dead}/replay", headers=mine)
    assert answer.status_code == 201
    made = signal_of(answer.json["signal_id"])
    assert (made.replay_of, made.source, made.status, made.seq) == (dead, "replay", "received", 2)
    assert made.body == signal_of(dead).body


def test_an_open_signal_is_not_replayed(client, mine, bot, send):
    assert client.post(f"/api/signals/{send()}/replay", headers=mine).status_code == 409


@pytest.mark.parametrize(
    ("status", "code"),
    [("dead", 200), ("received", 200), ("retrying", 200), ("processing", 409), ("done", 409)],
)
def test_what_waits_is_discarded_and_nothing_else(client, mine, bot, send, status, code):
    signal_id = send()
    set_status(signal_id, status)
    assert client.post(f"/api/signals/{signal_id}/discard", headers=mine).status_code == code
    assert (signal_of(signal_id).status == "discarded") == (code == 200)


def test_a_status_that_is_none_is_refused(client, mine, user):
    bot = make_bot(user)
    answer = client.get(f"/api/bots/{bot.id}/signals?status=lost", headers=mine)
    assert answer.status_code == 422
