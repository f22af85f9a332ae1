"""What the simulated venues list: level, daily volatility and depth of each symbol."""

import uuid
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Listing:
    """A symbol. `level` in dollars, `daily_vol` as a fraction, `depth` in dollars at the best bid
    and ask, `spread_bps` between them, `increment` the venue's smallest step of quantity."""

    symbol: str
    name: str
    exchange: str
    level: float
    daily_vol: float
    depth: float
    spread_bps: float
    increment: str = "0.000000001"
    tick: str = "0.01"

    @property
    def id(self) -> str:
        """The venue's own id of it, the same for ever."""
        return _id(f"sandbox/{self.exchange}/{self.symbol}")


@cache
def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _stock(
    symbol: str, name: str, level: float, vol: float, exchange: str = "NASDAQ", depth: float = 90e3
) -> Listing:
    return Listing(symbol, name, exchange, level, vol, depth, 1.5)


def _coin(
    symbol: str, name: str, level: float, vol: float, depth: float, increment: str, tick: str
) -> Listing:
    return Listing(symbol, name, "COINBASE", level, vol, depth, 2.0, increment, tick)


_STOCKS = (
    _stock("AAPL", "Apple Inc. Common Stock", 232.0, 0.016, depth=160e3),
    _stock("TSLA", "Tesla, Inc. Common Stock", 342.0, 0.030, depth=140e3),
    _stock("MSFT", "Microsoft Corporation Common Stock", 468.0, 0.014, depth=150e3),
    _stock("NVDA", "NVIDIA Corporation Common Stock", 171.0, 0.026, depth=190e3),
    _stock("AMZN", "Amazon.com, Inc. Common Stock", 226.0, 0.018, depth=130e3),
    _stock("GOOGL", "Alphabet Inc. Class A Common Stock", 198.0, 0.017, depth=120e3),
    _stock("GOOG", "Alphabet Inc. Class C Capital Stock", 199.0, 0.017, depth=110e3),
    _stock("META", "Meta Platforms, Inc. Class A Common Stock", 612.0, 0.021, depth=120e3),
    _stock("AMD", "Advanced Micro Devices, Inc. Common Stock", 158.0, 0.029),
    _stock("NFLX", "Netflix, Inc. Common Stock", 94.0, 0.021),
    _stock("INTC", "Intel Corporation Common Stock", 31.0, 0.026),
    _stock("AVGO", "Broadcom Inc. Common Stock", 285.0, 0.024),
    _stock("COIN", "Coinbase Global, Inc. Class A Common Stock", 288.0, 0.040),
    _stock("PLTR", "Palantir Technologies Inc. Class A Common Stock", 141.0, 0.036),
    _stock("COST", "Costco Wholesale Corporation Common Stock", 948.0, 0.012),
    _stock("PYPL", "PayPal Holdings, Inc. Common Stock", 72.0, 0.021),
    _stock("QQQ", "Invesco QQQ Trust, Series 1", 542.0, 0.012, depth=320e3),
    _stock("TQQQ", "ProShares UltraPro QQQ", 86.0, 0.036, depth=150e3),
    _stock("SPY", "SPDR S&P 500 ETF Trust", 604.0, 0.009, "ARCA", 420e3),
    _stock("IWM", "iShares Russell 2000 ETF", 221.0, 0.013, "ARCA", 250e3),
    _stock("GLD", "SPDR Gold Shares", 312.0, 0.009, "ARCA", 220e3),
    _stock("TLT", "iShares 20+ Year Treasury Bond ETF", 89.0, 0.009, "NASDAQ", 220e3),
    _stock("DIA", "SPDR Dow Jones Industrial Average ETF Trust", 441.0, 0.008, "ARCA", 200e3),
    _stock("BRK.B", "Berkshire Hathaway Inc. Class B", 486.0, 0.010, "NYSE"),
    _stock("JPM", "JPMorgan Chase & Co. Common Stock", 262.0, 0.013, "NYSE"),
    _stock("V", "Visa Inc. Class A Common Stock", 341.0, 0.011, "NYSE"),
    _stock("WMT", "Walmart Inc. Common Stock", 98.0, 0.011, "NYSE"),
    _stock("DIS", "The Walt Disney Company Common Stock", 112.0, 0.016, "NYSE"),
    _stock("KO", "The Coca-Cola Company Common Stock", 69.0, 0.009, "NYSE"),
    _stock("XOM", "Exxon Mobil Corporation Common Stock", 113.0, 0.014, "NYSE"),
    _stock("BA", "The Boeing Company Common Stock", 206.0, 0.021, "NYSE"),
    _stock("F", "Ford Motor Company Common Stock", 11.4, 0.020, "NYSE"),
    _stock("GME", "GameStop Corp. Class A Common Stock", 24.0, 0.042, "NYSE"),
)

_COINS = (
    _coin("BTC-USD", "Bitcoin", 91_500.0, 0.020, 260e3, "0.00000001", "0.01"),
    _coin("ETH-USD", "Ethereum", 3_120.0, 0.027, 190e3, "0.00000001", "0.01"),
    _coin("SOL-USD", "Solana", 148.0, 0.036, 110e3, "0.00000001", "0.01"),
    _coin("XRP-USD", "XRP", 2.21, 0.034, 90e3, "0.000001", "0.0001"),
    _coin("DOGE-USD", "Dogecoin", 0.164, 0.041, 70e3, "0.1", "0.00001"),
    _coin("ADA-USD", "Cardano", 0.52, 0.037, 60e3, "0.00000001", "0.0001"),
    _coin("AVAX-USD", "Avalanche", 17.4, 0.039, 55e3, "0.00000001", "0.01"),
    _coin("LINK-USD", "Chainlink", 13.9, 0.036, 55e3, "0.01", "0.001"),
    _coin("LTC-USD", "Litecoin", 88.0, 0.030, 60e3, "0.00000001", "0.01"),
    _coin("BCH-USD", "Bitcoin Cash", 486.0, 0.031, 50e3, "0.00000001", "0.01"),
    _coin("DOT-USD", "Polkadot", 2.9, 0.036, 45e3, "0.00000001", "0.001"),
    _coin("UNI-USD", "Uniswap", 7.4, 0.041, 45e3, "0.000001", "0.001"),
    _coin("AAVE-USD", "Aave", 182.0, 0.041, 45e3, "0.001", "0.01"),
    _coin("XLM-USD", "Stellar", 0.254, 0.036, 45e3, "0.00000001", "0.000001"),
    _coin("SHIB-USD", "Shiba Inu", 0.0000092, 0.040, 45e3, "1", "0.00000001"),
    _coin("BTC-USDC", "Bitcoin", 91_500.0, 0.020, 200e3, "0.00000001", "0.01"),
    _coin("ETH-USDC", "Ethereum", 3_120.0, 0.027, 150e3, "0.00000001", "0.01"),
)

STOCKS = {listing.symbol: listing for listing in _STOCKS}
COINS = {listing.symbol: listing for listing in _COINS}
