"""What loses money, of live bots at a Coinbase account. The numbers are those of the list that the
design was made from; tests/brokers has those that the adapter answers for alone."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.trading.accounts import AccountDesk, at_coinbase, open_vault
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Fill, Order, Position, User
from tradingrobotplug.trading import submit
from tradingrobotplug.trading.intent import Level, StopLoss

D = Decimal
FIVE_PERCENT = StopLoss(Level(D(5), "percent"))
GUARDS = Order.parent_id.is_not(None)


@pytest.fixture
def coinbase(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_coinbase(user, markets)


def breaks(markets: Sandbox, kind: str, **given: object) -> None:
    markets.tell("faults", venue="coinbase", kind=kind, **given)


def test_loss_6_an_exit_whose_answer_was_lost_sells_once(
    coinbase: AccountDesk, markets: Sandbox
) -> None:
    coinbase.trade("buy", "0.3")
    coinbase.settle()
    breaks(markets, "status_after")
    (sale,) = coinbase.trade("sell", "0.1").orders
    again = [submit.send(sale.signal_id, clock.now()).word for _ in range(2)]
    coinbase.settle()
    assert again == ["done", "done"]
    assert rows(Position)[0].quantity == coinbase.held() == D("0.2")
    assert [fill.quantity for fill in rows(Fill, Fill.side == "sell")] == [D("0.1")]


def test_loss_8_a_part_whose_attached_bracket_ended_with_the_entry_is_guarded(
    coinbase: AccountDesk, markets: Sandbox
) -> None:
    breaks(markets, "partial_cancel")
    coinbase.trade("buy", "0.1", stop_loss=D(48_000), take_profit=D(55_000))
    coinbase.settle(2)
    (entry, guard) = rows(Order)
    assert (entry.state, entry.filled_quantity) == ("cancelled", D("0.05"))
    assert (guard.leg, guard.state, guard.quantity) == ("bracket", "accepted", D("0.05"))
    coinbase.price("47500")
    coinbase.settle(2)
    assert (rows(Position), coinbase.held()) == ([], 0)


def test_loss_10_what_was_bought_for_dollars_is_sold_without_dust(coinbase: AccountDesk) -> None:
    coinbase.price("49999.97")
    coinbase.trade("buy", "1000", quantity_kind="dollars")
    coinbase.settle()
    (entry,) = rows(Order)
    assert entry.filled_quantity * entry.average_price + entry.fees <= 1000
    coinbase.trade("close")
    coinbase.settle()
    assert (rows(Position), coinbase.held()) == ([], 0)


def test_loss_13_an_exit_waits_until_the_stop_has_given_back_the_units(
    coinbase: AccountDesk, markets: Sandbox
) -> None:
    coinbase.trade("buy", "0.1", stop=FIVE_PERCENT)
    coinbase.settle()
    breaks(markets, "slow_cancel", seconds=1)
    coinbase.trade("close")
    coinbase.settle()
    assert coinbase.orders()[1:] == [
        ("stop_loss", "stop", "cancelled"),
        ("exit", "market", "filled"),
    ]
    assert (rows(Position), coinbase.held()) == ([], 0)


def test_loss_15_a_stop_that_fills_before_its_cancel_is_booked_and_nothing_sold_twice(
    coinbase: AccountDesk,
) -> None:
    coinbase.trade("buy", "0.1", stop=FIVE_PERCENT)
    coinbase.settle()
    coinbase.price("47000")  # Coinbase has sold; nobody has asked yet
    plan = coinbase.trade("close")
    assert (plan.status, plan.reason) == ("ignored", "no position")
    assert [state for _, _, state in coinbase.orders()] == ["filled", "filled"]
    assert (rows(Position), coinbase.held()) == ([], 0)
