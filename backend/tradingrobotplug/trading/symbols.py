"""A sender's symbol → ours: `BTC-USD` for crypto, `AAPL` or `BRK.B` for stocks."""

import re

_STOCK = re.compile(r"[A-Z]{1,5}(\.[A-Z]{1,2})?")
_PAIR = re.compile(r"([A-Z0-9]{1,12}?)[-/_]?USD")
_OTHER_QUOTE = re.compile(r"[A-Z0-9]{2,12}?[-/_]?(USDT|USDC|EUR|GBP|BTC|ETH|JPY)")
_FUTURE = re.compile(r"[A-Z0-9]+\d+!")
_CURRENCIES = ("AUD", "CAD", "CHF", "EUR", "GBP", "JPY", "NZD", "XAG", "XAU")
_CRYPTO_VENUES = ("COINBASE", "CRYPTO")
_OTHER_CRYPTO_VENUES = (
    "BINANCE",
    "BINANCEUS",
    "BITSTAMP",
    "BYBIT",
    "GEMINI",
    "KRAKEN",
    "KUCOIN",
    "OKX",
)


class SymbolRefused(ValueError):
    """The symbol can't be traded by this bot; `reason` says why, by name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normalise(raw: str, asset_type: str, *, usdt_is_usd: bool = False) -> str:
    """`NASDAQ:AAPL` → AAPL, `COINBASE:BTCUSD` → BTC-USD. SymbolRefused names what can't be.

    BTCUSDT changes the quote currency: it is BTC-USD only where `usdt_is_usd`.
    """
    text = raw.strip().upper()
    venue, _, ticker = text.rpartition(":")
    if not ticker:
        raise SymbolRefused("The alert names no symbol.")
    if ticker.endswith(".P"):
        raise SymbolRefused(f"{ticker} is a perpetual contract: only spot markets are traded here.")
    if _FUTURE.fullmatch(ticker):
        raise SymbolRefused(f"{ticker} is a continuous future: futures are not traded here.")
    if asset_type != "crypto":
        return _stock(ticker, venue)
    return _crypto(re.sub(r"USDT$", "USD", ticker) if usdt_is_usd else ticker)


def _crypto(ticker: str) -> str:
    other = _OTHER_QUOTE.fullmatch(ticker)
    if other:
        raise SymbolRefused(f"{ticker} is quoted in {other[1]}: this bot trades pairs against USD.")
    pair = _PAIR.fullmatch(ticker)
    if pair and pair[1] in _CURRENCIES:
        raise SymbolRefused(f"{ticker} is a pair of currencies: this bot trades crypto.")
    if pair:
        return f"{pair[1]}-USD"
    raise SymbolRefused(f"{ticker} is not a crypto pair against USD: this bot trades crypto.")


def _stock(ticker: str, venue: str) -> str:
    if venue in _CRYPTO_VENUES + _OTHER_CRYPTO_VENUES or re.search(r"[-/]USD[TC]?$", ticker):
        raise SymbolRefused(f"{ticker} is a crypto pair: this bot trades stocks.")
    symbol = ticker.replace("/", ".").replace("-", ".")
    if _STOCK.fullmatch(symbol):
        return symbol
    raise SymbolRefused(f"{ticker} is not a stock symbol: this bot trades stocks.")
