"""Where protection stands: kept with the entry as it was asked for, worked out from what it filled
at."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ..marketdata.products import Product
from ..money import as_text, round_down
from .intent import Intent, Level, StopLoss, TakeProfit

ONE, ALL = Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class Leg:
    """One order that guards: its kind and its prices."""

    name: Literal["stop_loss", "take_profit", "bracket"]
    type: str
    stop_price: Decimal | None = None
    limit_price: Decimal | None = None
    stop_limit_price: Decimal | None = None  # of a bracket's stop
    trail_percent: Decimal | None = None
    trail_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the position and the legs that guard it: what one of them fills, the other no
    longer may."""

    quantity: Decimal
    legs: tuple[Leg, ...]


def wanted(intent: Intent, limits: Mapping[str, Any], product: Product) -> dict[str, Any]:
    """What an entry order keeps: the alert's levels where given, else the bot's percentages."""
    stop = intent.stop_loss or _of_bot(limits)
    targets = intent.take_profits
    percent = limits.get("take_profit_percent")
    if not targets and percent is not None:
        targets = (TakeProfit(Level(Decimal(str(percent)), "percent")),)
    if stop is None and not targets:
        return {}
    return {
        "stop_loss": _stored_stop(stop) if stop else None,
        "take_profits": [_stored(one.at) | {"share": as_text(one.share)} for one in targets],
        "price_step": as_text(product.price_step),
        "quantity_step": as_text(product.quantity_step),
    }


def slices(
    protection: Mapping[str, Any], average_price: Decimal, is_long: bool, quantity: Decimal
) -> list[Slice]:
    """How this quantity of an entry is guarded. Shares are rounded down to the venue's step; what
    is over goes to the last slice, so that they come to the whole quantity."""
    step, grid = (Decimal(protection[name]) for name in ("quantity_step", "price_step"))
    stop = _stop_leg(protection["stop_loss"], average_price, is_long, grid)
    guard = (stop,) if stop else ()
    found: list[Slice] = []
    for stored in protection["take_profits"]:
        at = _price(stored, average_price, 1 if is_long else -1, grid)
        legs = (*guard, Leg("take_profit", "limit", limit_price=at))
        found.append(Slice(round_down(quantity * Decimal(stored["share"]) / ALL, step), legs))
    found = [part for part in found if part.quantity > 0]
    over = quantity - sum((part.quantity for part in found), Decimal(0))
    shares = sum((Decimal(stored["share"]) for stored in protection["take_profits"]), Decimal(0))
    if found and (over <= step or shares == ALL):
        found[-1] = Slice(found[-1].quantity + over, found[-1].legs)
    elif guard or not found:
        found.append(Slice(over, guard or _last_legs(protection, average_price, is_long, grid)))
    return [part for part in found if part.legs and part.quantity > 0]


def stop_price(protection: Mapping[str, Any], price: Decimal, is_long: bool) -> Decimal | None:
    """Where the stop loss of an entry at this price would stand."""
    if not protection or not protection["stop_loss"]:
        return None
    step = Decimal(protection["price_step"])
    return _price(protection["stop_loss"], price, -1 if is_long else 1, step)


def target_prices(protection: Mapping[str, Any], price: Decimal, is_long: bool) -> list[Decimal]:
    """Where the take-profit levels of an entry at this price would stand."""
    if not protection:
        return []
    step = Decimal(protection["price_step"])
    return [_price(one, price, 1 if is_long else -1, step) for one in protection["take_profits"]]


def _last_legs(
    protection: Mapping[str, Any], average_price: Decimal, is_long: bool, grid: Decimal
) -> tuple[Leg, ...]:
    """Of a quantity too small to be shared out: the first target's."""
    if not protection["take_profits"]:
        return ()
    at = _price(protection["take_profits"][0], average_price, 1 if is_long else -1, grid)
    return (Leg("take_profit", "limit", limit_price=at),)


def _of_bot(limits: Mapping[str, Any]) -> StopLoss | None:
    trail, stop = limits.get("trailing_stop_percent"), limits.get("stop_loss_percent")
    if trail is not None:
        return StopLoss(Level(Decimal(str(trail)), "percent"), "trailing_stop")
    return StopLoss(Level(Decimal(str(stop)), "percent")) if stop is not None else None


def _stored_stop(stop: StopLoss) -> dict[str, Any]:
    limit = {"limit": _stored(stop.limit)} if stop.limit else {}
    return _stored(stop.at) | {"type": stop.type} | limit


def _stored(level: Level) -> dict[str, Any]:
    return {"value": as_text(level.value), "unit": level.unit}


def _stop_leg(
    stored: Mapping[str, Any] | None, average_price: Decimal, is_long: bool, grid: Decimal
) -> Leg | None:
    if not stored:
        return None
    away = -1 if is_long else 1
    if stored["type"] == "trailing_stop":
        value = Decimal(stored["value"])
        name = "trail_percent" if stored["unit"] == "percent" else "trail_amount"
        return Leg("stop_loss", "trailing_stop", **{name: value})
    at = _price(stored, average_price, away, grid)
    if stored["type"] == "stop":
        return Leg("stop_loss", "stop", stop_price=at)
    limit = _price(stored["limit"], average_price, away, grid)
    return Leg("stop_loss", "stop_limit", stop_price=at, limit_price=limit)


def _price(
    stored: Mapping[str, Any], average_price: Decimal, direction: int, grid: Decimal
) -> Decimal:
    value = Decimal(stored["value"])
    if stored["unit"] == "price":
        return round_down(value, grid)
    distance = average_price * value / ALL if stored["unit"] == "percent" else value
    return round_down(average_price + direction * distance, grid)
