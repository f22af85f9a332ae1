"""Coinbase Advanced's order history: one order, orders by filters, fills."""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request

from . import coinbase_answers as answers
from .alpaca import market
from .coinbase_book import Book
from .coinbase_faults import faults
from .coinbase_gate import PREFIX, book, error, guard, invalid
from .coinbase_orders import Fill, Order
from .coinbase_pages import moment, page

blueprint = guard(Blueprint("coinbase_history", __name__, url_prefix=f"{PREFIX}/orders/historical"))


@blueprint.get("/<order_id>")
def show(order_id: str) -> Any:
    """One order by Coinbase's id."""
    found = book()
    with found.lock:
        order = found.orders.get(order_id)
        if order is None or not _is_visible(order):
            message = "order with this orderID was not found"
            return error(404, "NOT_FOUND", message)
        return jsonify(order=_shown(order, found))


@blueprint.get("/batch")
def batch() -> Any:
    """Orders, newest first, by the filters that Coinbase has: none of them is client_order_id."""
    statuses = request.args.getlist("order_status")
    if "OPEN" in statuses and len(statuses) > 1:
        return invalid("OPEN can not be combined with other statuses")
    found = book()
    with found.lock:
        wanted = [order for order in _visible(found) if _is_wanted(order)]
        shown_page, cursor = page(wanted[::-1])
        shown = [_shown(order, found) for order in shown_page]
    return jsonify(orders=shown, sequence="0", has_next=bool(cursor), cursor=cursor)


@blueprint.get("/fills")
def fills() -> Any:
    """Fills, newest first."""
    found = book()
    with found.lock:
        shown = [order for order in _visible(found) if _is_since(order.fills_visible_at)]
        pairs = [(fill, order) for order in shown for fill in order.fills]
        wanted = [pair for pair in pairs if _is_fill_wanted(*pair)]
        wanted.sort(key=lambda pair: pair[0].at, reverse=True)
        shown_page, cursor = page(wanted)
        answer = [answers.fill_answer(fill, order, found) for fill, order in shown_page]
    return jsonify(fills=answer, cursor=cursor)


def _shown(order: Order, found: Book) -> dict[str, Any]:
    unknown = faults().take("unknown_status", request.path)
    return answers.order_answer(order, found, unknown.word if unknown else "")


def _visible(found: Book) -> list[Order]:
    return [order for order in found.orders.values() if _is_visible(order)]


def _is_visible(order: Order) -> bool:
    return _is_since(order.visible_at)


def _is_since(at: datetime | None) -> bool:
    return at is None or at <= market().now()


def _is_wanted(order: Order) -> bool:
    after, before = (moment(name) for name in ("start_date", "end_date"))
    asked: dict[str, str] = {
        "order_ids": order.id,
        "product_ids": order.ticket.listing.symbol,
        "order_status": order.status.value,
        "order_types": order.ticket.kind.order_type,
        "order_side": order.ticket.side,
        "product_type": "SPOT",
        "time_in_forces": order.ticket.kind.time_in_force,
    }
    is_inside = (after is None or order.placed_at >= after) and (
        before is None or order.placed_at < before
    )
    return is_inside and _matches(asked)


def _is_fill_wanted(fill: Fill, order: Order) -> bool:
    after, before = (moment(f"{end}_sequence_timestamp") for end in ("start", "end"))
    asked = {"order_ids": order.id, "product_ids": order.ticket.listing.symbol}
    is_inside = (after is None or fill.at >= after) and (before is None or fill.at < before)
    return is_inside and _matches(asked)


def _matches(asked: dict[str, str]) -> bool:
    given = request.args
    return all(value in (given.getlist(name) or [value]) for name, value in asked.items())
