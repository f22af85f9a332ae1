"""Coinbase's own SDK trades at the sandbox: every answer holds what the SDK's types name."""

import base64
import inspect
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from coinbase.rest import RESTClient
from coinbase.rest.types import (
    accounts_types,
    data_api_types,
    fees_types,
    orders_types,
    product_types,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.coinbase_trader import order, placed, price, trader
from tests.venues import Sandbox
from tradingrobotplug.marketdata.transport import fit

MARKET = {"market_market_ioc": {"quote_size": "100"}}
BRACKET = {"limit_price": "105000", "stop_trigger_price": "95000"}
# What Coinbase tells of futures and of margin only, or leaves out.
ELSEWHERE = {
    "fcm_trading_session_details",
    "future_product_details",
    "approximate_quote_24h_volume",
    "advanced_trade_only_volumes",
    "order_margin_total",
    "leverage",
    "long_leverage",
    "short_leverage",
    "current_liquidation_buffer",
    "projected_liquidation_buffer",
    "max_leverage",
    "pnl_configuration",
    "failure_reason",
    "error_response",
    "order_id",
}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RESTClient]:
    sandbox.reset()
    price(sandbox, 100_000)
    yield trader(sandbox, balances={"USD": "10000", "BTC": "1"})
    sandbox.reset()


def named_by(kind: Any) -> set[str]:
    """The keys that a type of the SDK looks for in an answer."""
    source = inspect.getsource(kind.__init__)
    return set(re.findall(r'"(\w+)" in (?:kwargs|response)', source))


ANSWERS: dict[str, tuple[Any, Callable[[RESTClient], Any]]] = {
    "created": (orders_types.CreateOrderResponse, lambda c: order(c, **MARKET)),
    "order": (orders_types.Order, lambda c: placed(c, **MARKET)),
    "fill": (orders_types.Fill, lambda c: (placed(c, **MARKET), c.get_fills().fills[0])[1]),
    "orders": (orders_types.ListOrdersResponse, lambda c: c.list_orders()),
    "preview": (
        orders_types.PreviewOrderResponse,
        lambda c: c.preview_market_order_buy("BTC-USD", quote_size="100"),
    ),
    "cancelled": (orders_types.CancelOrderObject, lambda c: c.cancel_orders(["x"]).results[0]),
    "accounts": (accounts_types.ListAccountsResponse, lambda c: c.get_accounts()),
    "account": (
        accounts_types.Account,
        lambda c: c.get_account(c.get_accounts().accounts[0].uuid).account,
    ),
    "fees": (fees_types.GetTransactionSummaryResponse, lambda c: c.get_transaction_summary()),
    "permissions": (
        data_api_types.GetAPIKeyPermissionsResponse,
        lambda c: c.get_api_key_permissions(),
    ),
    "product": (product_types.GetProductResponse, lambda c: c.get_product("BTC-USD")),
    "products": (product_types.ListProductsResponse, lambda c: c.get_products()),
    "best": (product_types.PriceBook, lambda c: c.get_best_bid_ask(["BTC-USD"]).pricebooks[0]),
    "book": (product_types.GetProductBookResponse, lambda c: c.get_product_book("BTC-USD")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_holds_every_field_that_the_sdk_names(client: RESTClient, name: str) -> None:
    kind, ask = ANSWERS[name]
    answer = ask(client)
    assert isinstance(answer, kind)
    assert named_by(kind) - set(vars(answer)) - ELSEWHERE == set()


def test_a_refusal_holds_every_field_that_the_sdk_names(client: RESTClient) -> None:
    refused = order(client, market_market_ioc={"quote_size": "99999"})
    assert named_by(orders_types.CreateOrderResponse) - set(vars(refused)) == {"success_response"}
    assert set(refused.error_response) == named_by(orders_types.CreateOrderError)
    assert refused.success is False


PLACED: dict[str, Callable[[RESTClient, str], Any]] = {
    "market buy": lambda c, i: c.market_order_buy(i, "BTC-USD", quote_size="50"),
    "market sell": lambda c, i: c.market_order_sell(i, "BTC-USD", base_size="0.001"),
    "ioc": lambda c, i: c.limit_order_ioc_buy(i, "BTC-USD", "0.001", "101000"),
    "gtc": lambda c, i: c.limit_order_gtc_buy(i, "BTC-USD", "0.001", "99000"),
    "gtd": lambda c, i: c.limit_order_gtd_buy(
        i, "BTC-USD", "0.001", "99000", "2026-11-21T00:00:00Z"
    ),
    "fok": lambda c, i: c.limit_order_fok_buy(i, "BTC-USD", "0.001", "101000"),
    "stop": lambda c, i: c.stop_limit_order_gtc_sell(
        i, "BTC-USD", "0.001", "94000", "95000", "STOP_DIRECTION_STOP_DOWN"
    ),
    "stop with an end": lambda c, i: c.stop_limit_order_gtd_buy(
        i, "BTC-USD", "0.001", "106000", "105000", "2026-11-21T00:00:00Z", "STOP_DIRECTION_STOP_UP"
    ),
    "bracket": lambda c, i: c.trigger_bracket_order_gtc_sell(
        i, "BTC-USD", "0.001", "105000", "95000"
    ),
    "entry with protection": lambda c, i: c.create_order(
        i, "BTC-USD", "BUY", MARKET, attached_order_configuration={"trigger_bracket_gtc": BRACKET}
    ),
}


@pytest.mark.parametrize("name", PLACED)
def test_each_order_of_the_sdk_is_accepted_and_read_back(client: RESTClient, name: str) -> None:
    mine = uuid.uuid4().hex
    accepted = PLACED[name](client, mine)
    assert accepted.success, accepted.error_response
    found = client.get_order(accepted.success_response["order_id"]).order
    assert (found.client_order_id, found.product_id) == (mine, "BTC-USD")
    assert found.order_configuration.to_dict() == accepted.order_configuration.to_dict()


def test_a_key_of_the_edwards_kind_trades_as_well(sandbox: Sandbox, client: RESTClient) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    sandbox.tell("keys", broker="coinbase", key="edwards", public_key=public.decode())
    secret = base64.b64encode(private.private_bytes_raw()).decode()
    host = sandbox.url.removeprefix("http://")
    edwards = RESTClient(api_key="edwards", api_secret=secret, base_url=host, timeout=5)
    fit(edwards.session)
    assert order(edwards, **MARKET).success


def test_an_empty_client_order_id_makes_the_sdk_place_two_orders(client: RESTClient) -> None:
    made = [client.create_order("", "BTC-USD", "BUY", MARKET).success for _ in range(2)]
    assert (made, len(client.list_orders().orders)) == ([True, True], 2)


def test_the_sdk_raises_nothing_when_an_order_is_refused(client: RESTClient) -> None:
    assert order(client, market_market_ioc={"quote_size": "0.01"}).success is False
