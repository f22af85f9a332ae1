"""Our adapters read what the venues really send: answers in the shapes of their documentation."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import alpaca, coinbase, venue
from tradingrobotplug.marketdata.quotes import QuoteUnavailable

D = Decimal
Serve = Callable[[dict[str, tuple[int, str]]], list[str]]


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """A server that answers each path with a status and a body; returns the paths asked."""
    answers: dict[str, tuple[int, str]] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = answers[self.path.partition("?")[0]]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    url = f"http://127.0.0.1:{server.server_port}"
    venue.connect(replace(settings, alpaca_data_url=url, alpaca_trading_url=url, coinbase_url=url))

    def these(wanted: dict[str, tuple[int, str]]) -> list[str]:
        answers.update(wanted)
        return asked

    yield these
    server.shutdown()
    server.server_close()


def test_a_quote_of_alpaca_keeps_its_decimals_and_nanoseconds(serve: Serve) -> None:
    # The example of Alpaca's reference for "Latest quotes".
    raw = {
        "quotes": {
            "AAPL": {
                "ap": 172.7,
                "as": 1,
                "ax": "Q",
                "bp": 172.62,
                "bs": 2,
                "bx": "Q",
                "c": ["R"],
                "t": "2022-08-17T10:07:40.286587431Z",
                "z": "C",
            },
            "TSLA": {"ap": 0, "as": 0, "bp": 911.3, "bs": 1, "t": "2022-08-17T10:07:49.38Z"},
        }
    }
    serve({"/v2/stocks/quotes/latest": (200, json.dumps(raw))})
    found = alpaca.quotes(["AAPL", "TSLA"])
    assert list(found) == ["AAPL"]  # a price of 0 means that side has no order
    assert (found["AAPL"].bid, found["AAPL"].ask) == (D("172.62"), D("172.7"))
    assert found["AAPL"].at == datetime(2022, 8, 17, 10, 7, 40, 286587, UTC)


@pytest.mark.parametrize("status", [429, 504, 500])
def test_a_failing_alpaca_is_asked_once_and_no_more(serve: Serve, status: int) -> None:
    asked = serve({"/v2/stocks/quotes/latest": (status, "<html>Bad Gateway</html>")})
    with pytest.raises(QuoteUnavailable):
        alpaca.quotes(["AAPL"])
    assert len(asked) == 1


def test_a_book_of_coinbase_keeps_its_decimals(serve: Serve) -> None:
    # The example of Coinbase's reference for "Get Public Product Book", filled in.
    raw = {
        "pricebook": {
            "product_id": "BTC-USD",
            "bids": [{"price": "91523.12", "size": "0.01234567"}],
            "asks": [{"price": "91523.13", "size": "1.2"}],
            "time": "2026-11-20T21:00:00.123456789Z",
        },
        "last": "91523.12",
        "mid_market": "91523.125",
        "spread_bps": "0.001",
        "spread_absolute": "0.01",
    }
    asked = serve({"/api/v3/brokerage/market/product_book": (200, json.dumps(raw))})
    quote = coinbase.quote("BTC-USD")
    assert (quote.bid, quote.bid_size) == (D("91523.12"), D("0.01234567"))
    assert quote.at == datetime(2026, 11, 20, 21, 0, 0, 123456, UTC)
    assert asked == ["/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=1"]


def test_a_coinbase_book_without_orders_is_no_quote(serve: Serve) -> None:
    raw = {"pricebook": {"product_id": "BTC-USD", "bids": [], "asks": [], "time": "2026-01-01"}}
    serve({"/api/v3/brokerage/market/product_book": (200, json.dumps(raw))})
    with pytest.raises(QuoteUnavailable):
        coinbase.quote("BTC-USD")


def test_an_answer_that_is_not_json_is_no_quote(serve: Serve) -> None:
    serve({"/api/v3/brokerage/market/product_book": (200, "<html></html>")})
    with pytest.raises(QuoteUnavailable):
        coinbase.quote("BTC-USD")
