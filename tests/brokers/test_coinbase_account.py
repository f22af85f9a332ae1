"""A Coinbase account: what it holds, may do, and how silence is told from refusal."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from coinbase.rest import RESTClient

from tests.brokers.coinbase_account import KEY, ORDERS, D, an_order, listed, opened, resting
from tests.coinbase_trader import SECRET, breaks, trader
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker, NoClearAnswer, NotReached
from tradingrobotplug.brokers.keys import BrokerKeys, KeysRefused, Rights
from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import venue


@pytest.fixture
def hangs_up() -> Iterator[str]:
    """An address that takes a request and closes without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hang_up, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.recv(65_536)
    connection.close()


def opened_at(address: str, settings: Settings, sandbox: Sandbox) -> Broker:
    """The account at another address, with market data from the sandbox."""
    venue.connect(replace(settings, coinbase_url=address))
    broker = opened()
    venue.connect(replace(settings, **sandbox.addresses))
    return broker


def test_positions_count_what_orders_hold_to_the_last_digit(markets: Sandbox, clean: None) -> None:
    dust = "0.000000000000000001"
    trader(markets, KEY, balances={"USD": "5", "EUR": "7", "BTC": "1", "ETH": dust, "SOL": "0"})
    coinbase = opened()
    coinbase.submit(resting(side="sell", limit_price=D(200_000)))
    assert coinbase.positions() == {"BTC-USD": D(1), "ETH-USD": D(dust)}


def test_balances_tell_cash_what_may_be_spent_and_the_whole(
    coinbase: Broker, account: RESTClient
) -> None:
    coinbase.submit(resting())
    found = coinbase.balances()
    assert (found.cash, found.buying_power) == (D(10_000), 10_000 - D(90) * D("1.012"))
    assert found.fee_rate == D("0.012")
    assert D(109_000) < found.equity < D(111_000)


def test_a_coin_without_a_market_counts_for_nothing_and_usdc_for_a_dollar(
    markets: Sandbox, clean: None
) -> None:
    trader(markets, KEY, balances={"USD": "5", "NOSUCH": "7", "USDC": "11"})
    assert opened().balances().equity == D(16)


def test_a_holding_whose_price_can_t_be_had_is_not_left_out(
    coinbase: Broker, markets: Sandbox
) -> None:
    markets.tell("faults", path="/api/v3/brokerage/market/product_book", count=9)
    with pytest.raises(NotReached, match="market data"):
        coinbase.balances()


def test_what_an_account_may_not_use_is_asked_by_previews(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    assert coinbase.unsupported() == frozenset()
    breaks(markets, "unsupported", word="trigger_bracket", count=9)
    assert coinbase.unsupported() == {"bracket"}
    breaks(markets, "unsupported", word="stop_limit", count=9)
    assert coinbase.unsupported() == {"bracket", "stop", "stop_limit"}
    assert listed(account) == []


def test_an_empty_account_supports_what_others_do(markets: Sandbox, clean: None) -> None:
    trader(markets, KEY, balances={"USD": "0"})
    assert opened().unsupported() == frozenset()


@pytest.mark.parametrize(
    ("flags", "code"),
    [({"can_transfer": True}, "withdrawal_right"), ({"can_view": False}, "no_read_right")],
)
def test_keys_that_can_withdraw_or_not_read_are_refused(
    markets: Sandbox, account: RESTClient, flags: dict[str, bool], code: str
) -> None:
    trader(markets, KEY, **flags)
    with pytest.raises(KeysRefused) as caught:
        opened().permissions()
    assert caught.value.code == code


def test_keys_tell_whether_they_may_trade(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    assert coinbase.permissions() == Rights(can_trade=True)
    trader(markets, KEY, can_trade=False)
    assert coinbase.permissions() == Rights(can_trade=False)
    with pytest.raises(NotReached, match="does not accept these keys"):
        coinbase.submit(an_order())


def test_a_secret_that_is_no_key_is_refused_at_once(markets: Sandbox) -> None:
    with pytest.raises(KeysRefused) as caught:
        venues.opened("coinbase", "live", BrokerKeys(KEY, "no key"))
    assert caught.value.code == "keys_malformed"


def test_keys_that_coinbase_does_not_know_are_refused(markets: Sandbox, clean: None) -> None:
    stranger = venues.opened("coinbase", "live", BrokerKeys("stranger", SECRET))
    with pytest.raises(KeysRefused) as caught:
        stranger.permissions()
    assert caught.value.code == "keys_refused"


def test_the_clock_is_coinbase_s(coinbase: Broker, markets: Sandbox) -> None:
    markets.tell("clock", at="2027-01-01T00:00:00+00:00")
    assert coinbase.clock() - clock.now() > timedelta(days=1)


def test_a_refused_connection_is_certainly_not_sent(
    account: RESTClient, markets: Sandbox, settings: Settings
) -> None:
    broker = opened_at("http://127.0.0.1:9", settings, markets)
    with pytest.raises(NotReached, match="can't be reached"):
        broker.submit(an_order())


def test_a_connection_that_breaks_after_the_send_is_no_clear_answer(
    account: RESTClient, markets: Sandbox, settings: Settings, hangs_up: str
) -> None:
    broker = opened_at(hangs_up, settings, markets)
    with pytest.raises(NoClearAnswer):
        broker.submit(an_order())


def test_too_many_requests_are_certainly_not_taken_and_say_when_to_come_back(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    markets.tell("faults", path=ORDERS, method="POST", status=429)
    with pytest.raises(NotReached, match="too often") as caught:
        coinbase.submit(an_order())
    assert 50 < (caught.value.seconds or 0) <= 60
    assert listed(account) == []


@pytest.mark.parametrize("kind", ["status", "html"])
def test_an_error_of_the_venue_is_no_clear_answer(
    coinbase: Broker, markets: Sandbox, kind: str
) -> None:
    markets.tell("faults", path=ORDERS, method="POST", kind=kind, status=500)
    with pytest.raises(NoClearAnswer, match="500"):
        coinbase.submit(an_order())


def test_no_secret_is_printed(coinbase: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    coinbase.submit(an_order(quantity=D(200)))
    assert capsys.readouterr() == ("", "")
    assert SECRET not in repr(coinbase)
