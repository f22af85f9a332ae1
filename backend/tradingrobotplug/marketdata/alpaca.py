"""Stocks: alpaca-py's market data and clock. The one file that knows this SDK."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import requests

from ..money import decimal_from
from . import venue
from .shapes import Bar, Quote, QuoteUnavailable, UnknownSymbol
from .transport import fit

_UNITS = ((1_440, "Day"), (60, "Hour"), (1, "Min"))


class _Clients:
    """The SDK's data and trading clients. Imported here: alpaca-py brings pandas along."""

    def __init__(self) -> None:
        from alpaca.data.historical.stock import StockHistoricalDataClient  # noqa: PLC0415
        from alpaca.trading.client import TradingClient  # noqa: PLC0415

        settings = venue.connected()
        # The SDK insists on credentials; without any the venue answers 401.
        key = settings.alpaca_data_key or "none"
        secret = settings.alpaca_data_secret or "none"
        self.data = StockHistoricalDataClient(
            key, secret, raw_data=True, url_override=settings.alpaca_data_url
        )
        self.trading = TradingClient(
            key, secret, raw_data=True, url_override=settings.alpaca_trading_url
        )
        for client in (self.data, self.trading):
            client._retry = 0  # by itself it sends again on 429 and 504
            fit(client._session)


@lru_cache(maxsize=1)
def client() -> _Clients:
    """This process's clients."""
    return _Clients()


venue.on_forget(client.cache_clear)


def quotes(symbols: list[str]) -> dict[str, Quote]:
    """The latest quote of each symbol that Alpaca lists and that has a bid and an ask."""
    fields = {"symbols": ",".join(symbols)}
    answer = _call(symbols, lambda: client().data.get("/stocks/quotes/latest", fields))
    found = {symbol: _quote(symbol, raw) for symbol, raw in (answer["quotes"] or {}).items()}
    return {symbol: quote for symbol, quote in found.items() if quote.bid > 0 and quote.ask > 0}


def bars(symbol: str, minutes: int, count: int, start: datetime, end: datetime) -> list[Bar]:
    """The last `count` bars of `minutes` that start in [start, end], newest first."""
    unit, name = next((u, n) for u, n in _UNITS if minutes % u == 0)
    fields = {
        "symbols": symbol,
        "timeframe": f"{minutes // unit}{name}",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "adjustment": "split",
        "sort": "desc",
        "limit": count,
    }
    answer = _call([symbol], lambda: client().data._get_marketdata("/stocks/bars", fields))
    return [_bar(raw) for raw in answer.get(symbol, [])]


def clock() -> tuple[bool, datetime, datetime]:
    """(is open, next open, next close) of the regular session, as the venue says."""
    raw = _call([], lambda: client().trading.get("/clock"))
    opens, closes = (datetime.fromisoformat(raw[name]) for name in ("next_open", "next_close"))
    return bool(raw["is_open"]), opens, closes


def is_fractionable(symbol: str) -> bool:
    """Whether parts of a share can be traded. UnknownSymbol if nothing of it can."""
    raw = _call([symbol], lambda: client().trading.get(f"/assets/{symbol}"))
    if not raw["tradable"]:
        raise UnknownSymbol("Alpaca", symbol)
    return bool(raw["fractionable"])


def _call(symbols: list[str], request: Callable[[], Any]) -> Any:
    from alpaca.common.exceptions import APIError  # noqa: PLC0415 (see _Clients)

    try:
        return request()
    except APIError as error:
        if error.status_code in (400, 404, 422) and symbols:
            raise UnknownSymbol("Alpaca", ", ".join(symbols)) from error
        raise QuoteUnavailable("Alpaca", f"answered {error.status_code}") from error
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise QuoteUnavailable("Alpaca") from error


def _quote(symbol: str, raw: dict[str, Any]) -> Quote:
    bid, ask, bid_size, ask_size = (decimal_from(raw[key]) for key in ("bp", "ap", "bs", "as"))
    return Quote(symbol, bid, ask, bid_size, ask_size, datetime.fromisoformat(raw["t"]))


def _bar(raw: dict[str, Any]) -> Bar:
    at = datetime.fromisoformat(raw["t"])
    return Bar(at, *(decimal_from(raw[key]) for key in ("o", "h", "l", "c", "v")))
