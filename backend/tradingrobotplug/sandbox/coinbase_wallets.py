"""Coinbase Advanced's signed questions about the user and the market: what the key may do,
accounts, fees, products, best prices."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify, request

from . import coinbase
from .alpaca import market
from .coinbase_answers import account_answer, account_id, moment, text
from .coinbase_book import Book
from .coinbase_gate import PREFIX, book, error, guard, signer
from .coinbase_orders import ZERO
from .coinbase_pages import page
from .listings import COINS, Listing

blueprint = guard(Blueprint("coinbase_wallets", __name__, url_prefix=PREFIX))
blueprint.add_url_rule("/products", view_func=coinbase.products)
blueprint.add_url_rule("/products/<product_id>", view_func=coinbase.product)
blueprint.add_url_rule("/products/<product_id>/candles", view_func=coinbase.candles)
blueprint.add_url_rule("/product_book", view_func=coinbase.product_book)

_DOLLARS = ("USD", "USDC")


@blueprint.get("/key_permissions")
def key_permissions() -> Any:
    """What the key that signed this request may do."""
    return jsonify(signer().permissions)


@blueprint.get("/accounts")
def accounts() -> Any:
    """One account per currency that the user has or had."""
    found = book()
    with found.lock:
        currencies, cursor = page(sorted(found.balances))
        shown = [account_answer(found, currency, market().now()) for currency in currencies]
    return jsonify(accounts=shown, has_next=bool(cursor), cursor=cursor, size=len(shown))


@blueprint.get("/accounts/<account>")
def account(account: str) -> Any:
    """One of them by its id."""
    found = book()
    with found.lock:
        named = [one for one in found.balances if account_id(found, one) == account]
        if not named:
            return error(404, "NOT_FOUND", "account not found")
        return jsonify(account=account_answer(found, named[0], market().now()))


@blueprint.get("/transaction_summary")
def transaction_summary() -> Any:
    """The user's fee rates, and what was traded and paid so far."""
    found = book()
    with found.lock:
        orders = list(found.orders.values())
        volume = sum((order.filled_value for order in orders), ZERO)
        paid = sum((order.fees for order in orders), ZERO)
        worth = sum((_worth(found, currency) for currency in found.balances), ZERO)
    return jsonify(
        total_volume=float(volume),
        total_fees=float(paid),
        fee_tier={
            "pricing_tier": "Intro 1",
            "usd_from": "0",
            "usd_to": "10000",
            "taker_fee_rate": text(found.taker_rate),
            "maker_fee_rate": text(found.maker_rate),
            "aop_from": "",
            "aop_to": "",
        },
        margin_rate=None,
        goods_and_services_tax=None,
        advanced_trade_only_volume=float(volume),
        advanced_trade_only_fees=float(paid),
        coinbase_pro_volume=0,
        coinbase_pro_fees=0,
        total_balance=text(worth.quantize(Decimal("0.01"))),
        has_promo_fee=False,
    )


@blueprint.get("/best_bid_ask")
def best_bid_ask() -> Any:
    """Best bid and ask of every product, or of those asked for by `product_ids`."""
    wanted = request.args.getlist("product_ids") or list(COINS)
    unknown = next((name for name in wanted if name not in COINS), None)
    if unknown is not None:
        return coinbase.unknown_product(unknown)
    return jsonify(pricebooks=[_best(COINS[name]) for name in wanted])


def _best(listing: Listing) -> dict[str, Any]:
    prices = market().book(listing, stock=False)
    return {
        "product_id": listing.symbol,
        "bids": [coinbase.level_answer(prices.bid, prices.bid_size, listing)],
        "asks": [coinbase.level_answer(prices.ask, prices.ask_size, listing)],
        "time": moment(prices.at),
    }


def _worth(found: Book, currency: str) -> Decimal:
    """In dollars, at the best bid; nothing for what has no market."""
    if currency in _DOLLARS:
        return found.balances[currency]
    listing = COINS.get(f"{currency}-USD")
    bid = market().book(listing, stock=False).bid if listing else ZERO
    return found.balances[currency] * bid
