from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import bindparam, event, inspect, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import make_bot
from tradingrobotplug import db, rows
from tradingrobotplug.models import Bot, Lot, User

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
IS_RUNNING = text("bots.status = 'running'")


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


def lot(bot: Bot) -> Lot:
    return Lot(
        bot_id=bot.id,
        symbol="AAPL",
        side="long",
        quantity=Decimal(3),
        remaining=Decimal(3),
        price=Decimal("190.25"),
        fee=Decimal(0),
        opened_at=AT,
        fill_seq=1,
    )


def stored(bot: Bot) -> Bot:
    with db.transaction() as session:
        return session.get_one(Bot, bot.id)


def test_a_new_row_gets_its_key_and_stays_in_the_session(bot: Bot) -> None:
    with db.transaction() as session:
        row = lot(bot)
        rows.store(session, row)
        assert row.seq > 0
        row.remaining = Decimal(1)  # SQLAlchemy stores it with the commit, as of any other row
    with db.transaction() as session:
        [found] = session.scalars(select(Lot)).all()
    assert (found.seq, found.remaining, found.price) == (row.seq, Decimal(1), Decimal("190.25"))


def test_what_was_set_of_a_row_is_stored_and_not_again_by_a_flush(bot: Bot) -> None:
    flushed: list[str] = []

    def note(*said: Any) -> None:
        flushed.append(said[2])

    event.listen(db.engine(), "before_cursor_execute", note)
    with db.transaction() as session:
        row = session.get_one(Bot, bot.id)
        row.name, row.execution = "another", {"allow_short": True}
        rows.store(session, row)
        rows.store(session, row)
        session.flush()
    event.remove(db.engine(), "before_cursor_execute", note)
    assert not [one for one in flushed if one.startswith("UPDATE bots")]
    assert (stored(bot).name, stored(bot).execution) == ("another", {"allow_short": True})


def test_a_row_is_changed_only_if_it_is_still_so(bot: Bot) -> None:
    with db.transaction() as session:
        row = session.get_one(Bot, bot.id)
        assert rows.change(session, row, {"status": "paused"}, only_if=IS_RUNNING)
        assert not rows.change(session, row, {"name": "late"}, only_if=IS_RUNNING)
        assert row.name == bot.name
    assert (stored(bot).status, stored(bot).name) == ("paused", bot.name)


def test_a_change_by_itself_needs_no_commit(bot: Bot) -> None:
    with db.engine().connect() as connection:
        assert rows.change(connection, bot, {"name": "at once"})
        assert stored(bot).name == "at once"
        assert not rows.change(connection, bot, {"name": "never"}, only_if=text("false"))
    assert stored(bot).name == "at once"


def test_a_row_that_is_gone_can_not_be_saved(bot: Bot) -> None:
    with db.transaction() as session:
        row = session.get_one(Bot, bot.id)
        session.execute(text("DELETE FROM bots WHERE id = :id"), {"id": bot.id})
        assert not rows.change(session, row, {"name": "gone"})
        row.name = "gone"
        with session.no_autoflush, pytest.raises(StaleDataError):
            rows.store(session, row)
        session.expunge(row)


BY_NAME = db.as_sql(select(*rows.columns(Bot)).where(Bot.name == bindparam("name")))


def test_what_is_read_is_as_sqlalchemy_reads_it(bot: Bot) -> None:
    [read] = rows.read(Bot, BY_NAME, name=bot.name)
    assert inspect(read).detached
    there = stored(bot)
    for column in Bot.__table__.columns:
        assert getattr(read, column.key) == getattr(there, column.key), column.key


def test_what_is_loaded_belongs_to_the_session(bot: Bot) -> None:
    with db.transaction() as session:
        [row] = rows.load(session, Bot, BY_NAME, name=bot.name)
        row.name = "another"
        assert session.get_one(Bot, bot.id) is row
        assert rows.get(session, Bot, bot.id) is row
    assert stored(bot).name == "another"


def test_a_session_keeps_the_row_that_it_knows(bot: Bot) -> None:
    with db.transaction() as session, session.no_autoflush:
        known = rows.get(session, Bot, bot.id)
        known.name = "not yet stored"
        assert rows.load(session, Bot, BY_NAME, name=bot.name) == [known]
        assert known.name == "not yet stored"


def test_a_row_that_is_not_there_is_no_row(bot: Bot) -> None:
    with db.transaction() as session, pytest.raises(NoResultFound, match="bots"):
        rows.get(session, Bot, bot.user_id)
