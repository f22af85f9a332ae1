"""Brokers' streams as hints. No job polls in these tests: what is booked, a stream asked for."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from websockets.sync.server import serve

from tests.notify.certificates import self_signed
from tests.trading.accounts import AccountDesk, at_alpaca, at_coinbase, open_vault
from tests.trading.conftest import rows
from tests.venues import SECRET, Sandbox
from tradingrobotplug import clock, db, queues
from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Fill, Order, TradingAccount, User
from tradingrobotplug.trading import ear, jobs, listening
from tradingrobotplug.trading.listening import Listener
from tradingrobotplug.trading_accounts import service

QUANTITY = {"AAPL": "10", "BTC-USD": "0.1"}
LIMIT = {"AAPL": D(190), "BTC-USD": D(48_000)}
BELOW = {"AAPL": "189", "BTC-USD": "47900"}
UNDER_THAT = {"AAPL": "180", "BTC-USD": "45000"}
FAR_BELOW = {"AAPL": "175", "BTC-USD": "44000"}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(ear, "FIRST_PAUSE", 0.1)


@pytest.fixture
def alpaca(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_alpaca(user, markets)


@pytest.fixture
def coinbase(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_coinbase(user, markets)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Listens as `trp listen` does, from a thread of the test."""
    stopped, found = Event(), jobs.listener()
    thread = Thread(target=lambda: asyncio.run(found.run(stopped, lambda: None)))
    thread.start()
    yield found
    stopped.set()
    thread.join(15)
    assert not thread.is_alive()


@pytest.fixture(params=["alpaca", "coinbase"])
def desk(request: pytest.FixtureRequest) -> AccountDesk:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, AccountDesk)
    return found


def comes(is_so: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_so():
        time.sleep(0.01)
    return is_so()


def rest(desk: AccountDesk, limit: D | None = None) -> None:
    """A buy that rests a little below the market."""
    price = limit or LIMIT[desk.symbol]
    quantity = QUANTITY[desk.symbol]
    desk.trade("buy", quantity, symbol=desk.symbol, order_type="limit", limit_price=price)


def fall(desk: AccountDesk) -> None:
    """The market goes through it."""
    desk.price(BELOW[desk.symbol], symbol=desk.symbol)


def account(desk: AccountDesk) -> UUID:
    assert desk.bot.trading_account_id is not None
    return desk.bot.trading_account_id


def listens(listener: Listener, desk: AccountDesk) -> bool:
    return comes(lambda: listener.connected == {account(desk)})


def is_away(listener: Listener) -> bool:
    return comes(lambda: listener.connected == set())


def reasons(caplog: pytest.LogCaptureFixture) -> set[object]:
    """Why streams were lost."""
    return {getattr(record, "fields", {}).get("reason") for record in caplog.records}


def filled() -> int:
    return len(rows(Order, Order.state == "filled"))


def test_a_fill_is_booked_as_soon_as_the_stream_speaks(
    desk: AccountDesk, listener: Listener
) -> None:
    rest(desk)
    assert listens(listener, desk)
    fall(desk)
    assert comes(lambda: filled() == 1)
    assert sum(fill.quantity for fill in rows(Fill)) == desk.held() == D(QUANTITY[desk.symbol])


def test_loss_14_what_happened_while_a_stream_was_away_is_asked_for_when_it_is_back(
    desk: AccountDesk, listener: Listener, markets: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest(desk)
    assert listens(listener, desk)
    monkeypatch.setattr(ear, "FIRST_PAUSE", 3.0)
    markets.tell("faults", kind="stream_close", venue=desk.bot.exchange)
    assert is_away(listener)
    fall(desk)
    assert (desk.held(), filled()) == (D(QUANTITY[desk.symbol]), 0)
    assert comes(lambda: filled() == 1)


def test_loss_14_a_message_that_was_left_out_is_missed_by_its_number(
    coinbase: AccountDesk, listener: Listener, markets: Sandbox
) -> None:
    rest(coinbase)
    assert listens(listener, coinbase)
    markets.tell("faults", kind="stream_gap", venue="coinbase")
    fall(coinbase)
    assert comes(lambda: filled() == 1)


def test_a_stream_that_repeats_itself_books_nothing_twice(
    desk: AccountDesk, listener: Listener, markets: Sandbox
) -> None:
    rest(desk)
    rest(desk, D(UNDER_THAT[desk.symbol]))
    assert listens(listener, desk)
    fall(desk)
    assert comes(lambda: filled() == 1)
    markets.tell("faults", kind="stream_replay", venue=desk.bot.exchange, count=1)
    desk.price(FAR_BELOW[desk.symbol], symbol=desk.symbol)
    assert comes(lambda: filled() == 2)
    assert sum(fill.quantity for fill in rows(Fill)) == desk.held() == D(QUANTITY[desk.symbol]) * 2


def test_a_stream_that_falls_silent_is_connected_anew(
    coinbase: AccountDesk, listener: Listener, markets: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "SILENT_SECONDS", 3.0)
    rest(coinbase)
    assert listens(listener, coinbase)
    markets.tell("faults", kind="stream_silence", venue="coinbase")
    assert is_away(listener)
    assert listens(listener, coinbase)
    fall(coinbase)
    assert comes(lambda: filled() == 1)


def test_revoked_keys_end_the_connection(desk: AccountDesk, listener: Listener) -> None:
    rest(desk)
    assert listens(listener, desk)
    with db.transaction() as session:
        service.erase(session.get_one(TradingAccount, account(desk)), clock.now())
    assert is_away(listener)
    assert not comes(lambda: bool(listener.connected), seconds=1)


def test_an_account_without_orders_at_rest_is_let_go(
    desk: AccountDesk, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "IDLE_SECONDS", 0.5)
    rest(desk)
    assert listens(listener, desk)
    fall(desk)
    assert comes(lambda: filled() == 1)
    assert is_away(listener)


def test_without_database_and_redis_it_waits_for_them(
    alpaca: AccountDesk, listener: Listener, settings: Settings, markets: Sandbox
) -> None:
    rest(alpaca)
    assert listens(listener, alpaca)
    queues.connect("redis://127.0.0.1:1/0")
    db.connect("postgresql://127.0.0.1:1/none")
    markets.tell("price", symbol="AAPL", price="189")
    time.sleep(1)
    db.connect(settings.database_url)
    assert comes(lambda: filled() == 1)
    queues.connect(settings.redis_url)


def test_no_log_line_shows_what_opens_a_stream(
    alpaca: AccountDesk, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        rest(alpaca)
        assert listens(listener, alpaca)
    assert SECRET not in caplog.text


def test_a_server_with_a_certificate_of_its_own_hears_nothing(
    coinbase: AccountDesk,
    listener: Listener,
    markets: Sandbox,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    heard: list[object] = []
    own = self_signed(tmp_path)
    with serve(lambda socket: heard.append(socket.recv()), "127.0.0.1", 0, ssl=own) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"wss://127.0.0.1:{server.socket.getsockname()[1]}"
        venue.connect(replace(settings, **(markets.addresses | {"coinbase_stream_url": address})))
        rest(coinbase)
        assert comes(lambda: "SSLCertVerificationError" in reasons(caplog))
        server.shutdown()
    assert (heard, listener.connected) == ([], set())
