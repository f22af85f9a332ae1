"""Coinbase's rules for a new order, as a list. Each looks at the ticket and the best prices."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .coinbase_ticket import Refusal, Ticket

QUOTE_INCREMENT, QUOTE_MIN, QUOTE_MAX = Decimal("0.01"), Decimal(1), Decimal(150_000_000)
_BASE_WORTH_MOST = 20_000_000  # dollars that the largest base size is worth


@dataclass(frozen=True, slots=True)
class View:
    """What a new order meets: best prices and the moment."""

    bid: Decimal
    ask: Decimal
    now: datetime

    @property
    def last(self) -> Decimal:
        """The price that stops are measured by."""
        return (self.bid + self.ask) / 2


Rule = Callable[[Ticket, View], Refusal | None]


def refuse(ticket: Ticket, view: View) -> None:
    """Raise the first refusal that a rule has for this ticket."""
    for rule in RULES:
        found = rule(ticket, view)
        if found is not None:
            raise found


def most_base(level: float) -> Decimal:
    """The largest base size of a listing at this price level."""
    return Decimal(round(_BASE_WORTH_MOST / level))


def size_precision(ticket: Ticket, _: View) -> Refusal | None:
    """Sizes are whole steps: Coinbase refuses, it does not round."""
    if ticket.base is not None and ticket.base % Decimal(ticket.listing.increment):
        return _no("INVALID_SIZE_PRECISION", "Invalid size precision")
    if ticket.quote is not None and ticket.quote % QUOTE_INCREMENT:
        preview = "PREVIEW_INVALID_QUOTE_SIZE_PRECISION"
        return Refusal("INVALID_SIZE_PRECISION", preview, "Invalid quote size precision")
    return None


def price_precision(ticket: Ticket, _: View) -> Refusal | None:
    """Prices are whole ticks."""
    prices = (ticket.limit, ticket.stop, *(ticket.attached or ()))
    if any(price % Decimal(ticket.listing.tick) for price in prices if price is not None):
        return _no("INVALID_PRICE_PRECISION", "Too many decimals in order price")
    if any(price <= 0 for price in prices if price is not None):
        return _no("INVALID_LIMIT_PRICE", "Prices are above zero")
    return None


def base_size(ticket: Ticket, view: View) -> Refusal | None:
    """Between the product's least and largest size, and worth the least value."""
    if ticket.base is None:
        return None
    worth = ticket.base * (ticket.limit or view.last)
    if ticket.base < Decimal(ticket.listing.increment) or worth < QUOTE_MIN:
        return _size("BASE", "SMALL")
    return _size("BASE", "LARGE") if ticket.base > most_base(ticket.listing.level) else None


def quote_size(ticket: Ticket, _: View) -> Refusal | None:
    """Between the product's least and largest value."""
    if ticket.quote is None:
        return None
    if ticket.quote < QUOTE_MIN:
        return _size("QUOTE", "SMALL")
    return _size("QUOTE", "LARGE") if ticket.quote > QUOTE_MAX else None


def post_only(ticket: Ticket, view: View) -> Refusal | None:
    """A post-only order that would trade at once is refused."""
    if not ticket.is_post_only or ticket.limit is None:
        return None
    crosses = ticket.limit >= view.ask if ticket.is_buy else ticket.limit <= view.bid
    message = "Invalid limit price for post-only order"
    return _no("INVALID_LIMIT_PRICE_POST_ONLY", message) if crosses else None


def end_time(ticket: Ticket, view: View) -> Refusal | None:
    """A good-till-date order ends later."""
    if ticket.end is None or ticket.end > view.now:
        return None
    return _no("INVALID_END_TIME", "end_time has passed", "UNKNOWN_FAILURE_REASON")


def stop_limit(ticket: Ticket, view: View) -> Refusal | None:
    """A stop lies beyond the last price, its limit beyond the stop."""
    if ticket.kind.order_type != "STOP_LIMIT" or ticket.limit is None or ticket.stop is None:
        return None
    if ticket.is_buy:
        is_passed, is_inside = ticket.stop <= view.last, ticket.stop > ticket.limit
    else:
        is_passed, is_inside = ticket.stop >= view.last, ticket.stop < ticket.limit
    last, limit = ("BELOW", "ABOVE") if ticket.is_buy else ("ABOVE", "BELOW")
    if is_passed:
        return _stop(f"STOP_PRICE_{last}_LAST_TRADE_PRICE")
    return _stop(f"STOP_PRICE_{limit}_LIMIT_PRICE") if is_inside else None


def bracket(ticket: Ticket, view: View) -> Refusal | None:
    """A bracket's two prices lie on the two sides of the last price."""
    if ticket.kind.order_type != "BRACKET" or ticket.limit is None or ticket.stop is None:
        return None
    low, high = sorted((ticket.limit, ticket.stop))
    is_turned = (ticket.limit < ticket.stop) != ticket.is_buy
    if is_turned or not low < view.last < high:
        return _no("INVALID_BRACKET_PRICES", "Invalid bracket prices", "UNKNOWN_FAILURE_REASON")
    return None


def attached(ticket: Ticket, view: View) -> Refusal | None:
    """Around the price at which the entry is going to trade."""
    if ticket.attached is None:
        return None
    entry = view.ask if ticket.limit is None else min(ticket.limit, view.ask)
    profit, stop = ticket.attached
    if profit <= entry:
        name = "INVALID_ATTACHED_TAKE_PROFIT_PRICE_OUT_OF_BOUNDS"
    elif stop >= entry:
        name = "INVALID_ATTACHED_STOP_LOSS_PRICE_OUT_OF_BOUNDS"
    else:
        return None
    return _no(name, "Price out of bounds", "UNKNOWN_FAILURE_REASON")


RULES: tuple[Rule, ...] = (
    size_precision,
    price_precision,
    base_size,
    quote_size,
    post_only,
    end_time,
    stop_limit,
    bracket,
    attached,
)


def _no(name: str, message: str, error: str = "") -> Refusal:
    return Refusal(error or name, f"PREVIEW_{name}", message)


def _size(which: str, how: str) -> Refusal:
    preview = f"PREVIEW_INVALID_{which}_SIZE_TOO_{how}"
    return Refusal("UNKNOWN_FAILURE_REASON", preview, f"Order size is too {how.lower()}")


def _stop(name: str) -> Refusal:
    return _no(name, name.replace("_", " ").capitalize(), "UNKNOWN_FAILURE_REASON")
