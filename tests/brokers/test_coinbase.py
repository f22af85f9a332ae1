"""Coinbase Advanced through its real SDK: orders and what becomes of them."""

import pytest
from coinbase.rest import RESTClient

from tests.brokers.coinbase_account import D, an_order, resting
from tradingrobotplug.brokers.broker import Broker


def test_a_market_order_is_filled_with_its_executions(
    coinbase: Broker, account: RESTClient
) -> None:
    outcome = coinbase.submit(an_order())
    (part,) = outcome.executions
    shown = account.get_order(outcome.broker_order_id).order
    assert outcome.state == "filled"
    assert part.quantity == D("0.001")
    assert part.price == D(shown.average_filled_price)
    assert part.fee == D(shown.total_fees) == part.price * part.quantity * D("0.012")
    assert part.id == account.get_fills(order_ids=[outcome.broker_order_id]).fills[0].entry_id


SELL = {"side": "sell"}


@pytest.mark.parametrize(
    ("order", "name", "prices"),
    [
        (resting(), "limit_limit_gtc", ["90000"]),
        (resting(limit_price=D(101_000), time_in_force="ioc"), "sor_limit_ioc", ["101000"]),
        (resting(limit_price=D(101_000), time_in_force="fok"), "limit_limit_fok", ["101000"]),
        (
            resting(type="stop_limit", stop_price=D(95_000), **SELL),
            "stop_limit_stop_limit_gtc",
            ["90000", "95000"],
        ),
        (
            resting(type="stop", limit_price=None, stop_price=D(95_000), **SELL),
            "stop_limit_stop_limit_gtc",
            ["90250", "95000"],
        ),
        (
            resting(type="stop", limit_price=None, stop_price=D(105_000)),
            "stop_limit_stop_limit_gtc",
            ["110250", "105000"],
        ),
        (
            resting(type="bracket", limit_price=D(110_000), stop_price=D(95_000), **SELL),
            "trigger_bracket_gtc",
            ["110000", "95000"],
        ),
    ],
    ids=["limit", "ioc", "fok", "stop_limit", "stop", "stop buy", "bracket"],
)
def test_each_kind_of_order_is_taken_in_coinbase_s_own_terms(
    coinbase: Broker, account: RESTClient, order: object, name: str, prices: list[str]
) -> None:
    outcome = coinbase.submit(order)  # type: ignore[arg-type]
    assert outcome.state in ("accepted", "filled")
    shown = account.get_order(outcome.broker_order_id).order.to_dict()
    fields = shown["order_configuration"][name]
    assert [fields[key] for key in fields if key.endswith("_price")] == prices
    assert fields["base_size"] == "0.001"
