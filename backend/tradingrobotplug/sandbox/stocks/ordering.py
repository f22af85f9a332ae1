"""/v2/orders: placing, finding, replacing and canceling orders."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import g, jsonify, request

from . import answers, passing, placing
from .account import Account
from .door import blueprint, on_account
from .orders import Order
from .refusals import missing, unread


@blueprint.post("/orders")
@on_account
def submit(account: Account) -> Any:
    """Accepted, not filled yet: look again for what became of it."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise unread("request body format is invalid")
    fault = g.get("fault")
    answer = placing.place(account, body, fault)
    passing.catch_up(account)
    if fault is not None and fault.kind == "duplicate_id":
        raise unread("client_order_id must be unique")
    return jsonify(answer)


@blueprint.get("/orders")
@on_account
def list_orders(account: Account) -> Any:
    """Filtered by status, time, symbols and side; newest first unless asked otherwise."""
    given = request.args
    is_nested = given.get("nested", "").lower() == "true"
    is_open = given.get("status", "open") == "open"
    found = _asked(account.open if is_open else account.orders.values())
    found.sort(key=lambda o: o.submitted_at, reverse=given.get("direction", "desc") == "desc")
    if is_nested:
        shown = {order.id for order in found}
        found = [order for order in found if order.parent_id not in shown]
    page = found[: min(given.get("limit", 50, type=int), 500)]
    return jsonify(
        [answers.rendered(o, account.legs(o) if is_nested else ()) for o in page],
    )


@blueprint.get("/orders:by_client_order_id")
@on_account
def by_client_order_id(account: Account) -> Any:
    """The order that was sent under this id."""
    wanted = request.args.get("client_order_id", "")
    order = account.by_client_id.get(wanted)
    if order is None or (order.hidden_until and account.market.now() < order.hidden_until):
        raise missing(f"order not found for {wanted}")
    return jsonify(answers.rendered(order, account.legs(order)))


@blueprint.get("/orders/<order_id>")
@on_account
def one(account: Account, order_id: str) -> Any:
    """One order, with its legs if `nested`."""
    order = _found(account, order_id)
    is_nested = request.args.get("nested", "").lower() == "true"
    return jsonify(answers.rendered(order, account.legs(order) if is_nested else ()))


@blueprint.patch("/orders/<order_id>")
@on_account
def change(account: Account, order_id: str) -> Any:
    """A new order with a new id; the old one may have been filled meanwhile."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise unread("request body format is invalid")
    new = placing.replace_order(account, _found(account, order_id), body)
    answer = answers.rendered(new, account.legs(new))
    passing.catch_up(account)
    return jsonify(answer)


@blueprint.delete("/orders/<order_id>")
@on_account
def cancel(account: Account, order_id: str) -> Any:
    """204, or 422 if it is over."""
    placing.cancel(account, _found(account, order_id))
    return "", 204


@blueprint.delete("/orders")
@on_account
def cancel_all(account: Account) -> Any:
    """207 with the outcome for each open order."""
    return jsonify(canceled(account)), 207


def canceled(account: Account) -> list[dict[str, object]]:
    """Cancel every open order; a group is canceled with its first member."""
    wanted = [order for order in account.open if order.is_open]
    for order in wanted:
        if order.is_open:
            placing.cancel(account, order)
    return [{"id": order.id, "status": 200} for order in wanted]


def _found(account: Account, order_id: str) -> Order:
    order = account.orders.get(order_id)
    if order is None:
        raise missing(f"order not found for {order_id}")
    return order


def _asked(orders: Iterable[Order]) -> list[Order]:
    given = request.args
    status, side = given.get("status", "open"), given.get("side")
    symbols = [s for s in given.get("symbols", "").upper().split(",") if s]
    after, until = (moment(given.get(name)) for name in ("after", "until"))
    return [
        order
        for order in orders
        if (status == "all" or order.is_open == (status == "open"))
        and (not symbols or order.terms.symbol in symbols)
        and side in (None, order.terms.side)
        and (after is None or order.submitted_at > after)
        and (until is None or order.submitted_at < until)
    ]


def moment(text: str | None) -> datetime | None:
    """A time that was asked for; without a zone it is UTC. Refusal if it can't be read."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise unread(f"invalid time: {text}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
