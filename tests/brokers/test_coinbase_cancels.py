"""Finding and ending orders at Coinbase, whose lists lag and whose cancellations may lose."""

import time

import pytest
from coinbase.rest import RESTClient

from tests.brokers.coinbase_account import D, an_order, resting, sent, sent_before
from tests.coinbase_trader import breaks
from tests.venues import Sandbox
from tradingrobotplug.brokers.broker import Broker, NoClearAnswer
from tradingrobotplug.trading.accounts import patiently


def test_an_order_is_found_by_our_id_among_others(coinbase: Broker) -> None:
    order = resting()
    placed = coinbase.submit(order)
    coinbase.submit(resting())
    assert coinbase.look_up(sent(order)) == placed


def test_an_order_that_was_never_sent_is_certainly_not_there(coinbase: Broker) -> None:
    assert coinbase.look_up(sent_before(an_order(), seconds=11)) is None
    assert coinbase.cancel(sent_before(an_order(), seconds=11)) is None


def test_an_order_that_may_have_just_been_sent_is_not_said_to_be_missing(coinbase: Broker) -> None:
    with pytest.raises(NoClearAnswer):
        coinbase.look_up(sent(an_order()))


def test_an_order_out_of_sight_is_accepted_and_never_said_to_be_missing(
    coinbase: Broker, markets: Sandbox
) -> None:
    breaks(markets, "late", seconds=60)
    order = an_order()
    placed = coinbase.submit(order)
    assert placed.state == "accepted"
    with pytest.raises(NoClearAnswer, match="at present"):
        coinbase.look_up(sent(order, placed))


def test_a_cancelled_order_has_ended(coinbase: Broker, account: RESTClient) -> None:
    order = resting()
    ended = coinbase.cancel(sent(order, coinbase.submit(order)))
    assert ended is not None
    assert (ended.state, ended.reason) == ("cancelled", "User requested cancel")
    assert patiently(coinbase.open_orders) == []
    assert coinbase.cancel(sent(order, ended)) == ended


def test_an_order_is_cancelled_by_our_id_alone(coinbase: Broker) -> None:
    order = resting()
    coinbase.submit(order)
    ended = coinbase.cancel(sent(order))
    assert ended is not None
    assert ended.state == "cancelled"


def test_a_cancel_that_comes_too_late_says_filled(coinbase: Broker) -> None:
    order = an_order()
    ended = coinbase.cancel(sent(order, coinbase.submit(order)))
    assert ended is not None
    assert (ended.state, ended.filled_quantity) == ("filled", D("0.001"))


def test_a_queued_cancel_is_waited_for(coinbase: Broker, markets: Sandbox) -> None:
    breaks(markets, "slow_cancel", seconds=0.6)
    order = resting()
    ended = coinbase.cancel(sent(order, coinbase.submit(order)))
    assert ended is not None
    assert ended.state == "cancelled"


def test_a_cancel_that_stays_queued_is_not_said_to_be_done(
    coinbase: Broker, markets: Sandbox
) -> None:
    breaks(markets, "slow_cancel", seconds=60)
    order = resting()
    placed, started = coinbase.submit(order), time.monotonic()
    with pytest.raises(NoClearAnswer, match="has not ended"):
        coinbase.cancel(sent(order, placed))
    assert 1.5 < time.monotonic() - started < 6


def test_a_cancel_refused_inside_a_200_is_not_said_to_be_done(
    coinbase: Broker, markets: Sandbox
) -> None:
    breaks(markets, "refuse_cancel", word="COMMANDER_REJECTED_CANCEL_ORDER")
    order = resting()
    with pytest.raises(NoClearAnswer, match="COMMANDER_REJECTED_CANCEL_ORDER"):
        coinbase.cancel(sent(order, coinbase.submit(order)))
    assert len(patiently(coinbase.open_orders)) == 1


def test_a_fill_during_a_cancel_is_kept(coinbase: Broker, markets: Sandbox) -> None:
    order = resting()
    placed = coinbase.submit(order)
    breaks(markets, "slow_cancel", seconds=60)
    with pytest.raises(NoClearAnswer):
        coinbase.cancel(sent(order, placed))
    markets.tell("price", symbol="BTC-USD", price=89_000)
    found = coinbase.cancel(sent(order, placed))
    assert found is not None
    assert (found.state, found.filled_quantity) == ("filled", D("0.001"))
