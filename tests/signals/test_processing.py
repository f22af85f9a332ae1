"""A stored signal on its way to an order, by the job that workers run."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Order, Signal
from tradingrobotplug.signals import jobs, turn

from .conftest import orders_of, signal_of


def work(bot: Bot) -> None:
    jobs.process_signals(str(bot.id))


def test_a_signal_becomes_one_filled_order(markets, bot, send):
    signal_id = send()
    work(bot)
    [order] = orders_of(signal_id)
    assert (order.state, order.side, order.quantity) == ("filled", "buy", Decimal("0.001"))
    signal = signal_of(signal_id)
    assert (signal.status, signal.attempts, signal.last_error) == ("done", 1, None)
    assert [entry["step"] for entry in signal.log] == [
        "received",
        "claimed",
        "read",
        "planned",
        "done",
    ]
    assert signal.intent["symbol"] == "BTC-USD"


def test_working_twice_sends_nothing_twice(markets, bot, send):
    signal_id = send()
    work(bot)
    work(bot)
    assert len(orders_of(signal_id)) == 1


def test_signals_of_a_bot_are_executed_in_their_order(markets, bot, send):
    ids = [send() for _ in range(3)]
    work(bot)
    with db.transaction() as session:
        rows = session.scalars(select(Order.signal_id).order_by(Order.submitted_at)).all()
    assert list(rows) == ids


def test_what_the_rules_refuse_says_why(markets, bot, send):
    signal_id = send(action="sell")
    work(bot)
    signal = signal_of(signal_id)
    assert signal.status in ("refused", "ignored")
    assert signal.last_error
    assert orders_of(signal_id) == []


def test_a_symbol_of_another_venue_is_refused_by_name(markets, bot, send):
    signal_id = send(symbol="EURUSDT")
    work(bot)
    assert signal_of(signal_id).status == "refused"
    assert "EURUSDT" in signal_of(signal_id).last_error


def test_a_symbol_that_is_not_listed_is_refused(markets, bot, send):
    signal_id = send(symbol="NOSUCH-USD")
    work(bot)
    assert signal_of(signal_id).status == "refused"


def test_a_stale_entry_expires_and_a_stale_exit_does_not(markets, bot, send):
    entry = send()
    work(bot)
    late = send(time=(clock.now() - timedelta(minutes=10)).isoformat())
    work(bot)
    out = send(action="close", time=(clock.now() - timedelta(minutes=10)).isoformat())
    work(bot)
    assert [signal_of(s).status for s in (entry, late, out)] == ["done", "expired", "done"]
    assert [o.side for o in orders_of(out)] == ["sell"]


def test_without_market_data_a_signal_is_tried_four_times_then_dead(
    closed_markets, bot, send, monkeypatch
):
    signal_id = send(action="buy")
    waits = []
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(4):
        work(bot)
        signal = signal_of(signal_id)
        waits.append((signal.next_attempt_at - now).total_seconds())
        now = signal.next_attempt_at
    assert signal.status == "dead"
    assert signal.attempts == 4
    assert 0.8 <= waits[0] <= 1.2
    assert 1.6 <= waits[1] <= 2.4
    assert 3.2 <= waits[2] <= 4.8


def test_what_guards_a_fill_is_not_given_up_with_its_signal(markets, bot, send):
    signal_id = send(stop_loss="1")
    work(bot)
    with db.transaction() as session:
        [leg] = session.scalars(select(Order).where(Order.parent_id.is_not(None)))
        leg.state = "planned"
        turn.drop_unsent(session, signal_id, "given up", clock.now())
    assert {order.leg: order.state for order in orders_of(signal_id)} == {
        "entry": "filled",
        "stop_loss": "planned",
    }


def test_what_comes_behind_a_retry_waits_for_it(closed_markets, bot, send):
    first, second = send(), send()
    work(bot)
    assert [signal_of(s).status for s in (first, second)] == ["retrying", "received"]


def test_a_close_sets_aside_entries_that_were_not_sent(closed_markets, bot, send):
    entry = send()
    work(bot)
    other, close = send(symbol="ETH-USD"), send(action="close")
    work(bot)
    assert signal_of(entry).status == "ignored"
    assert "closed the position" in signal_of(entry).last_error
    assert [signal_of(s).status for s in (other, close)] == ["retrying", "received"]


def test_a_deleted_bot_trades_no_more(markets, bot, send):
    signal_id = send()
    with db.transaction() as session:
        session.get_one(Bot, bot.id).deleted_at = clock.now()
    work(bot)
    assert (signal_of(signal_id).status, orders_of(signal_id)) == ("ignored", [])


def test_one_bot_does_not_touch_another(markets, user, bot, send):
    other = make_bot(user)
    signal_id = send()
    work(other)
    assert signal_of(signal_id).status == "received"


def test_a_failure_of_ours_is_retried_and_does_not_stop_the_worker(markets, bot, send, monkeypatch):
    signal_id = send()
    monkeypatch.setattr("tradingrobotplug.trading.submit.prepare", lambda *_: 1 / 0)
    work(bot)
    assert signal_of(signal_id).status == "retrying"
    assert "ZeroDivisionError" in signal_of(signal_id).last_error


@pytest.mark.parametrize("status", ["processing", "received"])
def test_the_sweeper_finds_what_nobody_works_on(markets, bot, send, status):
    signal_id = send()
    with db.transaction() as session:
        row = session.get_one(Signal, signal_id)
        row.status = status
        row.next_attempt_at = row.received_at = clock.now() - timedelta(seconds=1)
    jobs.sweep()
    jobs.wait(list(jobs._under_way.values()))
    assert signal_of(signal_id).status == "done"


def test_a_signal_that_was_ended_as_it_was_about_to_be_claimed_is_left_alone(
    markets, bot, send, monkeypatch
):
    signal_id, head = send(), turn._head

    def ended_meanwhile(*asked):
        found = head(*asked)
        with db.transaction() as session:
            session.get_one(Signal, signal_id).status = "discarded"
        return found

    monkeypatch.setattr(turn, "_head", ended_meanwhile)
    work(bot)
    assert (signal_of(signal_id).status, orders_of(signal_id)) == ("discarded", [])
