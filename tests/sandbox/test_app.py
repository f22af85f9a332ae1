"""The sandbox over HTTP, as its users see it."""

from typing import Any

import pytest
import requests

from tests.venues import HEADERS, KEY, SECRET, Sandbox
from tradingrobotplug.sandbox.app import create_app


@pytest.fixture(autouse=True)
def first_state(sandbox: Sandbox) -> None:
    sandbox.reset()


def quote_of(sandbox: Sandbox, symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.get("/v2/stocks/quotes/latest", symbols=symbol).json()
    quote: dict[str, Any] = found["quotes"][symbol]
    return quote


def bars_of(sandbox: Sandbox, timeframe: str, start: str, **more: str) -> list[dict[str, Any]]:
    answer = sandbox.get(
        "/v2/stocks/bars", symbols="TSLA", timeframe=timeframe, start=start, **more
    ).json()
    bars: list[dict[str, Any]] = answer["bars"]["TSLA"]
    return bars


@pytest.mark.parametrize("path", ["/v2/clock", "/v2/stocks/quotes/latest", "/v2/assets/AAPL"])
@pytest.mark.parametrize(
    "headers", [{}, HEADERS | {"APCA-API-SECRET-KEY": "wrong"}, {"APCA-API-KEY-ID": KEY}]
)
def test_alpaca_is_closed_to_wrong_credentials(
    sandbox: Sandbox, path: str, headers: dict[str, str]
) -> None:
    assert requests.get(sandbox.url + path, headers=headers, timeout=5).status_code == 401


@pytest.mark.parametrize("what", ["clock", "hours", "price", "faults"])
def test_nobody_moves_the_market_without_credentials(sandbox: Sandbox, what: str) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/{what}", json={}, timeout=5)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"SANDBOX_KEY": KEY},
        {"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET, "SANDBOX_HOURS": "sometimes"},
    ],
)
def test_a_sandbox_without_its_settings_does_not_start(environ: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="SANDBOX_"):
        create_app(environ)


def test_quotes_bars_and_history_tell_one_story(sandbox: Sandbox) -> None:
    sandbox.tell("clock", at="2026-11-20T15:30:30+00:00")
    quote = quote_of(sandbox, "TSLA")
    (bar,) = bars_of(sandbox, "1Min", "2026-11-20T15:30:00Z")
    assert bar["c"] == pytest.approx((quote["bp"] + quote["ap"]) / 2, rel=5e-4)
    sandbox.tell("clock", at="2026-11-20T18:00:00+00:00")
    (hour,) = bars_of(sandbox, "1Hour", "2026-11-20T15:00:00Z", end="2026-11-20T15:59:59Z")
    minutes = bars_of(sandbox, "1Min", "2026-11-20T15:00:00Z", end="2026-11-20T15:59:59Z")
    assert len(minutes) == 60
    assert (hour["o"], hour["c"]) == (minutes[0]["o"], minutes[-1]["c"])
    assert hour["h"] == max(minute["h"] for minute in minutes)
    assert hour["l"] == min(minute["l"] for minute in minutes)


def test_bars_come_in_pages(sandbox: Sandbox) -> None:
    asked = {"symbols": "AAPL,TSLA", "timeframe": "1Hour", "limit": "5"}
    span = {"start": "2026-11-19T10:00:00Z", "end": "2026-11-19T13:00:00Z"}
    first = sandbox.get("/v2/stocks/bars", **asked, **span).json()
    second = sandbox.get(
        "/v2/stocks/bars", **asked, **span, page_token=first["next_page_token"]
    ).json()
    assert [len(first["bars"][s]) for s in ("AAPL", "TSLA")] == [4, 1]
    assert [b["t"] for b in second["bars"]["TSLA"]] == [
        f"2026-11-19T{hour}:00:00Z" for hour in (11, 12, 13)
    ]
    assert second["next_page_token"] is None


def test_a_closed_market_keeps_its_last_quote(sandbox: Sandbox) -> None:
    sandbox.tell("hours", hours="xnys")
    sandbox.tell("clock", at="2026-11-22T12:00:00+00:00")
    assert quote_of(sandbox, "AAPL")["t"] == "2026-11-21T01:00:00Z"
    assert sandbox.get("/v2/clock").json()["is_open"] is False


@pytest.mark.parametrize(
    ("hold", "later"), [(True, pytest.approx(500, rel=1e-6)), (False, pytest.approx(500, rel=0.2))]
)
def test_a_price_can_be_held_or_moved(sandbox: Sandbox, hold: bool, later: float) -> None:
    sandbox.tell("clock", at="2026-11-20T15:30:00+00:00")
    sandbox.tell("price", symbol="TSLA", price=500, hold=hold)
    quote = quote_of(sandbox, "TSLA")
    assert (quote["bp"] + quote["ap"]) / 2 == pytest.approx(500, rel=1e-4)
    sandbox.tell("clock", at="2026-11-20T18:30:00+00:00")
    assert bars_of(sandbox, "1Min", "2026-11-20T18:00:00Z")[0]["c"] == later


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/assets/NOPE", 404),
        ("/v2/stocks/quotes/latest?symbols=no!", 400),
        ("/v2/stocks/bars?symbols=AAPL&timeframe=7Weeks", 400),
        ("/api/v3/brokerage/market/products/NOPE-USD", 404),
        ("/api/v3/brokerage/market/product_book?product_id=NOPE-USD", 404),
        ("/api/v3/brokerage/market/products/BTC-USD/candles?granularity=ODD", 400),
        (
            "/api/v3/brokerage/market/products/BTC-USD/candles"
            "?granularity=ONE_MINUTE&start=0&end=86400",
            400,
        ),
    ],
)
def test_a_wrong_question_is_answered_as_the_venue_does(
    sandbox: Sandbox, path: str, status: int
) -> None:
    assert sandbox.get(path).status_code == status


def test_candles_come_newest_first(sandbox: Sandbox) -> None:
    path = "/api/v3/brokerage/market/products/BTC-USD/candles"
    answer = sandbox.get(path, start="1795000000", end="1795000600", granularity="ONE_MINUTE")
    starts = [int(candle["start"]) for candle in answer.json()["candles"]]
    assert starts == sorted(starts, reverse=True)
    assert len(starts) == 10


def test_a_fault_is_met_as_often_as_asked(sandbox: Sandbox) -> None:
    sandbox.tell("faults", path="/v2/clock", status=503, count=2)
    statuses = [sandbox.get("/v2/clock").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
