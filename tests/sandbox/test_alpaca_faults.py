"""The faults that Alpaca's trading side can be told to have."""

import time
from typing import Any

import pytest
import requests

from tests.sandbox.trader import Trader


def known(trader: Trader, client_order_id: str) -> requests.Response:
    path = f"/v2/orders:by_client_order_id?client_order_id={client_order_id}"
    return trader.ask("GET", path)


@pytest.mark.parametrize(
    ("fault", "status", "is_accepted"),
    [
        ({"kind": "status", "status": 500}, 500, False),
        ({"kind": "status", "status": 429}, 429, False),
        ({"kind": "html"}, 502, False),
        ({"kind": "status_after"}, 504, True),
        ({"kind": "html_after"}, 502, True),
        ({"kind": "duplicate_id"}, 422, True),
    ],
    ids=str,
)
def test_an_answer_does_not_tell_whether_the_order_exists(
    trader: Trader, fault: dict[str, Any], status: int, is_accepted: bool
) -> None:
    trader.sandbox.tell("faults", **({"path": "/v2/orders", "method": "POST"} | fault))
    assert trader.order(client_order_id="mine").status_code == status
    assert (known(trader, "mine").status_code == 200) == is_accepted
    assert trader.held() == (10 if is_accepted else 0)


def test_a_limit_of_requests_is_told_in_the_headers(trader: Trader) -> None:
    trader.sandbox.tell("faults", path="/v2/orders", status=429)
    headers = trader.order().headers
    assert headers["X-RateLimit-Remaining"] == "0"
    assert int(headers["X-RateLimit-Reset"]) > time.time()


@pytest.mark.parametrize("kind", ["hang", "hang_after"])
def test_an_order_whose_answer_never_came_is_there(trader: Trader, kind: str) -> None:
    trader.sandbox.tell("faults", kind=kind, path="/v2/orders", seconds=0.6)
    with pytest.raises(requests.ReadTimeout):
        trader.ask(
            "POST",
            "/v2/orders",
            timeout=0.3,
            json={
                "symbol": "AAPL",
                "qty": "1",
                "side": "buy",
                "type": "market",
                "time_in_force": "day",
                "client_order_id": "mine",
            },
        )
    time.sleep(0.6)
    assert known(trader, "mine").status_code == 200


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("unknown_status", "status", "pending_review_by_desk"),
        ("null_submitted_at", "submitted_at", None),
    ],
)
def test_an_order_is_answered_in_a_way_nobody_expects(
    trader: Trader, kind: str, field: str, value: str | None
) -> None:
    trader.sandbox.tell("faults", kind=kind)
    odd = trader.order().json()
    assert odd[field] == value
    assert trader.seen(odd)[field] != value
    trader.sandbox.tell("faults", kind=kind, method="GET")
    assert trader.get("/v2/orders?status=all")[0][field] == value


def test_a_partial_fill_is_all_there_will_be(trader: Trader) -> None:
    trader.sandbox.tell("faults", kind="partial_fill")
    order = trader.placed()
    assert (order["status"], order["filled_qty"]) == ("canceled", "5")
    assert trader.held() == 5
    assert trader.placed()["status"] == "filled"


def test_an_order_is_found_late_by_its_client_id(trader: Trader) -> None:
    trader.sandbox.tell("faults", kind="late_visibility", seconds=60)
    order = trader.placed(client_order_id="mine")
    assert known(trader, "mine").status_code == 404
    assert trader.order(client_order_id="mine").status_code == 422
    trader.clock("2026-11-20T15:32:00+00:00")
    assert known(trader, "mine").json()["id"] == order["id"]


def test_a_refusal_is_said_in_other_words_under_the_same_code(trader: Trader) -> None:
    plain = trader.order(symbol="NOPE").json()
    trader.sandbox.tell("faults", kind="reworded", path="/v2/orders")
    other = trader.order(symbol="NOPE").json()
    assert (plain["code"], other["code"]) == (42210000, 42210000)
    assert plain["message"] != other["message"]


def test_a_share_of_the_requests_fails_in_every_run_alike(trader: Trader) -> None:
    runs = []
    for _ in range(2):
        trader.sandbox.tell("faults")
        trader.sandbox.tell("faults", path="/v2/clock", status=503, count=1_000, share=0.3)
        runs.append([trader.ask("GET", "/v2/clock").status_code for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_a_fault_nobody_knows_is_refused(trader: Trader) -> None:
    answer = trader.ask("POST", "/sandbox/faults", json={"kind": "earthquake"})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "no fault is called earthquake",
    )


def test_fills_show_later_than_the_order_that_they_belong_to(trader: Trader) -> None:
    assert trader.placed()["status"] == "filled"
    trader.sandbox.tell("faults", kind="late_fills")
    assert trader.get("/v2/account/activities/FILL") == []
    assert len(trader.get("/v2/account/activities/FILL")) == 1
