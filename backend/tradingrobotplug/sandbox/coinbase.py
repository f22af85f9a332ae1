"""Coinbase Advanced's public market endpoints: products, book, candles. They ask for no key."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask import Blueprint, jsonify, request

from . import prices
from .alpaca import market
from .coinbase_rules import QUOTE_INCREMENT, QUOTE_MAX, QUOTE_MIN, most_base
from .listings import COINS, Listing

blueprint = Blueprint("coinbase", __name__, url_prefix="/api/v3/brokerage")

_GRANULARITIES = {
    "ONE_MINUTE": 60,
    "FIVE_MINUTE": 300,
    "FIFTEEN_MINUTE": 900,
    "THIRTY_MINUTE": 1_800,
    "ONE_HOUR": 3_600,
    "TWO_HOUR": 7_200,
    "FOUR_HOUR": 14_400,
    "SIX_HOUR": 21_600,
    "ONE_DAY": 86_400,
}
_MOST_CANDLES = 350


@blueprint.get("/time")
def time_() -> Any:
    """The server's time."""
    now = market().now()
    seconds = int(now.timestamp())
    return jsonify(
        iso=now.isoformat().replace("+00:00", "Z"),
        epochSeconds=str(seconds),
        epochMillis=str(int(now.timestamp() * 1_000)),
    )


@blueprint.get("/market/products")
def products() -> Any:
    """Every product, or those asked for by `product_ids`."""
    wanted = request.args.getlist("product_ids") or list(COINS)
    found = [product_answer(COINS[name]) for name in wanted if name in COINS]
    return jsonify(products=found, num_products=len(found))


@blueprint.get("/market/products/<product_id>")
def product(product_id: str) -> Any:
    """One product with its steps and limits."""
    listing = COINS.get(product_id)
    return jsonify(product_answer(listing)) if listing else unknown_product(product_id)


@blueprint.get("/market/product_book")
def product_book() -> Any:
    """The best bid and ask: the book has one level."""
    product_id = request.args.get("product_id", "")
    listing = COINS.get(product_id)
    if listing is None:
        return unknown_product(product_id)
    book = market().book(listing, stock=False)
    middle = (book.bid + book.ask) / 2
    return jsonify(
        pricebook={
            "product_id": product_id,
            "bids": [level_answer(book.bid, book.bid_size, listing)],
            "asks": [level_answer(book.ask, book.ask_size, listing)],
            "time": book.at.isoformat().replace("+00:00", "Z"),
        },
        last=_text(book.bid),
        mid_market=_text(middle),
        spread_bps=f"{(book.ask - book.bid) / middle * 10_000:.6f}",
        spread_absolute=_text(book.ask - book.bid),
    )


@blueprint.get("/market/products/<product_id>/candles")
def candles(product_id: str) -> Any:
    """Candles whose start lies in [start, end], newest first, at most 350."""
    listing = COINS.get(product_id)
    if listing is None:
        return unknown_product(product_id)
    seconds = _GRANULARITIES.get(request.args.get("granularity", ""))
    start, end = (request.args.get(name, "") for name in ("start", "end"))
    if seconds is None or not (start.isdigit() and end.isdigit()):
        return _invalid("granularity, start and end are required")
    starts = list(range(-(-int(start) // seconds) * seconds, int(end) + 1, seconds))
    if len(starts) > _MOST_CANDLES:
        return _invalid("number of candles requested should be less than 350")
    made = market().bars(listing, starts, seconds)
    return jsonify(candles=[_candle(bar, listing) for bar in reversed(made)])


def product_answer(listing: Listing) -> dict[str, object]:
    """A product with its steps and limits."""
    book = market().book(listing, stock=False)
    base, _, quote = listing.symbol.partition("-")
    return {
        "product_id": listing.symbol,
        "price": _text(book.bid),
        "price_percentage_change_24h": "0",
        "volume_24h": _text(Decimal(str(round(listing.depth / listing.level * 8_640, 8)))),
        "volume_percentage_change_24h": "0",
        "base_increment": listing.increment,
        "quote_increment": str(QUOTE_INCREMENT),
        "quote_min_size": str(QUOTE_MIN),
        "quote_max_size": str(QUOTE_MAX),
        "base_min_size": listing.increment,
        "base_max_size": _text(most_base(listing.level)),
        "base_name": listing.name,
        "quote_name": {"USD": "US Dollar", "USDC": "USDC"}[quote],
        "watched": False,
        "is_disabled": False,
        "new": False,
        "status": "online",
        "cancel_only": False,
        "limit_only": False,
        "post_only": False,
        "trading_disabled": False,
        "auction_mode": False,
        "product_type": "SPOT",
        "quote_currency_id": quote,
        "base_currency_id": base,
        "mid_market_price": _text((book.bid + book.ask) / 2),
        "alias": "",
        "alias_to": [],
        "base_display_symbol": base,
        "quote_display_symbol": quote,
        "view_only": False,
        "price_increment": listing.tick,
        "display_name": f"{base}-{quote}",
        "product_venue": "CBE",
    }


def _candle(bar: prices.Bar, listing: Listing) -> dict[str, str]:
    tick = Decimal(listing.tick)
    return {
        "start": str(bar.start),
        "low": _text(_rounded(bar.low, tick)),
        "high": _text(_rounded(bar.high, tick)),
        "open": _text(_rounded(bar.open, tick)),
        "close": _text(_rounded(bar.close, tick)),
        "volume": _text(_rounded(bar.volume, Decimal("0.00000001"))),
    }


def level_answer(price: Decimal, size: float, listing: Listing) -> dict[str, str]:
    """One level of a book, its size in whole steps."""
    step = Decimal(listing.increment)
    return {"price": _text(price), "size": _text(max(_rounded(size, step), step))}


def _rounded(value: float, step: Decimal) -> Decimal:
    return (Decimal(str(value)) / step).to_integral_value(rounding=ROUND_DOWN) * step


def _text(value: Decimal) -> str:
    return format(value, "f")


def unknown_product(product_id: str) -> Any:
    """The answer about a product that is not listed."""
    message = f"valid product_id is required: {product_id}"
    return jsonify(error="NOT_FOUND", error_details=message, message=message), 404


def _invalid(message: str) -> Any:
    return jsonify(error="INVALID_ARGUMENT", error_details=message, message=message), 400
