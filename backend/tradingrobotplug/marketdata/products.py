"""What each venue takes orders in."""

import threading
from datetime import datetime
from decimal import Decimal

from . import alpaca, coinbase, quotes, venue
from .shapes import Product

__all__ = ["Product", "product"]

_KEPT_SECONDS = 3_600
_FRACTION = Decimal("0.000000001")
_kept: dict[tuple[str, str], tuple[Product, datetime]] = {}
_asking = threading.Lock()


def product(asset_type: str, symbol: str, now: datetime) -> Product:
    """Steps and limits of a symbol, asked for at most an hour ago. UnknownSymbol,
    QuoteUnavailable."""
    key = (asset_type, symbol)
    found = _fresh(key, now)
    if found is None:
        with _asking:
            found = _fresh(key, now) or (_stock(symbol, now) if asset_type == "stocks" else None)
            found = found or coinbase.product(symbol)
            _kept[key] = (found, now)
    return found


def _fresh(key: tuple[str, str], now: datetime) -> Product | None:
    found = _kept.get(key)
    if found is None or abs((now - found[1]).total_seconds()) > _KEPT_SECONDS:
        return None
    return found[0]


def _stock(symbol: str, now: datetime) -> Product:
    # Rule 612 of Regulation NMS: cents from $1 up, hundredths of a cent below.
    is_penny = quotes.latest("stocks", symbol, now).bid < 1
    step = _FRACTION if alpaca.is_fractionable(symbol) else Decimal(1)
    return Product(
        symbol=symbol,
        quantity_step=step,
        price_step=Decimal("0.0001") if is_penny else Decimal("0.01"),
        min_quantity=step,
        min_notional=Decimal(1),
    )


venue.on_forget(_kept.clear)
