"""The latest bid and ask of a symbol, cached for about a second in each process."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..errors import Invalid, Unavailable


class QuoteUnavailable(Unavailable):
    """The venue's market data can't be reached at present."""


class UnknownSymbol(Invalid):
    """The venue does not list this symbol."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask with their sizes (units of the symbol), and when the venue saw them."""

    symbol: str
    bid: Decimal
    ask: Decimal
    bid_size: Decimal
    ask_size: Decimal
    at: datetime

    @property
    def mid(self) -> Decimal:
        """Half way between bid and ask."""
        return (self.bid + self.ask) / 2


def latest(asset_type: str, symbol: str, now: datetime, max_age_seconds: float = 1.0) -> Quote:
    """The quote, at most `max_age_seconds` old. QuoteUnavailable, UnknownSymbol."""
    raise QuoteUnavailable("market_data_unavailable", f"No market data for {symbol} at present.")
