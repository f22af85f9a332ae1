"""How orders live at the sandbox's Coinbase: fills, fees, holds, triggers, ends."""

import threading
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
from coinbase.rest import RESTClient

from tests.coinbase_trader import balance, breaks, order, placed, price, trader
from tests.venues import Sandbox

D = Decimal
MARKET = {"market_market_ioc": {"quote_size": "100"}}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RESTClient]:
    sandbox.reset()
    price(sandbox, 100_000)
    yield trader(sandbox, balances={"USD": "10000", "BTC": "1"})
    sandbox.reset()


def test_the_fee_of_a_quote_size_comes_out_of_it_to_the_last_digit(client: RESTClient) -> None:
    bought = placed(client, **MARKET)
    assert (bought.status, bought.total_value_after_fees) == ("FILLED", "100")
    assert D(bought.filled_value) + D(bought.total_fees) == 100
    assert bought.size_inclusive_of_fees is True
    assert balance(client, "USD") == ("9900", "0")
    assert D(balance(client, "BTC")[0]) == 1 + D(bought.filled_size)


def test_a_fill_of_a_quote_size_is_told_in_the_quote_currency(client: RESTClient) -> None:
    bought = placed(client, **MARKET)
    (fill,) = client.get_fills(order_ids=[bought.order_id]).fills
    assert (fill.size_in_quote, fill.size) == (True, bought.filled_value)


def test_the_fee_of_a_base_size_comes_on_top_of_a_buy_and_out_of_a_sale(
    client: RESTClient,
) -> None:
    placed(client, market_market_ioc={"base_size": "0.01"})
    assert balance(client, "USD") == ("8987.8988", "0")  # 10000 - 1000.10 * 1.012
    placed(client, "SELL", market_market_ioc={"base_size": "0.01"})
    assert balance(client, "USD") == ("9975.8", "0")  # + 999.90 * 0.988


def test_a_resting_limit_holds_its_worst_cost_and_trades_at_its_price_for_the_makers_fee(
    sandbox: Sandbox, client: RESTClient
) -> None:
    bid = placed(client, limit_limit_gtc={"base_size": "0.01", "limit_price": "99000"})
    assert (bid.status, bid.outstanding_hold_amount) == ("OPEN", "1001.88")
    assert balance(client, "USD") == ("8998.12", "1001.88")
    price(sandbox, 98_500, seconds=5)
    filled = client.get_order(bid.order_id).order
    assert (filled.status, filled.average_filled_price) == ("FILLED", "99000")
    assert filled.total_fees == "5.94"
    assert balance(client, "USD") == ("9004.06", "0")
    assert client.get_fills(order_ids=[bid.order_id]).fills[0].liquidity_indicator == "MAKER"


def test_a_large_resting_order_fills_in_parts(sandbox: Sandbox) -> None:
    client = trader(sandbox, "whale", balances={"USD": "100000000"})
    price(sandbox, 100_000)
    bid = placed(client, limit_limit_gtc={"base_size": "8", "limit_price": "99000"})
    price(sandbox, 98_000, seconds=2)
    part = client.get_order(bid.order_id).order
    assert (part.status, 0 < D(part.filled_size) < 8) == ("OPEN", True)
    price(sandbox, 98_000, seconds=40)
    whole = client.get_order(bid.order_id).order
    assert (whole.status, whole.filled_size) == ("FILLED", "8")
    assert int(whole.number_of_fills) > 2


def test_a_market_order_larger_than_the_book_is_cancelled_after_its_part(sandbox: Sandbox) -> None:
    client = trader(sandbox, "whale", balances={"USD": "100000000"})
    price(sandbox, 100_000)
    bought = placed(client, market_market_ioc={"base_size": "150"})
    assert (bought.status, 0 < D(bought.filled_size) < 150) == ("CANCELLED", True)
    assert D(bought.average_filled_price) > 100_010
    assert balance(client, "USD")[1] == "0"


@pytest.mark.parametrize(
    ("name", "limit", "status"),
    [
        ("sor_limit_ioc", "100010", "FILLED"),
        ("sor_limit_ioc", "100000", "CANCELLED"),
        ("limit_limit_fok", "100010", "FILLED"),
        ("limit_limit_fok", "100000", "CANCELLED"),
        ("limit_limit_gtc", "100010", "FILLED"),
        ("limit_limit_gtc", "100000", "OPEN"),
    ],
)
def test_a_limit_trades_at_once_ends_or_rests(
    client: RESTClient, name: str, limit: str, status: str
) -> None:
    assert placed(client, **{name: {"base_size": "0.01", "limit_price": limit}}).status == status


def test_fill_or_kill_never_fills_in_part(sandbox: Sandbox) -> None:
    client = trader(sandbox, "whale", balances={"USD": "100000000"})
    price(sandbox, 100_000)
    killed = placed(client, limit_limit_fok={"base_size": "20", "limit_price": "100010"})
    assert (killed.status, killed.filled_size) == ("CANCELLED", "0")


def test_a_good_till_date_order_expires(sandbox: Sandbox, client: RESTClient) -> None:
    fields = {"base_size": "0.01", "limit_price": "99000", "end_time": "2026-11-20T15:31:00Z"}
    bid = placed(client, limit_limit_gtd=fields)
    price(sandbox, 98_000, seconds=61)
    assert client.get_order(bid.order_id).order.status == "EXPIRED"
    assert balance(client, "USD") == ("10000", "0")


@pytest.mark.parametrize(
    ("later", "status", "trigger"),
    [(97_900, "FILLED", "STOP_TRIGGERED"), (96_000, "OPEN", "STOP_TRIGGERED")],
)
def test_a_stop_limit_waits_for_its_stop_and_then_keeps_its_limit(
    sandbox: Sandbox, client: RESTClient, later: int, status: str, trigger: str
) -> None:
    fields = {"base_size": "0.01", "limit_price": "97000", "stop_price": "98000"}
    stop = placed(client, "SELL", stop_limit_stop_limit_gtc=fields)
    assert (stop.status, stop.trigger_status) == ("OPEN", "STOP_PENDING")
    price(sandbox, later, seconds=3)
    found = client.get_order(stop.order_id).order
    assert (found.status, found.trigger_status) == (status, trigger)


@pytest.mark.parametrize(("later", "at"), [(106_000, "105000"), (94_000, "93990.6")])
def test_a_bracket_takes_profit_at_its_limit_or_stops_at_the_market(
    sandbox: Sandbox, client: RESTClient, later: int, at: str
) -> None:
    fields = {"base_size": "0.01", "limit_price": "105000", "stop_trigger_price": "95000"}
    bracket = placed(client, "SELL", trigger_bracket_gtc=fields)
    assert balance(client, "BTC") == ("0.99", "0.01")
    price(sandbox, later, seconds=3)
    found = client.get_order(bracket.order_id).order
    assert (found.status, found.average_filled_price) == ("FILLED", at)


def entry(client: RESTClient, **configuration: dict[str, str]) -> tuple[str, str]:
    made = client.create_order(
        uuid.uuid4().hex,
        "BTC-USD",
        "BUY",
        configuration,
        attached_order_configuration={
            "trigger_bracket_gtc": {"limit_price": "105000", "stop_trigger_price": "95000"}
        },
    )
    answer = made.success_response
    return answer["order_id"], answer["attached_order_id"]


def test_attached_protection_wakes_when_the_entry_is_filled_and_leaves_its_dust(
    client: RESTClient,
) -> None:
    bought, protection = entry(client, **MARKET)
    found = client.get_order(protection).order
    size = found.order_configuration.trigger_bracket_gtc.base_size
    assert (found.status, found.side, found.originating_order_id) == ("OPEN", "SELL", bought)
    assert D(client.get_order(bought).order.filled_size) - D(size) < D("0.00000001")
    assert balance(client, "BTC")[1] == size


def test_attached_protection_ends_with_an_entry_that_was_cancelled_after_a_part(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "partial_cancel", part="0.4")
    bought, protection = entry(client, market_market_ioc={"base_size": "0.01"})
    assert client.get_order(bought).order.filled_size == "0.004"
    assert client.get_order(protection).order.status == "CANCELLED"


def test_the_same_client_order_id_is_one_order_even_for_twelve_at_once(client: RESTClient) -> None:
    answers: list[str] = []

    def send(quote: str) -> None:
        market = {"market_market_ioc": {"quote_size": quote}}
        made = client.create_order("one-id", "BTC-USD", "BUY", market)
        answers.append(made.success_response["order_id"])

    threads = [threading.Thread(target=send, args=(str(5 + n),)) for n in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (len(answers), len(set(answers))) == (12, 1)
    assert len(client.list_orders().orders) == 1


def test_a_cancellation_fails_one_by_one_inside_an_answer_with_status_200(
    client: RESTClient,
) -> None:
    rests = placed(client, limit_limit_gtc={"base_size": "0.01", "limit_price": "90000"})
    bought = placed(client, **MARKET)
    wanted = [rests.order_id, bought.order_id, "nowhere", rests.order_id]
    results = client.cancel_orders(wanted).results
    assert [(r.success, r.failure_reason) for r in results] == [
        (True, "UNKNOWN_CANCEL_FAILURE_REASON"),
        (False, "ORDER_IS_FULLY_FILLED"),
        (False, "UNKNOWN_CANCEL_ORDER"),
        (False, "INVALID_CANCEL_REQUEST"),
    ]
    assert client.get_order(rests.order_id).order.status == "CANCELLED"


def test_orders_are_listed_by_filters_in_pages(client: RESTClient) -> None:
    rests = [
        placed(client, limit_limit_gtc={"base_size": "0.01", "limit_price": f"9{n}000"}).order_id
        for n in range(3)
    ]
    sold = placed(client, "SELL", market_market_ioc={"base_size": "0.01"}).order_id
    first = client.list_orders(order_status=["OPEN"], limit=2)
    second = client.list_orders(order_status=["OPEN"], limit=2, cursor=first.cursor)
    assert [o.order_id for o in [*first.orders, *second.orders]] == rests[::-1]
    assert (first.has_next, second.has_next) == (True, False)
    assert [o.order_id for o in client.list_orders(order_side="SELL").orders] == [sold]
    assert client.list_orders(product_ids=["ETH-USD"]).orders == []
    assert client.list_orders(client_order_id="x").orders != []  # no such filter: not applied


def test_two_keys_of_one_portfolio_see_one_book(sandbox: Sandbox) -> None:
    old = trader(sandbox, "old", portfolio="shared", balances={"USD": "1000"})
    new = trader(sandbox, "new", portfolio="shared", can_trade=True)
    assert order(old, **MARKET).success
    assert balance(new, "USD") == ("900", "0")
