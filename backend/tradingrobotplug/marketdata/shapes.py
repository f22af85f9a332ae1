"""The values that market data comes in, and the two ways it can be missing."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..errors import Invalid, Unavailable


class QuoteUnavailable(Unavailable):
    """The venue's market data can't be reached at present."""

    def __init__(self, venue: str, what: str = "can't be reached at present") -> None:
        super().__init__("market_data_unavailable", f"{venue}'s market data {what}.")


class UnknownSymbol(Invalid):
    """The venue does not list this symbol."""

    def __init__(self, venue: str, symbol: str) -> None:
        super().__init__("unknown_symbol", f"{venue} does not list {symbol}.", {"symbol": symbol})


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


@dataclass(frozen=True, slots=True)
class Bar:
    """Prices over one interval that starts at `at`; volume in units of the symbol."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """What the venue takes orders in: steps of quantity and price, the least of an order, and the
    most units of one where the venue names it."""

    symbol: str
    quantity_step: Decimal
    price_step: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    max_quantity: Decimal | None = None
