"""Orders, positions, fills and accounts in the shapes of Alpaca's OpenAPI document."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from ..listings import STOCKS
from .books import Position
from .orders import Order
from .refusals import text

_STAMPS = ("filled_at", "expired_at", "canceled_at", "failed_at", "replaced_at")
_PRICES = ("limit_price", "trail_percent", "trail_price", "notional")


def rendered(order: Order, legs: Iterable[Order] = ()) -> dict[str, object]:
    """An order; its legs only where they were asked for."""
    terms, submitted_at = order.terms, stamp(order.submitted_at)
    found: dict[str, object] = {
        "id": order.id,
        "client_order_id": terms.client_order_id,
        "created_at": submitted_at,
        "updated_at": stamp(max([order.submitted_at, *order.stamps.values()])),
        "submitted_at": submitted_at,
        "expires_at": stamp(order.expires_at),
        "asset_id": STOCKS[terms.symbol].id,
        "asset_class": "us_equity",
        "symbol": terms.symbol,
        "qty": None if order.qty is None else text(order.qty),
        "filled_qty": text(order.filled_qty),
        "filled_avg_price": _average(order),
        "order_class": "" if terms.order_class == "simple" else terms.order_class,
        "order_type": terms.type,
        "type": terms.type,
        "side": terms.side,
        "position_intent": order.position_intent,
        "time_in_force": terms.time_in_force,
        "stop_price": _number(order.stop_price),
        "hwm": _number(order.mark),
        "status": order.status,
        "extended_hours": terms.extended_hours,
        "legs": [rendered(leg) for leg in legs] or None,
        "replaced_by": order.replaced_by,
        "replaces": order.replaces,
        "source": None,
        "subtag": None,
    }
    found |= {name: _number(getattr(terms, name)) for name in _PRICES}
    found |= {n: stamp(order.stamps[n]) if n in order.stamps else None for n in _STAMPS}
    if order.group_id is not None:
        found |= {"group_id": order.group_id, "group_role": order.group_role}
    return found


def position(
    symbol: str, held: Position, available: Decimal, price: Decimal, last_day: Decimal
) -> dict[str, object]:
    """A position at this price; `last_day` is the price at the last close."""
    value, cost = held.qty * price, held.qty * held.entry
    gain, today = value - cost, held.qty * (price - last_day)
    return {
        "asset_id": STOCKS[symbol].id,
        "symbol": symbol,
        "exchange": STOCKS[symbol].exchange,
        "asset_class": "us_equity",
        "asset_marginable": True,
        "qty": text(held.qty),
        "qty_available": text(available if held.qty > 0 else -available),
        "avg_entry_price": text(held.entry.quantize(Decimal("0.000001"))),
        "side": "long" if held.qty > 0 else "short",
        "market_value": text(value),
        "cost_basis": text(cost.quantize(Decimal("0.000001"))),
        "unrealized_pl": text(gain.quantize(Decimal("0.000001"))),
        "unrealized_plpc": _share(gain, abs(cost)),
        "unrealized_intraday_pl": text(today),
        "unrealized_intraday_plpc": _share(today, abs(held.qty * last_day)),
        "current_price": text(price),
        "lastday_price": text(last_day),
        "change_today": _share(price - last_day, last_day),
    }


def asset(symbol: str) -> dict[str, object]:
    """What the venue allows for a symbol that it lists."""
    listing = STOCKS[symbol]
    return {
        "id": listing.id,
        "class": "us_equity",
        "exchange": listing.exchange,
        "symbol": listing.symbol,
        "name": listing.name,
        "status": "active",
        "tradable": True,
        "marginable": True,
        "maintenance_margin_requirement": 30,
        "margin_requirement_long": "30",
        "margin_requirement_short": "30",
        "shortable": True,
        "easy_to_borrow": True,
        "borrow_status": "easy_to_borrow",
        "fractionable": True,
        "attributes": ["fractional_eh_enabled", "has_options"],
    }


def stamp(at: datetime) -> str:
    """A time as Alpaca writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _average(order: Order) -> str | None:
    if not order.filled_qty:
        return None
    return text((order.filled_value / order.filled_qty).quantize(Decimal("0.000001")))


def _number(value: Decimal | None) -> str | None:
    return None if value is None else text(value)


def _share(part: Decimal, whole: Decimal) -> str:
    return text((part / whole).quantize(Decimal("0.00000001"))) if whole else "0"
