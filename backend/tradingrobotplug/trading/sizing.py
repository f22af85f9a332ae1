"""How many units to trade, with the arithmetic kept for the signal's log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from ..marketdata.products import Product
from ..money import ZERO, as_text, round_down
from .intent import QuantityKind

_HUNDRED = Decimal(100)
# A bot's own sizing → the kind of quantity that it gives.
RULES: dict[str, QuantityKind] = {
    "fixed_units": "units",
    "fixed_amount": "dollars",
    "percent_of_portfolio": "percent_of_equity",
    "percent_of_position": "percent_of_position",
    "risk_amount": "risk_dollars",
    "risk_percent": "risk_percent",
}
OF_EQUITY = ("percent_of_equity", "risk_percent")  # kinds that need to know what the bot is worth


@dataclass(frozen=True, slots=True)
class Facts:
    """What a quantity is worked out from. `held` is signed, `stop` the stop loss's price, and
    `fee_rate` the venue's fee as a share of an order's value."""

    price: Decimal
    held: Decimal = ZERO
    equity: Decimal | None = None
    stop: Decimal | None = None
    fee_rate: Decimal = ZERO

    @property
    def cost(self) -> Decimal:
        """Of one unit, the fee included."""
        return self.price * (1 + self.fee_rate)

    @property
    def owned(self) -> Decimal:
        """The equity, never negative."""
        return max(self.equity or ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, and what it counts."""

    value: Decimal
    kind: QuantityKind


@dataclass(frozen=True, slots=True)
class Sized:
    """A quantity that the venue can trade, or the reason why there is none."""

    quantity: Decimal
    arithmetic: dict[str, str]
    refusal: str | None = None


class _Impossible(Exception):
    """The quantity can't be worked out; the text is the reason."""


def of_bot(sizing: Mapping[str, Any]) -> Quantity:
    """A bot's own sizing."""
    return Quantity(Decimal(str(sizing["value"])), RULES[str(sizing["type"])])


def size_entry(
    sizing: Mapping[str, Any], asked: Quantity | None, facts: Facts, product: Product
) -> Sized:
    """An alert's own quantity wins over the bot's sizing; rounded down to the venue's step."""
    wanted = asked or of_bot(sizing)
    steps = _steps(wanted, facts)
    steps["rule"] = f"alert_{wanted.kind}" if asked else str(sizing["type"])
    try:
        units = _UNITS[wanted.kind](wanted.value, facts, steps)
    except _Impossible as reason:
        return Sized(ZERO, steps, str(reason))
    return _traded(units, facts.price, product, steps)


def size_exit(asked: Quantity | None, whole: bool, facts: Facts, product: Product) -> Sized:
    """Never more than is held. All of it goes as it is: no dust stays behind."""
    held = abs(facts.held)
    steps = {"price": as_text(facts.price), "held": as_text(held)}
    if not whole and asked is not None:
        steps |= _steps(asked, facts) | {"rule": f"alert_{asked.kind}"}
        try:
            units = _UNITS[asked.kind](asked.value, facts, steps)
        except _Impossible as reason:
            return Sized(ZERO, steps, str(reason))
        if units < held:
            return _traded(units, facts.price, product, steps)
    steps |= {"rule": "whole_position", "quantity": as_text(held)}
    return Sized(held, steps)


def _units(value: Decimal, _facts: Facts, _steps: dict[str, str]) -> Decimal:
    return value


def _dollars(value: Decimal, facts: Facts, steps: dict[str, str]) -> Decimal:
    steps["amount"] = as_text(value)
    return value / facts.cost


def _percent_of_equity(value: Decimal, facts: Facts, steps: dict[str, str]) -> Decimal:
    steps["equity"] = as_text(facts.owned)
    return _dollars(facts.owned * value / _HUNDRED, facts, steps)


def _percent_of_position(value: Decimal, facts: Facts, steps: dict[str, str]) -> Decimal:
    if facts.held == 0:
        raise _Impossible("There is no position to take a percentage of.")
    steps["held"] = as_text(abs(facts.held))
    return abs(facts.held) * value / _HUNDRED


def _risk_dollars(value: Decimal, facts: Facts, steps: dict[str, str]) -> Decimal:
    """What is lost at the stop, both fees included, is the amount at risk."""
    if facts.stop is None:
        raise _Impossible("Sizing by risk needs a stop loss, in the alert or in the bot.")
    loss = abs(facts.price - facts.stop) + (facts.price + facts.stop) * facts.fee_rate
    if loss == 0:
        raise _Impossible("The stop loss is at the price: there is no risk to size by.")
    steps |= {"risk": as_text(value), "stop": as_text(facts.stop), "loss_a_unit": as_text(loss)}
    return value / loss


def _risk_percent(value: Decimal, facts: Facts, steps: dict[str, str]) -> Decimal:
    steps["equity"] = as_text(facts.owned)
    return _risk_dollars(facts.owned * value / _HUNDRED, facts, steps)


_UNITS: dict[QuantityKind, Callable[[Decimal, Facts, dict[str, str]], Decimal]] = {
    "units": _units,
    "dollars": _dollars,
    "percent_of_equity": _percent_of_equity,
    "percent_of_position": _percent_of_position,
    "risk_dollars": _risk_dollars,
    "risk_percent": _risk_percent,
}
assert set(_UNITS) == set(get_args(QuantityKind))


def _steps(wanted: Quantity, facts: Facts) -> dict[str, str]:
    steps = {"price": as_text(facts.price), "value": as_text(wanted.value)}
    if facts.fee_rate and wanted.kind not in ("units", "percent_of_position"):
        steps["fee_percent"] = as_text(facts.fee_rate * _HUNDRED)
    return steps


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
