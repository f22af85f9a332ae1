"""Asking brokers what became of orders, beside everything else that a bot does."""

import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.trading.accounts import AccountDesk, at_alpaca, open_vault
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug import clock, db, worker
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Order, User
from tradingrobotplug.signals import jobs as signal_jobs
from tradingrobotplug.trading import ear, jobs, polling
from tradingrobotplug.trading.locks import bot_lock
from tradingrobotplug.trading.precedence import NEWS, ROUNDS


@pytest.fixture
def alpaca(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_alpaca(user, markets)


def test_a_bot_is_free_for_its_signals_while_its_broker_thinks_about_a_poll(
    alpaca: AccountDesk, markets: Sandbox
) -> None:
    alpaca.trade("buy", "10", symbol="AAPL")
    markets.tell("faults", kind="hang", path="/v2/orders/", method="GET", seconds=1.5)
    jobs.poll()
    time.sleep(0.5)  # the list of open orders was answered, the order's look-up hangs
    assert polling._under_way
    with db.engine().connect() as connection, bot_lock(connection, alpaca.bot.id) as taken:
        assert taken
    alpaca.settle(2)
    assert alpaca.orders() == [("entry", "market", "filled")]


def test_an_order_that_cant_be_read_keeps_no_other_waiting(
    alpaca: AccountDesk, markets: Sandbox
) -> None:
    alpaca.trade("buy", "1", symbol="AAPL")
    alpaca.trade("buy", "2", symbol="AAPL")
    first = min(rows(Order), key=lambda order: order.id)
    path = f"/v2/orders/{first.broker_order_id}"
    markets.tell("faults", kind="status", path=path, count=1)
    alpaca.settle()
    assert [state for _, _, state in alpaca.orders()] == ["accepted", "filled"]


def test_what_was_answered_is_booked_when_the_accounts_requests_are_used_up(
    alpaca: AccountDesk, markets: Sandbox
) -> None:
    alpaca.trade("buy", "1", symbol="AAPL")
    alpaca.trade("buy", "2", symbol="AAPL")
    second = max(rows(Order), key=lambda order: order.id)
    path = f"/v2/orders/{second.broker_order_id}"
    markets.tell("faults", kind="status", path=path, status=429)
    alpaca.settle()
    assert [state for _, _, state in alpaca.orders()] == ["filled", "accepted"]


def test_no_thread_that_polls_waits_for_anothers_connection() -> None:
    threads = polling._pool._max_workers + signal_jobs._pool._max_workers
    assert 2 * threads + 2 <= worker._POLLING_POOL
    assert 2 * signal_jobs.HANDS + 1 <= worker._SIGNALS_POOL


def test_what_has_rested_for_a_while_is_asked_for_every_three_seconds(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "1", symbol="AAPL", order_type="limit", limit_price=Decimal(100))
    now = clock.now().replace(microsecond=0) + timedelta(seconds=1)
    young = [polling._accounts(now + timedelta(seconds=n)) for n in range(3)]
    old = [polling._accounts(now + timedelta(seconds=n)) for n in range(60, 66)]
    account = alpaca.bot.trading_account_id
    assert young == [[account]] * 3
    assert sorted(old) == [[], [], [], [], [account], [account]]


def test_an_order_is_left_to_its_stream_for_a_second(
    alpaca: AccountDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "FIRST", timedelta(seconds=1))
    alpaca.trade("buy", "1", symbol="AAPL", order_type="limit", limit_price=Decimal(100))
    placed, account = rows(Order)[0].submitted_at, alpaca.bot.trading_account_id
    asked = [polling._accounts(placed + timedelta(seconds=after)) for after in (0.9, 1.1)]
    assert asked == [[], [account]]
    alpaca.trade("buy", "2", symbol="AAPL", order_type="limit", limit_price=Decimal(100))
    assert polling._accounts(placed + timedelta(seconds=1.1)) == [account]  # for the older one


def test_an_order_in_doubt_that_its_signal_has_given_up_is_still_found(
    alpaca: AccountDesk, markets: Sandbox
) -> None:
    markets.tell(
        "faults", kind="status_after", status=504, path="/v2/orders", method="POST", count=1
    )
    alpaca.trade("buy", "10", symbol="AAPL")
    assert [state for _, _, state in alpaca.orders()] == ["submitting"]
    alpaca.settle()
    assert [state for _, _, state in alpaca.orders()] == ["submitting"]
    with db.transaction() as session:
        session.get_one(Order, rows(Order)[0].id).submitted_at -= polling.ASKED_AGAIN
    now = clock.now().replace(microsecond=0)
    asked = [polling._accounts(now + timedelta(seconds=n)) for n in (1, 2, 3)]
    assert sorted(map(len, asked)) == [0, 0, 1]
    assert polling.ask(alpaca.bot.trading_account_id, jobs._take_in).result(20) == "done"
    assert [state for _, _, state in alpaca.orders()] == ["filled"]


def test_a_fill_that_a_stream_speaks_of_is_booked_without_a_look_at_the_order(
    alpaca: AccountDesk, markets: Sandbox
) -> None:
    alpaca.trade("buy", "10", symbol="AAPL")
    account_id = alpaca.bot.trading_account_id
    assert account_id is not None
    markets.tell("faults", kind="status", path="/v2/orders/", method="GET", status=500, count=9)
    polling.ask(account_id, jobs._take_in).result(20)
    assert [state for _, _, state in alpaca.orders()] == ["accepted"]
    assert polling.ask(account_id, jobs._take_in, has_traded=True).result(20) == "done"
    assert [state for _, _, state in alpaca.orders()] == ["filled"]


def test_polls_comparisons_and_streams_wait_for_signals(
    alpaca: AccountDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[tuple[str, float]] = []
    for asks in (polling, jobs, ear):
        name = asks.__name__.rpartition(".")[2]
        monkeypatch.setattr(
            asks, "after_signals", lambda longest, name=name: waited.append((name, longest))
        )
    account_id = alpaca.bot.trading_account_id
    assert account_id is not None
    polling.ask(account_id, jobs._take_in).result(20)
    jobs._look(account_id)
    ear._stream_of(account_id)
    monkeypatch.setattr(polling, "_accounts", lambda _now: [account_id])
    polling.poll(jobs._take_in)
    kinds = [("polling", NEWS), ("jobs", ROUNDS), ("ear", ROUNDS), ("polling", ROUNDS)]
    assert waited == kinds
