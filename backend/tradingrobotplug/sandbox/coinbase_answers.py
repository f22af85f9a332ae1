"""Orders, fills and accounts in the shapes of Coinbase's answers and of its user channel."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from .coinbase_book import Book
from .coinbase_orders import Fill, Order, Status
from .coinbase_ticket import Refusal, Ticket

_TRIGGERS = {True: "STOP_TRIGGERED", False: "STOP_PENDING"}
_FIAT = ("USD", "EUR", "GBP")
# What is the same for every order of spot.
_ALWAYS: dict[str, Any] = {
    "fee": "",
    "product_type": "SPOT",
    "reject_message": "",
    "order_placement_source": "RETAIL_ADVANCED",
    "is_liquidation": False,
    "edit_history": [],
    "leverage": "",
    "margin_type": "UNKNOWN_MARGIN_TYPE",
}


def text(value: Decimal) -> str:
    """A number as Coinbase writes it: no exponent, no trailing zeros."""
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.isoformat().replace("+00:00", "Z")


def created(order: Order) -> dict[str, Any]:
    """The answer to an accepted order."""
    return {
        "success": True,
        "success_response": {
            "order_id": order.id,
            "product_id": order.ticket.listing.symbol,
            "side": order.ticket.side,
            "client_order_id": order.ticket.client_order_id,
            "attached_order_id": order.child,
        },
        "order_configuration": order.ticket.configuration,
    }


def refused(refusal: Refusal, configuration: Any) -> dict[str, Any]:
    """The answer to a refused order, whose status is 200."""
    return {
        "success": False,
        "failure_reason": "UNKNOWN_FAILURE_REASON",
        "order_id": "",
        "error_response": {
            "error": refusal.error,
            "message": refusal.message,
            "error_details": refusal.details,
            "preview_failure_reason": refusal.preview,
            "new_order_failure_reason": refusal.error,
        },
        "order_configuration": configuration if isinstance(configuration, dict) else {},
    }


def order_answer(order: Order, book: Book, status: str = "") -> dict[str, Any]:
    """An order as /orders/historical shows it; `status` in place of its own."""
    ticket, buys = order.ticket, order.ticket.is_buy
    after = order.filled_value + order.fees if buys else order.filled_value - order.fees
    last = moment(order.fills[-1].at) if order.fills else None
    return _ALWAYS | {
        "order_id": order.id,
        "product_id": ticket.listing.symbol,
        "user_id": book.portfolio,
        "order_configuration": ticket.configuration,
        "side": ticket.side,
        "client_order_id": ticket.client_order_id,
        "status": status or order.status.value,
        "time_in_force": ticket.kind.time_in_force,
        "created_time": moment(order.placed_at),
        "completion_percentage": text(order.done_percent),
        "filled_size": text(order.filled_base),
        "average_filled_price": text(order.average_price),
        "number_of_fills": str(len(order.fills)),
        "filled_value": text(order.filled_value),
        "pending_cancel": order.status is Status.CANCEL_QUEUED,
        "size_in_quote": ticket.quote is not None,
        "total_fees": text(order.fees),
        "size_inclusive_of_fees": ticket.quote is not None,
        "total_value_after_fees": text(after),
        "trigger_status": _trigger(order),
        "order_type": ticket.kind.order_type,
        "reject_reason": order.reject_reason,
        "settled": order.status is Status.FILLED,
        "cancel_message": order.cancel_message,
        "outstanding_hold_amount": text(order.hold(book.taker_rate)[1]),
        "last_fill_time": last,
        "retail_portfolio_id": book.portfolio,
        "originating_order_id": order.parent,
        "attached_order_id": order.child,
        "attached_order_configuration": _attached(ticket),
    }


def fill_answer(fill: Fill, order: Order, book: Book) -> dict[str, Any]:
    """A fill. Its size is in the quote currency if the order's was."""
    is_quote = order.ticket.quote is not None
    return {
        "entry_id": fill.id,
        "trade_id": str(uuid.uuid5(uuid.NAMESPACE_URL, fill.id)),
        "order_id": order.id,
        "trade_time": moment(fill.at),
        "trade_type": "FILL",
        "price": text(fill.price),
        "size": text(fill.value if is_quote else fill.base),
        "commission": text(fill.fee),
        "product_id": order.ticket.listing.symbol,
        "sequence_timestamp": moment(fill.at),
        "liquidity_indicator": "MAKER" if fill.is_maker else "TAKER",
        "size_in_quote": is_quote,
        "user_id": book.portfolio,
        "side": order.ticket.side,
        "retail_portfolio_id": book.portfolio,
    }


def account_id(book: Book, currency: str) -> str:
    """The id of a currency's account, the same for ever."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{book.portfolio}/{currency}"))


def account_answer(book: Book, currency: str, at: datetime) -> dict[str, Any]:
    """A currency's account: what is available, and what open orders hold beside it."""
    return {
        "uuid": account_id(book, currency),
        "name": f"{currency} Wallet",
        "currency": currency,
        "available_balance": {"value": text(book.available(currency)), "currency": currency},
        "default": True,
        "active": True,
        "created_at": "2026-01-05T14:30:00Z",
        "updated_at": moment(at),
        "deleted_at": None,
        "type": "ACCOUNT_TYPE_FIAT" if currency in _FIAT else "ACCOUNT_TYPE_CRYPTO",
        "ready": True,
        "hold": {"value": text(book.held(currency)), "currency": currency},
        "retail_portfolio_id": book.portfolio,
        "platform": "ACCOUNT_PLATFORM_CONSUMER",
    }


def channel_order(order: Order, book: Book) -> dict[str, Any]:
    """An order as the user channel tells it."""
    ticket, whole = order.ticket, order_answer(order, book)
    same = (
        "order_id client_order_id status product_id total_fees number_of_fills filled_value "
        "time_in_force trigger_status product_type reject_reason completion_percentage "
        "outstanding_hold_amount total_value_after_fees retail_portfolio_id"
    )
    return {name: whole[name] for name in same.split()} | {
        "cumulative_quantity": whole["filled_size"],
        "leaves_quantity": text(order.left),
        "avg_price": whole["average_filled_price"],
        "creation_time": whole["created_time"],
        "order_side": ticket.side,
        "order_type": ticket.kind.order_type.replace("_", " ").title(),
        "cancel_reason": order.cancel_message,
        "contract_expiry_type": "UNKNOWN_CONTRACT_EXPIRY_TYPE",
        "risk_managed_by": "UNKNOWN_RISK_MANAGEMENT_TYPE",
        "limit_price": text(ticket.limit or Decimal(0)),
        "stop_price": text(ticket.stop or Decimal(0)),
        "post_only": "true" if ticket.is_post_only else "false",
        "end_time": moment(ticket.end) if ticket.end else "0001-01-01T00:00:00Z",
        "start_time": "0001-01-01T00:00:00Z",
    }


def _trigger(order: Order) -> str:
    return "INVALID_ORDER_TYPE" if order.ticket.stop is None else _TRIGGERS[order.is_triggered]


def _attached(ticket: Ticket) -> dict[str, Any] | None:
    if ticket.attached is None:
        return None
    limit, stop = ticket.attached
    return {"trigger_bracket_gtc": {"limit_price": text(limit), "stop_trigger_price": text(stop)}}
