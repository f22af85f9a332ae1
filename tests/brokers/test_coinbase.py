"""Coinbase Advanced through its real SDK: orders and what becomes of them."""

import pytest
from coinbase.rest import RESTClient

from tests.brokers.coinbase_account import D, an_order, listed, resting
from tests.coinbase_trader import breaks
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers.broker import Attached, Broker, OrderRequest, Reference
from tradingrobotplug.trading.accounts import patiently


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
    coinbase: Broker, account: RESTClient, order: OrderRequest, name: str, prices: list[str]
) -> None:
    outcome = coinbase.submit(order)
    assert outcome.state in ("accepted", "filled")
    shown = account.get_order(outcome.broker_order_id).order.to_dict()
    fields = shown["order_configuration"][name]
    assert [fields[key] for key in fields if key.endswith("_price")] == prices
    assert fields["base_size"] == "0.001"


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (an_order(type="trailing_stop", time_in_force="gtc"), "takes no trailing stop order"),
        (resting(time_in_force="day"), "takes no limit order that is DAY"),
        (an_order(asset_type="stocks", symbol="AAPL"), "crypto only"),
        (an_order(symbol="NOSUCH-USD"), "does not list NOSUCH-USD"),
        (an_order(quantity=D("0.000000009")), "no order of less than 0.00000001 BTC"),
        (an_order(quantity=D(300)), "no order of more than 219 BTC"),
        (resting(quantity=D("0.00001")), "worth less than $1"),
        (resting(limit_price=None), "lacks its limit price"),
        (
            resting(type="bracket", stop_price=D(80_000), stop_limit_price=D(79_000)),
            "5 % beyond the stop",
        ),
        (an_order(attached=Attached(stop=D(95_000))), "a target and a stop together"),
        (an_order(side="sell", attached=Attached(D(1), D(2))), "market and limit buys only"),
    ],
)
def test_what_coinbase_can_t_take_is_rejected_before_it_is_sent(
    coinbase: Broker, account: RESTClient, order: OrderRequest, sentence: str
) -> None:
    outcome = coinbase.submit(order)
    assert outcome.state == "rejected"
    assert sentence in str(outcome.reason)
    assert listed(account) == []


def test_a_limit_between_two_steps_is_never_worse_than_asked_for(
    coinbase: Broker, account: RESTClient
) -> None:
    buys = coinbase.submit(resting(limit_price=D("90000.009")))
    sells = coinbase.submit(resting(side="sell", limit_price=D("110000.001")))
    shown = [account.get_order(o.broker_order_id).order.to_dict() for o in (buys, sells)]
    limits = [order["order_configuration"]["limit_limit_gtc"]["limit_price"] for order in shown]
    assert limits == ["90000", "110000.01"]


def test_an_entry_brings_its_bracket_which_is_found_by_its_entry(
    coinbase: Broker, account: RESTClient
) -> None:
    entry = an_order(attached=Attached(take_profit=D(110_000), stop=D(95_000)))
    bought = coinbase.submit(entry)
    leg = Reference("of ours", None, "BTC-USD", clock.now(), attached_to=bought.broker_order_id)
    guard = coinbase.look_up(leg)
    assert guard is not None
    assert (guard.state, guard.client_order_id) == ("accepted", "of ours")
    (resting_there,) = patiently(coinbase.open_orders)
    assert resting_there.broker_order_id == guard.broker_order_id
    assert (resting_there.side, resting_there.quantity) == ("sell", D("0.001"))


def test_an_entry_without_a_bracket_has_none(coinbase: Broker) -> None:
    bought = coinbase.submit(an_order())
    leg = Reference("of ours", None, "BTC-USD", clock.now(), attached_to=bought.broker_order_id)
    assert coinbase.look_up(leg) is None


def test_an_order_that_fails_after_acceptance_is_rejected(
    coinbase: Broker, markets: Sandbox
) -> None:
    breaks(markets, "fail")
    outcome = coinbase.submit(an_order())
    assert (outcome.state, outcome.reason) == ("rejected", "HOLD_FAILURE")


def test_an_order_that_meets_no_one_within_its_limit_is_cancelled(coinbase: Broker) -> None:
    outcome = coinbase.submit(resting(time_in_force="ioc"))
    assert (outcome.state, outcome.executions) == ("cancelled", ())
    assert outcome.reason == "No liquidity within the limit"


def test_orders_in_the_book_and_on_their_way_are_open(coinbase: Broker, markets: Sandbox) -> None:
    rests = coinbase.submit(resting())
    breaks(markets, "wait", word="QUEUED", seconds=60)
    waits = coinbase.submit(an_order())
    assert {order.broker_order_id for order in patiently(coinbase.open_orders)} == {
        rests.broker_order_id,
        waits.broker_order_id,
    }
