"""What loses money, at Coinbase: each number is one of the ways that brokers' APIs offer."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from coinbase.rest import RESTClient

from tests.brokers.coinbase_account import (
    KEY,
    ORDERS,
    D,
    an_order,
    listed,
    opened,
    polls_until_refused,
    resting,
    sent,
)
from tests.coinbase_trader import SECRET, balance, breaks, trader
from tests.venues import Sandbox
from tradingrobotplug.brokers import coinbase_wire, venues
from tradingrobotplug.brokers.broker import Broker, NoClearAnswer, NotReached
from tradingrobotplug.brokers.keys import BrokerKeys


def test_loss_1_the_same_order_again_is_one_order(coinbase: Broker, account: RESTClient) -> None:
    order = an_order()
    with ThreadPoolExecutor(max_workers=2) as pool:
        first, second = pool.map(coinbase.submit, [order, order])
    assert first == second
    assert listed(account) == [first.broker_order_id]
    assert balance(account, "BTC") == ("1.001", "0")


def test_loss_1_an_id_that_coinbase_refuses_as_known_is_the_order_that_there_is(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    order = an_order()
    first = coinbase.submit(order)
    breaks(markets, "duplicate_id", count=2)
    assert coinbase.submit(order) == first
    assert coinbase.submit(replace(order, quantity=D("0.002"))).state == "rejected"
    assert listed(account) == [first.broker_order_id]


@pytest.mark.parametrize("kind", ["hang_after", "status_after", "html_after"])
def test_loss_2_an_answer_lost_after_acceptance_is_in_doubt_and_the_same_id_finds_the_order(
    account: RESTClient, markets: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(coinbase_wire, "TIMEOUT", (1.0, 0.5))
    impatient, order = opened(), an_order()
    breaks(markets, kind, seconds=0.8)
    with pytest.raises(NoClearAnswer):
        impatient.submit(order)
    found = opened().submit(order)
    assert (found.state, found.filled_quantity) == ("filled", D("0.001"))
    assert listed(account) == [found.broker_order_id]
    assert opened().look_up(sent(order)) == found


def test_loss_3_a_state_that_nobody_knows_leaves_an_accepted_order(
    coinbase: Broker, markets: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    breaks(markets, "unknown_status", word="BEING_CONSIDERED")
    with caplog.at_level(logging.WARNING):
        outcome = coinbase.submit(resting())
    assert (outcome.state, outcome.broker_order_id is None) == ("accepted", False)
    assert "broker.state_unknown" in [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("kind", ["status_after", "html_after"])
@pytest.mark.parametrize("path", [f"{ORDERS}/historical/", f"{ORDERS}/historical/fills"])
def test_loss_3_an_order_that_can_t_be_read_after_acceptance_is_accepted(
    coinbase: Broker, markets: Sandbox, kind: str, path: str
) -> None:
    order = an_order()
    breaks(markets, kind, path=path)
    outcome = coinbase.submit(order)
    assert (outcome.state, outcome.executions) == ("accepted", ())
    later = coinbase.look_up(sent(order, outcome))
    assert later is not None
    assert (later.state, later.broker_order_id) == ("filled", outcome.broker_order_id)


@pytest.mark.parametrize("word", ["INSUFFICIENT_FUND", "UNKNOWN_FAILURE_REASON", "A_NEW_WORD"])
def test_loss_4_success_false_inside_a_200_is_rejected(
    coinbase: Broker, account: RESTClient, markets: Sandbox, word: str
) -> None:
    breaks(markets, "refuse", word=word)
    outcome = coinbase.submit(an_order())
    assert (outcome.state, outcome.broker_order_id) == ("rejected", None)
    assert word in str(outcome.reason)
    assert listed(account) == []


@pytest.mark.parametrize(
    "changes", [{"quantity": D("0.002")}, {"side": "sell"}, {"symbol": "ETH-USD"}], ids=str
)
def test_loss_5_an_id_that_another_order_has_is_refused(
    coinbase: Broker, account: RESTClient, changes: dict[str, object]
) -> None:
    order = an_order()
    first = coinbase.submit(order)
    other = coinbase.submit(replace(order, **changes))  # type: ignore[arg-type]
    assert (other.state, other.broker_order_id) == ("rejected", None)
    assert listed(account) == [first.broker_order_id]


def test_loss_5_an_order_without_an_id_is_not_sent(coinbase: Broker, account: RESTClient) -> None:
    outcome = coinbase.submit(an_order(client_order_id=""))
    assert (outcome.state, listed(account)) == ("rejected", [])


def test_loss_8_what_traded_before_a_cancel_is_kept(coinbase: Broker, markets: Sandbox) -> None:
    breaks(markets, "partial_rest", part="0.4", seconds=60)
    order = resting(limit_price=D(101_000))
    part = coinbase.submit(order)
    assert (part.state, part.filled_quantity) == ("partially_filled", D("0.0004"))
    ended = coinbase.cancel(sent(order, part))
    assert ended is not None
    assert (ended.state, ended.executions) == ("cancelled", part.executions)


def test_loss_8_an_order_has_not_ended_before_its_executions_are_there(
    coinbase: Broker, markets: Sandbox
) -> None:
    breaks(markets, "partial_cancel", part="0.4")
    breaks(markets, "late_fills", seconds=1)
    order = an_order()
    early = coinbase.submit(order)
    assert (early.state, early.executions) == ("accepted", ())
    ended = coinbase.cancel(sent(order, early))  # too late, and it waits for what traded
    assert ended is not None
    assert (ended.state, ended.filled_quantity) == ("cancelled", D("0.0004"))


def test_loss_9_sizes_are_exact_and_a_sale_is_never_rounded_up(
    coinbase: Broker, account: RESTClient
) -> None:
    outcome = coinbase.submit(an_order(side="sell", quantity=D("0.123456789999")))
    assert outcome.filled_quantity == D("0.12345678")
    assert coinbase.positions() == {"BTC-USD": 1 - D("0.12345678")}


def test_loss_10_units_bought_for_dollars_are_read_from_fills_to_the_last_digit(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    trader(markets, KEY, balances={"USD": "1000000", "BTC": "1"})
    spent = account.create_order("by-hand", "BTC-USD", "BUY", {"market_market_ioc": SPEND})
    order = an_order(client_order_id="by-hand")
    found = coinbase.look_up(sent(order, None))
    assert found is not None
    shown = account.get_order(spent.success_response["order_id"]).order
    assert (found.state, found.filled_quantity) == ("filled", D(shown.filled_size))
    fills = account.get_fills(order_ids=[shown.order_id]).fills
    dollars = sorted(round(D(fill.size), 6) for fill in fills)
    assert len(dollars) > 1
    assert sorted(round(one.quantity * one.price, 6) for one in found.executions) == dollars
    assert coinbase.positions()["BTC-USD"] == 1 + found.filled_quantity
    assert coinbase.submit(order).state == "rejected"  # dollars are no size of ours


SPEND = {"quote_size": "600000"}  # more than the best level of the book offers


def test_loss_12_coinbase_has_no_paper_trading(markets: Sandbox) -> None:
    with pytest.raises(ValueError, match="no 'paper' environment"):
        venues.opened("coinbase", "paper", BrokerKeys("key", SECRET))


def test_loss_16_polling_leaves_the_requests_that_an_exit_needs(
    account: RESTClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coinbase_wire, "_PER_SECOND", 0.01)  # nothing comes back meanwhile
    coinbase = opened()
    assert polls_until_refused(coinbase) == 6
    sold = coinbase.submit(an_order(side="sell", is_exit=True))
    assert (sold.state, sold.filled_quantity) == ("filled", D("0.001"))


def test_loss_17_other_words_for_people_change_nothing(
    coinbase: Broker, account: RESTClient, markets: Sandbox
) -> None:
    usd = balance(account, "USD")
    misleading = "Success! ORDER_ENTRY_DISABLED, DUPLICATE_CLIENT_ORDER_ID, please retry"
    breaks(markets, "refuse", word="INSUFFICIENT_FUND", message=misleading)
    assert coinbase.submit(an_order()).state == "rejected"
    breaks(markets, "refuse", word="ORDER_ENTRY_DISABLED", message="Insufficient funds")
    with pytest.raises(NotReached):
        coinbase.submit(an_order())
    assert balance(account, "USD") == usd
