"""Crypto: coinbase-advanced-py's public market endpoints. The one file that knows this SDK."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests

from ..money import decimal_from
from . import venue
from .shapes import Bar, Product, Quote, QuoteUnavailable, UnknownSymbol
from .transport import TIMEOUT, fit

_GRANULARITIES = {
    1: "ONE_MINUTE",
    5: "FIVE_MINUTE",
    15: "FIFTEEN_MINUTE",
    30: "THIRTY_MINUTE",
    60: "ONE_HOUR",
    120: "TWO_HOUR",
    240: "FOUR_HOUR",
    360: "SIX_HOUR",
    1_440: "ONE_DAY",
}
_PAGE = 300  # candles; the venue refuses 350 and more


@lru_cache(maxsize=1)
def client() -> Any:
    """This process's client, without keys: market data is public."""
    from coinbase.rest import RESTClient  # noqa: PLC0415 (30 MB that most processes never need)

    address = urlsplit(venue.connected().coinbase_url).netloc
    # Its keys default to the environment's, so they are named here.
    made = RESTClient(api_key=None, api_secret=None, base_url=address, timeout=TIMEOUT)
    fit(made.session)
    logging.getLogger("coinbase.RESTClient").disabled = True  # it prints bodies past our format
    return made


venue.on_forget(client.cache_clear)


def quote(symbol: str) -> Quote:
    """The best bid and ask. UnknownSymbol, QuoteUnavailable."""
    book = _call(symbol, lambda: client().get_public_product_book(symbol, limit=1).pricebook)
    if not book.bids or not book.asks:
        raise QuoteUnavailable("Coinbase", f"has no two-sided book for {symbol}")
    bid, ask = book.bids[0], book.asks[0]
    return Quote(
        symbol=symbol,
        bid=decimal_from(bid.price),
        ask=decimal_from(ask.price),
        bid_size=decimal_from(bid.size),
        ask_size=decimal_from(ask.size),
        at=datetime.fromisoformat(str(book.time)),
    )


def bars(symbol: str, minutes: int, start: datetime, end: datetime) -> list[Bar]:
    """Candles of `minutes` that start in [start, end], oldest first."""
    granularity, step = _GRANULARITIES[minutes], minutes * 60 * _PAGE
    first, last = int(start.timestamp()), int(end.timestamp())
    pages = [
        _candles(symbol, granularity, at, min(at + step - 1, last))
        for at in range(first, last + 1, step)
    ]
    return sorted((bar for page in pages for bar in page), key=lambda bar: bar.at)


def product(symbol: str) -> Product:
    """The venue's steps and limits. UnknownSymbol if it can't be traded there."""
    raw = _call(symbol, lambda: client().get_public_product(symbol))
    if raw.trading_disabled:
        raise UnknownSymbol("Coinbase", symbol)
    return Product(
        symbol=symbol,
        quantity_step=decimal_from(raw.base_increment),
        price_step=decimal_from(raw.price_increment or raw.quote_increment),
        min_quantity=decimal_from(raw.base_min_size),
        min_notional=decimal_from(raw.quote_min_size),
        max_quantity=decimal_from(raw.base_max_size),
    )


def _candles(symbol: str, granularity: str, start: int, end: int) -> list[Bar]:
    found = _call(
        symbol,
        lambda: client().get_public_candles(symbol, str(start), str(end), granularity).candles,
    )
    return [_bar(candle) for candle in found]


def _bar(candle: Any) -> Bar:
    at = datetime.fromtimestamp(int(candle.start), UTC)
    prices: list[Decimal] = [
        decimal_from(text)
        for text in (candle.open, candle.high, candle.low, candle.close, candle.volume)
    ]
    return Bar(at, *prices)


def _call(symbol: str, request: Callable[[], Any]) -> Any:
    try:
        return request()
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (400, 404):
            raise UnknownSymbol("Coinbase", symbol) from error
        raise QuoteUnavailable("Coinbase", f"answered {status}") from error
    except (requests.RequestException, ValueError, KeyError, AttributeError, TypeError) as error:
        raise QuoteUnavailable("Coinbase") from error
