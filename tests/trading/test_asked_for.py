"""What alerts may ask for beyond a plain order, carried out at the paper broker."""

from decimal import Decimal
from typing import Any

import pytest

from tests.trading.conftest import Desk, rows
from tradingrobotplug.models import Order, PaperOrder, Position
from tradingrobotplug.trading import jobs
from tradingrobotplug.trading.intent import Level, StopLoss, TakeProfit

D = Decimal


def legs(*names: str) -> dict[str, Any]:
    return {order.leg: order for order in rows(Order) if order.leg.partition(":")[0] in names}


def test_every_take_profit_has_its_share_and_a_stop_of_its_own(desk: Desk) -> None:
    targets = (
        TakeProfit(Level(D(5), "percent"), D(50)),
        TakeProfit(Level(D(10), "percent"), D(50)),
    )
    desk.trade("buy", "1", stop_loss=D(45_000), take_profits=targets)

    found = legs("stop_loss", "take_profit")
    assert [order.quantity for order in found.values()] == [D("0.5")] * 4
    assert len({order.oco_group for order in found.values()}) == 2


def test_the_first_target_ends_its_part_and_leaves_the_other_guarded(desk: Desk) -> None:
    targets = (
        TakeProfit(Level(D(5), "percent"), D(50)),
        TakeProfit(Level(D(50), "percent"), D(50)),
    )
    desk.trade("buy", "1", stop_loss=D(45_000), take_profits=targets)
    desk.price("53000")
    jobs.settle()

    assert [position.quantity for position in rows(Position)] == [D("0.5")]
    states = {order.leg: order.state for order in rows(Order)}
    assert sorted(states.values()) == ["accepted", "accepted", "cancelled", "filled", "filled"]


def test_a_trailing_stop_follows_the_price_up_and_sells_on_the_way_down(desk: Desk) -> None:
    desk.trade("buy", "1", **{"trailing": "2"})
    desk.price("60000")
    jobs.settle()
    trailing = next(order for order in rows(PaperOrder) if order.type == "trailing_stop")
    assert D(58_700) < trailing.stop_price < D(58_900)
    desk.price("59500")
    jobs.settle()
    assert rows(Position) != []
    desk.price("58000")
    jobs.settle()
    assert rows(Position) == []


def test_a_part_of_the_position_may_be_closed(desk: Desk) -> None:
    desk.trade("buy", "1")
    desk.trade("close", "25", quantity_kind="percent_of_position")

    assert [position.quantity for position in rows(Position)] == [D("0.75")]


def test_an_alert_in_dollars_is_not_taken_for_units(desk: Desk) -> None:
    desk.trade("buy", "500", quantity_kind="dollars")

    [order] = rows(Order)
    assert D("0.0099") < order.quantity < D("0.01")


def test_a_reported_size_makes_up_for_a_lost_alert(desk: Desk) -> None:
    desk.trade("buy", "0.1", target="long", target_size=D("0.2"))

    assert [order.quantity for order in rows(Order)] == [D("0.2")]
    again = desk.trade("buy", "0.1", target="long", target_size=D("0.2"))
    assert again.status == "ignored"


def test_a_smaller_reported_size_sells_the_difference(desk: Desk) -> None:
    desk.trade("buy", "2")
    desk.trade("sell", "1", target="long", target_size=D("0.5"))

    assert [position.quantity for position in rows(Position)] == [D("0.5")]


def test_an_add_needs_a_position(desk: Desk) -> None:
    assert desk.trade("buy", "1", adds=True).status == "refused"


@pytest.mark.parametrize("stop", [StopLoss(Level(D(10), "percent"))])
def test_risk_sizing_loses_the_amount_at_the_stop(desk: Desk, stop: StopLoss) -> None:
    desk.trade("buy", "100", quantity_kind="risk_dollars", stop=stop)

    [entry] = legs("entry").values()
    loss = entry.quantity * (entry.reference_price / 10)
    assert D(98) < loss < D(100)
