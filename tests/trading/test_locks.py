from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from tradingrobotplug import db
from tradingrobotplug.models import User
from tradingrobotplug.trading.locks import bot_lock, transactions_on


def test_a_bot_is_held_by_one_at_a_time(schema: None) -> None:
    bot_id = uuid4()
    with db.engine().connect() as one, db.engine().connect() as two:
        with bot_lock(one, bot_id) as first, bot_lock(two, bot_id) as second:
            assert (first, second) == (True, False)
        with bot_lock(two, bot_id) as third:
            assert third


def test_two_bots_are_held_side_by_side(schema: None) -> None:
    with (
        db.engine().connect() as one,
        db.engine().connect() as two,
        bot_lock(one, uuid4()) as first,
        bot_lock(two, uuid4()) as second,
    ):
        assert (first, second) == (True, True)


def test_a_lock_outlasts_the_transactions_on_its_connection(user: User) -> None:
    bot_id = uuid4()
    with db.engine().connect() as one, bot_lock(one, bot_id):
        begin = transactions_on(one)
        with begin() as session:
            session.get_one(User, user.id).username = "renamed"
        with db.engine().connect() as two, bot_lock(two, bot_id) as second:
            assert not second
    with db.transaction() as session:
        assert session.scalar(select(User.username)) == "renamed"


def test_who_loses_the_lock_can_t_write_any_more(user: User) -> None:
    bot_id = uuid4()
    with db.engine().connect() as one, db.engine().connect() as two, bot_lock(one, bot_id):
        pid = one.scalar(text("SELECT pg_backend_pid()"))
        one.commit()
        two.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
        two.commit()

        with bot_lock(two, bot_id) as taken:
            assert taken
        begin = transactions_on(one)
        with pytest.raises(OperationalError), begin() as session:
            session.get_one(User, user.id).username = "too late"
