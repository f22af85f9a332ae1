"""Does this order trade at this quote, at what price, and how much of it? Nothing else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from ..marketdata.calendar import NEW_YORK, closes_at, session_from
from ..marketdata.products import Product
from ..marketdata.quotes import Quote
from ..money import ZERO, round_down
from .paper_costs import Costs, touched

# How far from the quote a market order may trade outside the regular session, where venues take
# limit orders only.
COLLAR = Decimal("0.01")
_EXTENDED_CLOSE = time(20)


@dataclass(frozen=True, slots=True)
class Market:
    """One symbol at one moment."""

    product: Product
    quote: Quote
    session: Literal["regular", "extended", "closed"]
    now: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an order matters to whether it trades."""

    side: str
    type: str
    limit_price: Decimal | None
    stop_price: Decimal | None
    is_triggered: bool
    extended_hours: bool
    remaining: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """What the quote does to the order; quantity 0: it does not trade now."""

    triggers: bool
    quantity: Decimal = ZERO
    price: Decimal = ZERO


NOTHING = Match(triggers=False)


def match(terms: Terms, market: Market, costs: Costs) -> Match:
    """Trade what the quote allows: never outside the limit, never before the stop is reached."""
    if not _trades_in(terms, market.session):
        return NOTHING
    triggers = terms.stop_price is not None and not terms.is_triggered
    if triggers and not _stop_reached(terms, market.quote):
        return NOTHING
    limit = _limit(terms, market)
    touch, _ = touched(terms.side, market.quote)
    if limit is not None and _is_beyond(terms.side, touch, limit):
        return Match(triggers)
    available = costs.available(terms.side, market.quote)
    quantity = round_down(min(terms.remaining, available), market.product.quantity_step)
    if quantity <= 0:
        return Match(triggers)
    price = costs.price(terms.side, quantity, market.quote, market.product.price_step)
    if limit is not None and _is_beyond(terms.side, price, limit):
        price = limit
    return Match(triggers, quantity, price)


def expires_at(
    asset_type: str, time_in_force: str, extended_hours: bool, created_at: datetime
) -> datetime | None:
    """When a day order ends: with its session, or with extended hours; at midnight UTC for crypto.

    A day order given after the close belongs to the next session.
    """
    if time_in_force != "day":
        return None
    if asset_type == "crypto":
        return closes_at("crypto", created_at.astimezone(UTC).date())
    day = created_at.astimezone(NEW_YORK).date()
    ends = _session_end(session_from(day).day, extended_hours)
    if created_at < ends:
        return ends
    return _session_end(session_from(day + timedelta(days=1)).day, extended_hours)


def _session_end(day: date, extended_hours: bool) -> datetime:
    if extended_hours:
        return datetime.combine(day, _EXTENDED_CLOSE, NEW_YORK).astimezone(UTC)
    return closes_at("stocks", day)


def _trades_in(terms: Terms, session: str) -> bool:
    # Stops are elected in the regular session only, as at Alpaca.
    may_extend = terms.extended_hours and (terms.stop_price is None or terms.is_triggered)
    return session == "regular" or (session == "extended" and may_extend)


def _stop_reached(terms: Terms, quote: Quote) -> bool:
    assert terms.stop_price is not None
    if terms.side == "buy":
        return quote.ask >= terms.stop_price
    return quote.bid <= terms.stop_price


def _limit(terms: Terms, market: Market) -> Decimal | None:
    if terms.limit_price is not None or market.session == "regular":
        return terms.limit_price
    touch, _ = touched(terms.side, market.quote)
    bound = touch * (1 + COLLAR if terms.side == "buy" else 1 - COLLAR)
    return round_down(bound, market.product.price_step)


def _is_beyond(side: str, price: Decimal, limit: Decimal) -> bool:
    return price > limit if side == "buy" else price < limit
