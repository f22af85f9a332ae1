"""Coinbase Advanced's orders: create, preview, cancel."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify

from . import coinbase_answers as answers
from . import coinbase_exchange as exchange
from .alpaca import market
from .coinbase_book import Book
from .coinbase_faults import faults
from .coinbase_gate import PREFIX, body, book, guard, invalid
from .coinbase_matching import Trade
from .coinbase_orders import EXACT, ZERO
from .coinbase_ticket import Malformed, Refusal, Ticket, read

blueprint = guard(Blueprint("coinbase_trading", __name__, url_prefix=f"{PREFIX}/orders"))


@blueprint.post("")
def create() -> Any:
    """Place an order; refusals are answers with status 200."""
    given = body()
    if not given.get("client_order_id"):
        return invalid("client_order_id is required")
    found = book()
    try:
        with found.lock:
            order = exchange.place(found, market(), read(given), faults())
            return jsonify(answers.created(order))
    except Refusal as refusal:
        return jsonify(answers.refused(refusal, given.get("order_configuration")))
    except Malformed as problem:
        return invalid(str(problem))


@blueprint.post("/preview")
def preview() -> Any:
    """What an order would do; nothing is kept. Refusals are in `errs`."""
    given, found = body(), book()
    try:
        ticket = read(given)
        with found.lock:
            trades = exchange.check(found, market(), ticket, faults())
        return jsonify(_preview(ticket, trades, found))
    except Refusal as refusal:
        return jsonify(_EMPTY_PREVIEW | {"errs": [refusal.preview]})
    except Malformed as problem:
        return invalid(str(problem))


@blueprint.post("/batch_cancel")
def cancel() -> Any:
    """Cancel orders: each has its own result, in an answer with status 200."""
    wanted = body().get("order_ids")
    if not isinstance(wanted, list) or not wanted:
        return invalid("order_ids is required")
    found = book()
    with found.lock:
        failures = [exchange.cancel(found, market(), str(one), faults()) for one in wanted]
    pairs = zip(wanted, failures, strict=True)
    return jsonify(
        results=[
            {
                "success": not failure,
                "failure_reason": failure or "UNKNOWN_CANCEL_FAILURE_REASON",
                "order_id": one,
            }
            for one, failure in pairs
        ]
    )


_EMPTY_PREVIEW: dict[str, Any] = {
    **dict.fromkeys(("order_total", "commission_total", "quote_size", "base_size"), "0"),
    **dict.fromkeys(("best_bid", "best_ask", "slippage", "average_filled_price"), "0"),
    "errs": [],
    "warning": [],
    "is_max": False,
    "preview_id": "",
}


def _preview(ticket: Ticket, trades: Iterable[Trade], found: Book) -> dict[str, Any]:
    """Of a limit that would rest: as if it traded at its price, for the maker's fee."""
    prices = market().book(ticket.listing, stock=False)
    made = list(trades)
    base = sum((trade.base for trade in made), ZERO)
    value = sum((trade.value for trade in made), ZERO)
    rate = found.taker_rate
    if not made and ticket.base is not None and ticket.limit is not None:
        base, value, rate = ticket.base, ticket.base * ticket.limit, found.maker_rate
    fee = ticket.quote - value if ticket.quote is not None else value * rate
    best = prices.ask if ticket.is_buy else prices.bid
    average = EXACT.divide(value, base) if base else best
    total = value + fee if ticket.is_buy else value - fee
    slippage = max(abs(average - best) / best, ZERO) if made else ZERO
    return _EMPTY_PREVIEW | {
        "order_total": answers.text(total),
        "commission_total": answers.text(fee),
        "quote_size": answers.text(value),
        "base_size": answers.text(base),
        "best_bid": answers.text(prices.bid),
        "best_ask": answers.text(prices.ask),
        "slippage": answers.text(slippage.quantize(Decimal("1e-8"))),
        "average_filled_price": answers.text(average.quantize(Decimal("1e-10"))),
        "preview_id": str(uuid.uuid4()),
    }
