"""A live bot at a Coinbase account: orders, fills, and who guards what."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.trading.accounts import AccountDesk, at_coinbase, open_vault
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Fill, Order, Position, RoundTrip, User
from tradingrobotplug.trading.intent import Level, StopLoss, TakeProfit

D = Decimal


@pytest.fixture
def coinbase(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_coinbase(user, markets)


def percent(value: str) -> StopLoss:
    return StopLoss(Level(D(value), "percent"))


def target(value: str) -> tuple[TakeProfit, ...]:
    return (TakeProfit(Level(D(value), "percent")),)


def guards() -> set[tuple[str, str, str]]:
    found = rows(Order, Order.parent_id.is_not(None))
    return {(order.leg, order.type, order.state) for order in found}


def test_an_entry_is_filled_with_its_fee_and_sold_again(coinbase: AccountDesk) -> None:
    coinbase.trade("buy", "0.1")
    coinbase.settle()
    assert rows(Position)[0].quantity == coinbase.held() == D("0.1")
    coinbase.trade("close")
    coinbase.settle()
    assert (rows(Position), coinbase.held()) == ([], D(0))
    assert rows(RoundTrip)[0].fees == sum(fill.fee for fill in rows(Fill)) > 0


def test_a_stop_and_a_target_rest_there_as_one_order(coinbase: AccountDesk) -> None:
    coinbase.trade("buy", "0.1", stop=percent("5"), take_profits=target("10"))
    coinbase.settle()
    assert guards() == {("bracket", "bracket", "accepted")}
    coinbase.price("56000")
    coinbase.settle(2)
    assert guards() == {("bracket", "bracket", "filled")}
    assert (rows(Position), coinbase.held()) == ([], D(0))


def test_a_stop_alone_rests_there_and_sells(coinbase: AccountDesk) -> None:
    coinbase.trade("buy", "0.1", stop=percent("5"))
    coinbase.settle()
    assert guards() == {("stop_loss", "stop", "accepted")}
    coinbase.price("47000")
    coinbase.settle(2)
    assert (rows(Position), coinbase.held()) == ([], D(0))


def test_levels_given_as_prices_come_with_the_entry(coinbase: AccountDesk) -> None:
    coinbase.trade("buy", "0.1", stop_loss=D(48_000), take_profit=D(55_000))
    coinbase.settle()
    assert guards() == {("bracket:attached", "bracket", "accepted")}
    coinbase.price("47500")
    coinbase.settle(2)
    assert (rows(Position), coinbase.held()) == ([], D(0))


def test_a_trailing_stop_is_ours_and_follows_the_price(coinbase: AccountDesk) -> None:
    coinbase.trade("buy", "0.1", trailing="5")
    coinbase.settle()
    coinbase.price("60000")
    coinbase.settle()
    assert guards() == {("stop_loss", "trailing_stop", "held")}
    coinbase.price("57100")
    coinbase.settle()
    assert coinbase.held() == D("0.1")
    coinbase.price("56900")
    coinbase.settle(2)
    assert guards() == {("stop_loss", "market", "filled")}
    assert (rows(Position), coinbase.held()) == ([], D(0))


def test_where_the_account_takes_no_pairs_the_stop_rests_and_the_target_is_ours(
    coinbase: AccountDesk, markets: Sandbox
) -> None:
    markets.tell("faults", venue="coinbase", kind="unsupported", word="trigger_bracket", count=1000)
    coinbase.trade("buy", "0.1", stop=percent("5"), take_profits=target("10"))
    coinbase.settle(2)
    assert guards() == {
        ("bracket", "bracket", "rejected"),
        ("stop_loss:1", "stop", "held"),
        ("take_profit:1", "limit", "held"),
    }
    coinbase.price("47000")
    coinbase.settle(2)
    assert (rows(Position), coinbase.held()) == ([], D(0))
