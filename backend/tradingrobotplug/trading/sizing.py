"""How many units to trade, with the arithmetic kept for the signal's log."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..marketdata.products import Product
from ..money import ZERO, as_text, round_down


@dataclass(frozen=True, slots=True)
class Sized:
    """A quantity that the venue can trade, or the reason why there is none."""

    quantity: Decimal
    arithmetic: dict[str, str]
    refusal: str | None = None


def size_entry(
    sizing: Mapping[str, Any],
    asked: Decimal | None,
    price: Decimal,
    equity: Decimal | None,
    product: Product,
) -> Sized:
    """An alert's own quantity wins over the bot's sizing; rounded down to the venue's step."""
    steps: dict[str, str] = {"price": as_text(price)}
    wanted = asked if asked is not None else _by_rule(sizing, price, equity, steps)
    steps["rule"] = "alert_quantity" if asked is not None else str(sizing["type"])
    return _traded(wanted, price, product, steps)


def size_exit(
    held: Decimal, asked: Decimal | None, whole: bool, price: Decimal, product: Product
) -> Sized:
    """Never more than is held. All of it goes as it is: no dust stays behind."""
    steps = {"price": as_text(price), "held": as_text(abs(held))}
    if whole or asked is None or asked >= abs(held):
        steps |= {"rule": "whole_position", "quantity": as_text(abs(held))}
        return Sized(abs(held), steps)
    steps["rule"] = "alert_quantity"
    return _traded(asked, price, product, steps)


def _by_rule(
    sizing: Mapping[str, Any], price: Decimal, equity: Decimal | None, steps: dict[str, str]
) -> Decimal:
    value = Decimal(str(sizing["value"]))
    steps["value"] = as_text(value)
    if sizing["type"] == "fixed_units":
        return value
    amount = value
    if sizing["type"] == "percent_of_portfolio":
        owned = max(equity or ZERO, ZERO)
        amount = owned * value / 100
        steps["equity"] = as_text(owned)
    steps["amount"] = as_text(amount)
    return amount / price


def _traded(wanted: Decimal, price: Decimal, product: Product, steps: dict[str, str]) -> Sized:
    quantity = round_down(wanted, product.quantity_step)
    steps |= {
        "wanted": as_text(wanted),
        "step": as_text(product.quantity_step),
        "quantity": as_text(quantity),
    }
    return Sized(quantity, steps, _too_small(quantity, price, product))


def _too_small(quantity: Decimal, price: Decimal, product: Product) -> str | None:
    if quantity <= 0 or quantity < product.min_quantity:
        least = max(product.min_quantity, product.quantity_step)
        return (
            f"{as_text(quantity)} {product.symbol} is below the venue's minimum of "
            f"{as_text(least)}."
        )
    if quantity * price < product.min_notional:
        return (
            f"{as_text(quantity)} {product.symbol} is worth ${as_text(quantity * price)}, below "
            f"the venue's minimum of ${as_text(product.min_notional)}."
        )
    return None
