"""Alerts that wait in a file while PostgreSQL does not answer."""

import hashlib
import stat
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.factories import SECRET, make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.errors import Unavailable
from tradingrobotplug.models import Signal
from tradingrobotplug.signals.arrival import Arrival, arrive
from tradingrobotplug.signals.draining import drain
from tradingrobotplug.signals.intake import Intake
from tradingrobotplug.signals.spool import Spool

HASH = hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.fixture
def here(settings: Settings, clean: None, tmp_path) -> Settings:
    return replace(settings, home=tmp_path)


@pytest.fixture
def down(here: Settings) -> Settings:
    """PostgreSQL is at an address where nobody answers."""
    return replace(here, database_url="postgresql://nobody@127.0.0.1:9/none")


def arrival(bot, name: str, secret_hash: str = HASH) -> Arrival:
    body = f'{{"action":"buy","symbol":"BTC-USD","orderId":"{name}"}}'.encode()
    return arrive(db.new_id(), bot.id, secret_hash, body, clock.now())


def stored() -> list[Signal]:
    with db.transaction() as session:
        return list(session.scalars(select(Signal).order_by(Signal.seq)))


def test_an_alert_is_accepted_while_postgres_is_away_and_stored_later(down, here, user):
    bot = make_bot(user)
    first, second = arrival(bot, "a"), arrival(bot, "b")
    intake = Intake(down)
    assert [intake.accept(first).word, intake.accept(second).word] == ["received", "received"]
    assert stored() == []
    assert drain(here) == 2
    assert [s.id for s in stored()] == [first.id, second.id]
    assert Spool(here.home).is_empty()


def test_while_the_spool_holds_something_new_alerts_join_its_end(here, user):
    bot = make_bot(user)
    Spool(here.home).append(arrival(bot, "a"))
    Intake(here).accept(arrival(bot, "b"))
    assert stored() == []
    drain(here)
    assert [s.seq for s in stored()] == [1, 2]


def test_a_wrong_secret_is_found_out_when_the_spool_is_drained(here, user):
    bot = make_bot(user)
    Spool(here.home).append(arrival(bot, "a", "0" * 64))
    drain(here)
    assert stored() == []
    assert Spool(here.home).is_empty()


def test_draining_twice_stores_once(here, user):
    bot = make_bot(user)
    spool = Spool(here.home)
    spool.append(arrival(bot, "a"))
    content = spool.path.read_bytes()
    drain(here)
    spool.path.write_bytes(content)
    drain(here)
    assert len(stored()) == 1


def test_a_torn_line_costs_only_itself(here, user):
    bot = make_bot(user)
    spool = Spool(here.home)
    spool.append(arrival(bot, "a"))
    with spool.path.open("ab") as file:
        file.write(b'{"id": "torn')
    spool.append(arrival(bot, "b"))
    drain(here)
    assert len(stored()) == 2


def test_the_spool_is_for_its_owner_only(here, user):
    spool = Spool(here.home)
    spool.append(arrival(make_bot(user), "a"))
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert SECRET.encode() not in spool.path.read_bytes()


def test_when_the_spool_fails_too_the_sender_is_asked_to_send_again(down, user, tmp_path):
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        Intake(down).accept(arrival(make_bot(user), "a"))


def test_a_signal_keeps_the_id_that_its_sender_was_told(down, here, user):
    one = arrival(make_bot(user), "a")
    told = Intake(down).accept(one).signal_id
    drain(here)
    assert isinstance(told, uuid.UUID)
    assert [s.id for s in stored()] == [told]
