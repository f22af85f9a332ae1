"""Which orders the sandbox's Coinbase refuses, in which words. Bitcoin is held at 100,000."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from coinbase.rest import RESTClient
from requests import HTTPError

from tests.coinbase_trader import balance, breaks, order, price, trader
from tests.venues import Sandbox

UNKNOWN = "UNKNOWN_FAILURE_REASON"
UNSUPPORTED = "UNSUPPORTED_ORDER_CONFIGURATION"
REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("BUY", "market_market_ioc", {}, UNKNOWN, "PREVIEW_INVALID_ORDER_CONFIG"),
    ("BUY", "market_market_ioc", {"quote_size": "0.99"}, UNKNOWN, "QUOTE_SIZE_TOO_SMALL"),
    ("BUY", "market_market_ioc", {"quote_size": "150000000.01"}, UNKNOWN, "QUOTE_SIZE_TOO_LARGE"),
    ("BUY", "market_market_ioc", {"quote_size": "5.001"}, "INVALID_SIZE_PRECISION", "QUOTE_SIZE"),
    ("BUY", "market_market_ioc", {"quote_size": "5", "base_size": "1"}, UNSUPPORTED, "CONFIG"),
    ("SELL", "market_market_ioc", {"quote_size": "5"}, UNSUPPORTED, "ORDER_CONFIG"),
    ("BUY", "market_market_ioc", {"quote_size": "10000.01"}, "INSUFFICIENT_FUND", "FUND"),
    ("BUY", "market_market_ioc", {"base_size": "0.09882"}, "INSUFFICIENT_FUND", "FUND"),
    ("SELL", "market_market_ioc", {"base_size": "1.00000001"}, "INSUFFICIENT_FUND", "FUND"),
    ("SELL", "market_market_ioc", {"base_size": "0.000000001"}, "INVALID_SIZE_PRECISION", "SIZE"),
    ("SELL", "market_market_ioc", {"base_size": "0.00000999"}, UNKNOWN, "BASE_SIZE_TOO_SMALL"),
    ("SELL", "market_market_ioc", {"base_size": "300"}, UNKNOWN, "BASE_SIZE_TOO_LARGE"),
    ("BUY", "sor_limit_ioc", {"base_size": "1"}, UNSUPPORTED, "ORDER_CONFIG"),
    (
        "BUY",
        "limit_limit_gtc",
        {"base_size": "0.01", "limit_price": "99000.001"},
        "INVALID_PRICE_PRECISION",
        "PREVIEW_INVALID_PRICE_PRECISION",
    ),
    (
        "BUY",
        "limit_limit_gtc",
        {"base_size": "0.01", "limit_price": "100010", "post_only": True},
        "INVALID_LIMIT_PRICE_POST_ONLY",
        "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
    ),
    (
        "BUY",
        "limit_limit_gtd",
        {"base_size": "0.01", "limit_price": "99000", "end_time": "2026-11-20T15:00:00Z"},
        UNKNOWN,
        "PREVIEW_INVALID_END_TIME",
    ),
    (
        "BUY",
        "stop_limit_stop_limit_gtc",
        {"base_size": "0.01", "limit_price": "99500", "stop_price": "99000"},
        UNKNOWN,
        "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
    ),
    (
        "BUY",
        "stop_limit_stop_limit_gtc",
        {"base_size": "0.01", "limit_price": "101000", "stop_price": "102000"},
        UNKNOWN,
        "PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE",
    ),
    (
        "SELL",
        "stop_limit_stop_limit_gtc",
        {"base_size": "0.01", "limit_price": "100500", "stop_price": "101000"},
        UNKNOWN,
        "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
    ),
    (
        "SELL",
        "stop_limit_stop_limit_gtc",
        {"base_size": "0.01", "limit_price": "99000", "stop_price": "98000"},
        UNKNOWN,
        "PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE",
    ),
    (
        "SELL",
        "stop_limit_stop_limit_gtc",
        {
            "base_size": "0.01",
            "limit_price": "98000",
            "stop_price": "99000",
            "stop_direction": "STOP_DIRECTION_STOP_UP",
        },
        UNSUPPORTED,
        "PREVIEW_INVALID_ORDER_CONFIG",
    ),
    (
        "SELL",
        "trigger_bracket_gtc",
        {"base_size": "0.01", "limit_price": "99000", "stop_trigger_price": "98000"},
        UNKNOWN,
        "PREVIEW_INVALID_BRACKET_PRICES",
    ),
    (
        "SELL",
        "trigger_bracket_gtc",
        {"base_size": "0.01", "limit_price": "99000", "stop_trigger_price": "101000"},
        UNKNOWN,
        "PREVIEW_INVALID_BRACKET_PRICES",
    ),
    ("BUY", "twap_limit_gtd", {"base_size": "0.01"}, UNSUPPORTED, "PREVIEW_INVALID_ORDER_CONFIG"),
]


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RESTClient]:
    sandbox.reset()
    price(sandbox, 100_000)
    yield trader(sandbox, balances={"USD": "10000", "BTC": "1"})
    sandbox.reset()


@pytest.mark.parametrize(("side", "name", "fields", "error", "preview"), REFUSED)
def test_an_order_against_the_rules_is_refused_with_status_200_and_in_its_preview(
    client: RESTClient, side: str, name: str, fields: dict[str, Any], error: str, preview: str
) -> None:
    answer = order(client, side, **{name: fields})
    assert (answer.success, answer.error_response["error"]) == (False, error)
    assert preview in answer.error_response["preview_failure_reason"]
    (shown,) = client.preview_order("BTC-USD", side, {name: fields}).errs
    assert shown == answer.error_response["preview_failure_reason"]
    assert client.list_orders().orders == []
    assert (balance(client, "USD"), balance(client, "BTC")) == (("10000", "0"), ("1", "0"))


@pytest.mark.parametrize(
    ("product", "side", "error"),
    [("NOPE-USD", "BUY", "INVALID_PRODUCT_ID"), ("BTC-USD", "HOLD", "INVALID_SIDE")],
)
def test_an_unknown_product_or_side_is_refused(
    client: RESTClient, product: str, side: str, error: str
) -> None:
    market = {"market_market_ioc": {"quote_size": "5"}}
    answer = client.create_order(uuid.uuid4().hex, product, side, market)
    assert answer.error_response["error"] == error


@pytest.mark.parametrize(
    ("attached", "error"),
    [
        ({"limit_price": "99000", "stop_trigger_price": "98000"}, UNKNOWN),
        ({"limit_price": "102000", "stop_trigger_price": "101000"}, UNKNOWN),
        ({"limit_price": "102000"}, UNSUPPORTED),
        (
            {"limit_price": "102000", "stop_trigger_price": "98000", "base_size": "0.01"},
            "ATTACHED_ORDER_SIZE_MUST_BE_NIL",
        ),
    ],
)
def test_protection_on_the_wrong_side_or_with_a_size_is_refused(
    client: RESTClient, attached: dict[str, str], error: str
) -> None:
    answer = client.create_order(
        uuid.uuid4().hex,
        "BTC-USD",
        "BUY",
        {"market_market_ioc": {"quote_size": "100"}},
        attached_order_configuration={"trigger_bracket_gtc": attached},
    )
    assert (answer.success, answer.error_response["error"]) == (False, error)


@pytest.mark.parametrize("size", [5, 5.0, "five", "NaN"])
def test_a_size_that_is_no_string_of_digits_is_a_bad_request(
    client: RESTClient, size: object
) -> None:
    with pytest.raises(HTTPError, match="400"):
        order(client, market_market_ioc={"quote_size": size})


def test_an_order_without_a_client_order_id_is_a_bad_request(client: RESTClient) -> None:
    with pytest.raises(HTTPError, match="client_order_id is required"):
        client.post("/api/v3/brokerage/orders", data={"product_id": "BTC-USD"})


def test_what_open_orders_hold_cannot_be_spent_again(client: RESTClient) -> None:
    rests = order(client, "SELL", limit_limit_gtc={"base_size": "0.7", "limit_price": "110000"})
    assert rests.success
    answer = order(client, "SELL", market_market_ioc={"base_size": "0.31"})
    assert answer.error_response["error"] == "INSUFFICIENT_FUND"
    assert balance(client, "BTC") == ("0.3", "0.7")


def test_a_configuration_can_be_switched_off(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "unsupported", word="trigger_bracket", count=2)
    fields = {"base_size": "0.01", "limit_price": "110000", "stop_trigger_price": "90000"}
    preview = client.preview_order("BTC-USD", "SELL", {"trigger_bracket_gtc": fields})
    assert preview.errs == ["PREVIEW_INVALID_ORDER_CONFIG"]
    assert order(client, "SELL", trigger_bracket_gtc=fields).success is False


def test_a_preview_of_what_is_allowed_tells_costs_and_keeps_nothing(client: RESTClient) -> None:
    shown = client.preview_order("BTC-USD", "BUY", {"market_market_ioc": {"base_size": "0.01"}})
    assert (shown.errs, shown.order_total, shown.commission_total) == ([], "1012.1012", "12.0012")
    assert (shown.best_bid, shown.best_ask) == ("99990", "100010")
    assert balance(client, "USD") == ("10000", "0")
