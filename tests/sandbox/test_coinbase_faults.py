"""What can be made to go wrong at the sandbox's Coinbase, and what is true afterwards."""

from collections.abc import Iterator

import pytest
import requests
from coinbase.rest import RESTClient
from requests import HTTPError

from tests.coinbase_trader import balance, breaks, order, placed, price, trader
from tests.venues import HEADERS, Sandbox

MARKET = {"market_market_ioc": {"quote_size": "100"}}
RESTING = {"limit_limit_gtc": {"base_size": "0.01", "limit_price": "90000"}}
ORDERS = "/api/v3/brokerage/orders"


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RESTClient]:
    sandbox.reset()
    price(sandbox, 100_000)
    yield trader(sandbox, balances={"USD": "10000", "BTC": "1"})
    sandbox.reset()


def send(client: RESTClient) -> str:
    made = client.create_order("same-id", "BTC-USD", "BUY", MARKET)
    found: str = made.success_response["order_id"]
    return found


@pytest.mark.parametrize(("kind", "status"), [("status_after", "504"), ("html_after", "502")])
def test_an_answer_lost_after_acceptance_leaves_one_order_that_the_same_id_finds(
    sandbox: Sandbox, client: RESTClient, kind: str, status: str
) -> None:
    breaks(sandbox, kind)
    with pytest.raises(HTTPError, match=status):
        send(client)
    found = send(client)
    assert [o.order_id for o in client.list_orders().orders] == [found]
    assert balance(client, "USD") == ("9900", "0")


def test_an_answer_that_comes_too_late_leaves_one_order_that_the_same_id_finds(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "hang_after", seconds=0.6)
    client.timeout = 0.2
    with pytest.raises(requests.Timeout):
        send(client)
    client.timeout = 5
    assert send(client)
    assert len(client.list_orders().orders) == 1


@pytest.mark.parametrize("kind", ["status", "html"])
def test_a_failure_before_acceptance_leaves_no_order(
    sandbox: Sandbox, client: RESTClient, kind: str
) -> None:
    sandbox.tell("faults", path=ORDERS, kind=kind, status=500)
    with pytest.raises(HTTPError, match="500"):
        send(client)
    assert client.list_orders().orders == []


def test_a_refusal_is_no_order_and_does_not_use_up_its_id(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "refuse", word="INSUFFICIENT_FUND")
    refused = client.create_order("same-id", "BTC-USD", "BUY", MARKET)
    assert (refused.success, refused.error_response["error"]) == (False, "INSUFFICIENT_FUND")
    assert send(client)


def test_a_refusal_can_be_put_in_other_words(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "refuse", word="INSUFFICIENT_FUND", message="Not today")
    refused = client.create_order("same-id", "BTC-USD", "BUY", MARKET)
    assert refused.error_response["message"] == "Not today"


def test_a_known_id_can_be_refused_by_name(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "duplicate_id")
    found = send(client)
    refused = client.create_order("same-id", "BTC-USD", "BUY", MARKET)
    assert refused.error_response["error"] == "DUPLICATE_CLIENT_ORDER_ID"
    assert [o.order_id for o in client.list_orders().orders] == [found]


def test_fills_can_come_later_than_their_order(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "late_fills", seconds=10)
    found = send(client)
    assert client.get_order(found).order.status == "FILLED"
    assert client.get_fills(order_ids=[found]).fills == []
    price(sandbox, 100_000, seconds=11)
    assert len(client.get_fills(order_ids=[found]).fills) == 1


def test_a_state_that_nobody_knows_is_shown_as_often_as_asked(
    sandbox: Sandbox, client: RESTClient
) -> None:
    bought = placed(client, **MARKET)
    breaks(sandbox, "unknown_status", word="BEING_CONSIDERED", count=2)
    read = [client.get_order(bought.order_id).order.status for _ in range(3)]
    assert read == ["BEING_CONSIDERED", "BEING_CONSIDERED", "FILLED"]


def test_an_accepted_order_can_fail_later(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "fail")
    failed = placed(client, **MARKET)
    assert (failed.status, failed.filled_size) == ("FAILED", "0")
    assert balance(client, "USD") == ("10000", "0")


def test_an_order_can_stay_out_of_sight_though_its_id_is_taken(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "late", seconds=10)
    found = send(client)
    with pytest.raises(HTTPError, match="404"):
        client.get_order(found)
    assert (client.list_orders().orders, client.get_fills().fills) == ([], [])
    assert send(client) == found
    price(sandbox, 100_000, seconds=11)
    assert client.get_order(found).order.status == "FILLED"


@pytest.mark.parametrize("state", ["PENDING", "QUEUED"])
def test_an_order_can_wait_before_it_reaches_the_book(
    sandbox: Sandbox, client: RESTClient, state: str
) -> None:
    breaks(sandbox, "wait", word=state, seconds=10)
    waiting = placed(client, **MARKET)
    assert (waiting.status, balance(client, "USD")) == (state, ("9900", "100"))
    price(sandbox, 100_000, seconds=11)
    assert client.get_order(waiting.order_id).order.status == "FILLED"


def test_an_order_can_be_cancelled_by_the_venue_after_a_part(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "partial_cancel", part="0.4")
    part = placed(client, market_market_ioc={"base_size": "0.01"})
    assert (part.status, part.filled_size) == ("CANCELLED", "0.004")
    assert (part.completion_percentage, part.outstanding_hold_amount) == ("40", "0")


def test_an_order_can_rest_after_a_part_and_trade_the_rest_later(
    sandbox: Sandbox, client: RESTClient
) -> None:
    breaks(sandbox, "partial_rest", part="0.4", seconds=10)
    part = placed(client, **MARKET)
    assert (part.status, part.total_value_after_fees) == ("OPEN", "40")
    price(sandbox, 100_000, seconds=11)
    whole = client.get_order(part.order_id).order
    assert (whole.status, whole.total_value_after_fees) == ("FILLED", "100")


@pytest.mark.parametrize(("later", "status"), [(91_000, "CANCELLED"), (89_000, "FILLED")])
def test_a_cancellation_under_way_can_lose_against_a_fill(
    sandbox: Sandbox, client: RESTClient, later: int, status: str
) -> None:
    rests = placed(client, **RESTING)
    breaks(sandbox, "slow_cancel", seconds=5)
    assert client.cancel_orders([rests.order_id]).results[0].success
    queued = client.get_order(rests.order_id).order
    assert (queued.status, queued.pending_cancel) == ("CANCEL_QUEUED", True)
    again = client.cancel_orders([rests.order_id]).results[0]
    assert again.failure_reason == "DUPLICATE_CANCEL_REQUEST"
    price(sandbox, later, seconds=3)
    client.get_accounts()
    price(sandbox, later, seconds=6)
    assert client.get_order(rests.order_id).order.status == status


def test_a_cancellation_can_be_refused(sandbox: Sandbox, client: RESTClient) -> None:
    rests = placed(client, **RESTING)
    breaks(sandbox, "refuse_cancel", word="COMMANDER_REJECTED_CANCEL_ORDER")
    (result,) = client.cancel_orders([rests.order_id]).results
    assert (result.success, result.failure_reason) == (False, "COMMANDER_REJECTED_CANCEL_ORDER")
    assert client.get_order(rests.order_id).order.status == "OPEN"


def test_a_share_of_the_requests_can_fail(sandbox: Sandbox, client: RESTClient) -> None:
    breaks(sandbox, "refuse", share=0.5, count=100)
    answers = [order(client, **MARKET).success for _ in range(20)]
    assert 3 < sum(answers) < 17


def test_the_31st_request_of_a_second_is_one_too_many(client: RESTClient) -> None:
    with pytest.raises(HTTPError, match="429") as caught:
        [client.get_api_key_permissions() for _ in range(200)]
    assert caught.value.response.headers["x-ratelimit-limit"] == "30"


def test_a_key_that_may_only_look_cannot_trade(sandbox: Sandbox, client: RESTClient) -> None:
    trader(sandbox, can_trade=False)
    with pytest.raises(HTTPError, match="Missing Required Scopes"):
        send(client)
    assert client.preview_order("BTC-USD", "BUY", MARKET).errs == []


def test_a_key_that_may_do_nothing_still_tells_so(sandbox: Sandbox, client: RESTClient) -> None:
    trader(sandbox, can_view=False, can_trade=False)
    assert client.get_api_key_permissions().can_view is False
    with pytest.raises(HTTPError, match="Missing Required Scopes"):
        client.get_accounts()


def test_another_users_order_is_not_found(sandbox: Sandbox, client: RESTClient) -> None:
    found = send(client)
    stranger = trader(sandbox, "stranger")
    with pytest.raises(HTTPError, match="404"):
        stranger.get_order(found)
    assert stranger.cancel_orders([found]).results[0].failure_reason == "UNKNOWN_CANCEL_ORDER"


@pytest.mark.parametrize(("method", "path"), [("GET", "/accounts"), ("POST", "/orders")])
def test_a_request_without_a_token_is_unauthorized(
    sandbox: Sandbox, client: RESTClient, method: str, path: str
) -> None:
    url = f"{sandbox.url}/api/v3/brokerage{path}"
    assert requests.request(method, url, json={}, timeout=5).status_code == 401


def test_a_token_of_another_path_is_refused(sandbox: Sandbox, client: RESTClient) -> None:
    headers = client.set_headers("GET", "/api/v3/brokerage/accounts")
    url = f"{sandbox.url}/api/v3/brokerage/orders/historical/batch"
    assert requests.get(url, headers=headers, timeout=5).status_code == 401


def test_a_fault_of_an_unknown_kind_is_not_set(sandbox: Sandbox) -> None:
    body = {"venue": "coinbase", "kind": "earthquake"}
    url = f"{sandbox.url}/sandbox/faults"
    assert requests.post(url, json=body, headers=HEADERS, timeout=5).status_code == 400
