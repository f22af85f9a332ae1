"""A bot at an Alpaca account: orders, fills, and who guards what."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.trading.accounts import AccountDesk, at_alpaca, open_vault
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Order, Position, User
from tradingrobotplug.models.trading import LIVE_STATES
from tradingrobotplug.trading.intent import Level, StopLoss, TakeProfit

D = Decimal


@pytest.fixture
def alpaca(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    open_vault(settings, tmp_path)
    return at_alpaca(user, markets)


def percent(value: str) -> StopLoss:
    return StopLoss(Level(D(value), "percent"))


def target(value: str) -> tuple[TakeProfit, ...]:
    return (TakeProfit(Level(D(value), "percent")),)


def test_an_entry_is_filled_at_the_broker_and_booked_by_the_next_poll(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL")
    alpaca.settle()
    assert alpaca.orders() == [("entry", "market", "filled")]
    assert rows(Position)[0].quantity == alpaca.held() == D(10)


def test_a_stop_and_a_target_rest_at_the_broker_as_one_order(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", stop=percent("5"), take_profits=target("10"))
    alpaca.settle()
    assert alpaca.orders() == [("entry", "market", "filled"), ("bracket", "bracket", "accepted")]
    alpaca.price("180", symbol="AAPL")
    alpaca.settle(2)
    assert alpaca.orders()[1] == ("bracket", "bracket", "filled")
    assert (rows(Position), alpaca.held()) == ([], D(0))


def test_levels_given_as_prices_come_with_the_entry(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", stop_loss=D(190), take_profit=D(220))
    alpaca.settle()
    assert alpaca.orders() == [
        ("entry", "market", "filled"),
        ("bracket:attached", "bracket", "accepted"),
    ]
    alpaca.price("221", symbol="AAPL")
    alpaca.settle(2)
    assert (rows(Position), alpaca.held()) == ([], D(0))
    assert [o.state for o in rows(Order)] == ["filled", "filled"]


def test_a_part_of_a_share_is_guarded_by_us(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "2.5", symbol="AAPL", stop=percent("5"), take_profits=target("10"))
    alpaca.settle()
    assert [(o.leg, o.state) for o in rows(Order, Order.parent_id.is_not(None))] == [
        ("stop_loss", "held"),
        ("take_profit", "held"),
    ]
    alpaca.price("189", symbol="AAPL")
    alpaca.settle(3)
    assert (rows(Position), alpaca.held()) == ([], D(0))
    assert {(o.leg, o.type, o.state) for o in rows(Order, Order.parent_id.is_not(None))} == {
        ("stop_loss", "market", "filled"),
        ("take_profit", "limit", "cancelled"),
    }


def test_a_target_beside_a_trailing_stop_takes_the_units_from_it(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", trailing="5", take_profits=target("10"))
    alpaca.settle()
    assert alpaca.orders(Order.parent_id.is_not(None)) == [
        ("stop_loss", "trailing_stop", "accepted"),
        ("take_profit", "limit", "held"),
    ]
    alpaca.price("221", symbol="AAPL")
    alpaca.settle(3)
    assert (rows(Position), alpaca.held()) == ([], D(0))
    assert alpaca.orders(Order.parent_id.is_not(None)) == [
        ("stop_loss", "trailing_stop", "cancelled"),
        ("take_profit", "market", "filled"),
    ]


def test_an_exit_takes_the_units_from_the_bracket(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", stop=percent("5"), take_profits=target("10"))
    alpaca.settle()
    alpaca.trade("close", symbol="AAPL")
    alpaca.settle()
    assert (rows(Position), alpaca.held()) == ([], D(0))
    assert alpaca.orders(Order.leg == "bracket") == [("bracket", "bracket", "cancelled")]


def test_adding_to_a_guarded_position_guards_all_of_it_again(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", stop=percent("5"), take_profits=target("10"))
    alpaca.settle()
    alpaca.trade("buy", "5", symbol="AAPL", stop=percent("5"), take_profits=target("10"))
    alpaca.settle(3)
    live = rows(Order, Order.parent_id.is_not(None), Order.state.in_(("accepted", "held")))
    assert sum(order.quantity for order in live if order.leg.startswith(("bracket", "stop"))) == 15
    assert alpaca.held() == rows(Position)[0].quantity == D(15)


def test_what_gives_way_to_an_entry_that_rests_is_guarded_by_us_at_once(
    alpaca: AccountDesk,
) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", stop=percent("5"))
    alpaca.settle()
    alpaca.trade("buy", "5", symbol="AAPL", order_type="limit", limit_price=D(150))
    guards = rows(Order, Order.parent_id.is_not(None))
    assert guards[0].state == "cancelled"
    live = [o for o in guards if o.state in LIVE_STATES]
    assert [(o.leg.partition(":")[0], o.quantity, o.state) for o in live] == [
        ("stop_loss", D(10), "held")
    ]
