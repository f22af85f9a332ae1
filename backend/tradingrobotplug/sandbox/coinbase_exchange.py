"""What happens to an order at Coinbase: it is checked, funded, traded at once, cancelled."""

import uuid
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from . import coinbase_rules as rules
from .coinbase_book import Book
from .coinbase_faults import CoinbaseFaults
from .coinbase_matching import Trade, for_base, for_value, without_fee
from .coinbase_orders import ZERO, Order, Status, hold_of
from .coinbase_ticket import BRACKET, Refusal, Ticket, unsupported
from .market import Book as Prices
from .market import Market


def check(book: Book, market: Market, ticket: Ticket, faults: CoinbaseFaults) -> list[Trade]:
    """The trades that this ticket would make at once. Refusal if Coinbase would not take it."""
    if faults.take("unsupported", word=ticket.name):
        raise unsupported(f"{ticket.name} is not supported for {ticket.listing.symbol}")
    prices = market.book(ticket.listing, stock=False)
    rules.refuse(ticket, rules.View(prices.bid, prices.ask, market.now()))
    trades = _trades(ticket, prices, ticket.base or ticket.quote or ZERO, book.taker_rate)
    if _needed(ticket, trades, book.taker_rate) > book.available(ticket.currencies[ticket.is_buy]):
        raise Refusal(
            "INSUFFICIENT_FUND",
            "PREVIEW_INSUFFICIENT_FUND",
            "Insufficient balance in source account",
        )
    return trades


def place(book: Book, market: Market, ticket: Ticket, faults: CoinbaseFaults) -> Order:
    """Take an order. The same client_order_id again is the order that there is. Refusal if not."""
    found = book.existing(ticket.client_order_id)
    if found is not None and faults.take("duplicate_id"):
        raise Refusal(
            "DUPLICATE_CLIENT_ORDER_ID",
            "UNKNOWN_PREVIEW_FAILURE_REASON",
            "client_order_id has been used",
        )
    if found is not None:
        return found
    refused = faults.take("refuse")
    if refused is not None:
        raise Refusal(refused.word, "UNKNOWN_PREVIEW_FAILURE_REASON", refused.message)
    check(book, market, ticket, faults)
    now = market.now()
    order = Order(ticket, now, Status.OPEN, int(now.timestamp()))
    book.add(order)
    _attach(book, order)
    _meet_faults(order, now, faults)
    if faults.take("fail"):
        order.reject_reason = "HOLD_FAILURE"
        book.finish(order, Status.FAILED)
    elif order.status is Status.OPEN:
        begin(book, order, market.book(ticket.listing, stock=False), now)
    return order


def begin(book: Book, order: Order, prices: Prices, now: datetime) -> None:
    """The order is at the exchange: what can trade, trades; a stop or bracket waits."""
    order.status = Status.OPEN
    if order.ticket.kind.order_type in ("MARKET", "LIMIT"):
        order.limit = order.ticket.limit
        enter(book, order, prices, now)
    else:
        order.limit = order.ticket.limit if order.ticket.kind.order_type == "BRACKET" else None
    if not order.status.is_final:
        book.publish(order)


def enter(book: Book, order: Order, prices: Prices, now: datetime) -> None:
    """Trade with the levels within the limit, for the taker's fee."""
    amount = order.left if order.cut is None else min(order.left, order.cut)
    trades = _trades(order.ticket, prices, amount, book.taker_rate, order.limit)
    if order.ticket.name == "limit_limit_fok" and sum(t.base for t in trades) < order.left:
        book.finish(order, Status.CANCELLED, "Not filled at once")
        return
    _book_trades(book, order, trades, amount, now)
    _settle(book, order, now)


def cancel(book: Book, market: Market, order_id: str, faults: CoinbaseFaults) -> str:
    """Cancel an order; what Coinbase calls the failure, or an empty text."""
    order = book.orders.get(order_id)
    refused = faults.take("refuse_cancel")
    if refused is not None:
        return refused.word
    if order is None:
        return "UNKNOWN_CANCEL_ORDER"
    if order.status is Status.FILLED:
        return "ORDER_IS_FULLY_FILLED"
    if order.status.is_final:
        return "INVALID_CANCEL_REQUEST"
    if order.status is Status.CANCEL_QUEUED:
        return "DUPLICATE_CANCEL_REQUEST"
    slow = faults.take("slow_cancel")
    if slow is None:
        book.finish(order, Status.CANCELLED, "User requested cancel")
    else:
        order.status = Status.CANCEL_QUEUED
        order.cancelled_at = market.now() + timedelta(seconds=slow.seconds)
        book.publish(order)
    return ""


def _trades(
    ticket: Ticket, prices: Prices, amount: Decimal, rate: Decimal, limit: Decimal | None = None
) -> list[Trade]:
    if ticket.quote is not None:
        return for_value(ticket.listing, prices, without_fee(amount, rate))
    return for_base(ticket.listing, prices, ticket.is_buy, amount, limit or ticket.limit)


def _needed(ticket: Ticket, trades: list[Trade], rate: Decimal) -> Decimal:
    """What the order spends or holds: units of a sell; a buy's value with the fee on top."""
    if ticket.quote is not None:
        return ticket.quote
    assert ticket.base is not None
    if not ticket.is_buy:
        return ticket.base
    if ticket.limit is None:
        return sum((trade.value for trade in trades), ZERO) * (1 + rate)
    return hold_of(ticket, ticket.base, rate)


def _book_trades(
    book: Book, order: Order, trades: list[Trade], amount: Decimal, now: datetime
) -> None:
    """A quote size is spent to its last digit: the last fee is what the trades leave of it."""
    if trades:
        order.filled = int(now.timestamp())
    left, rate = amount, book.taker_rate
    value = sum((trade.value for trade in trades), ZERO)
    is_spent = order.ticket.quote is not None and value == without_fee(amount, rate)
    for trade in trades:
        is_last = trade is trades[-1]
        fee = left - trade.value if is_spent and is_last else trade.value * rate
        left -= trade.value + fee
        book.trade(order, trade, now, fee, is_maker=False)


def _settle(book: Book, order: Order, now: datetime) -> None:
    if order.left <= 0:
        book.finish(order, Status.FILLED)
    elif order.cut is not None and not order.dies_at_cut:
        order.cut = None  # the rest waits, as told
    elif order.cut is not None:
        book.finish(order, Status.CANCELLED, "Internal error")
    elif order.ticket.kind.is_immediate:
        book.finish(order, Status.CANCELLED, "No liquidity within the limit")


def _attach(book: Book, order: Order) -> None:
    """The bracket that the entry brings with it waits until all of the entry has traded."""
    if order.ticket.attached is None:
        return
    limit, stop = order.ticket.attached
    fields = {"limit_price": f"{limit:f}", "stop_trigger_price": f"{stop:f}"}
    ticket = Ticket(
        client_order_id=str(uuid.uuid4()),
        listing=order.ticket.listing,
        is_buy=False,
        name=BRACKET,
        configuration={BRACKET: fields},
        base=ZERO,
        limit=limit,
        stop=stop,
    )
    child = Order(ticket, order.placed_at, Status.PENDING, order.seen, parent=order.id, limit=limit)
    book.add(child)
    order.child = child.id


def _meet_faults(order: Order, now: datetime, faults: CoinbaseFaults) -> None:
    late = faults.take("late")
    if late is not None:
        order.visible_at = now + timedelta(seconds=late.seconds)
    late_fills = faults.take("late_fills")
    if late_fills is not None:
        order.fills_visible_at = now + timedelta(seconds=late_fills.seconds)
    wait = faults.take("wait")
    if wait is not None:
        order.status, order.waits_until = Status(wait.word), now + timedelta(seconds=wait.seconds)
    for kind in ("partial_cancel", "partial_rest"):
        part = faults.take(kind)
        if part is not None:
            order.cut = _cut(order, Decimal(part.part))
            order.dies_at_cut = kind == "partial_cancel"
            if kind == "partial_rest":
                order.waits_until = now + timedelta(seconds=part.seconds)


def _cut(order: Order, part: Decimal) -> Decimal:
    is_quote = order.ticket.quote is not None
    step = Decimal("0.01") if is_quote else Decimal(order.ticket.listing.increment)
    return (order.left * part / step).to_integral_value(ROUND_DOWN) * step
