"""Alpaca's rules that need nothing but the order itself and the market's price."""

from collections.abc import Callable
from decimal import Decimal

from ..listings import STOCKS
from .orders import Terms
from .refusals import Refusal, forbidden, invalid, text

_CENT = Decimal("0.01")
_Rule = Callable[[Terms], Refusal | None]


def refuse_if_senseless(terms: Terms) -> None:
    """Raise the Refusal of the first rule that this order breaks."""
    for rule in _RULES:
        refusal = rule(terms)
        if refusal is not None:
            raise refusal


def refuse_if_legs_are_crossed(terms: Terms, market_price: Decimal) -> None:
    """Raise the Refusal if a leg lies on the wrong side of the entry, or of the other leg."""
    if terms.order_class == "simple":
        return
    base = terms.limit_price or terms.stop_price or market_price
    if terms.order_class == "oco":
        base = market_price
    way = 1 if (terms.side == "buy") != (terms.order_class == "oco") else -1
    profit, loss = terms.take_profit, terms.stop_loss
    more = {"base_price": text(base)}
    if profit is not None and (profit - base) * way < _CENT and terms.order_class != "oco":
        word = ">= base_price +" if way == 1 else "<= base_price -"
        raise invalid(f"take_profit.limit_price must be {word} 0.01", **more)
    if loss is not None and (base - loss) * way < _CENT:
        word = "<= base_price -" if way == 1 else ">= base_price +"
        raise invalid(f"stop_loss.stop_price must be {word} 0.01", **more)
    if profit is not None and loss is not None and (profit - loss) * way <= 0:
        raise invalid("take_profit.limit_price must be beyond stop_loss.stop_price", **more)


def _listed(terms: Terms) -> Refusal | None:
    return None if terms.symbol in STOCKS else invalid(f'asset "{terms.symbol}" not found')


def _quantity(terms: Terms) -> Refusal | None:
    if terms.qty is None and terms.notional is None:
        return invalid("qty or notional is required")
    if terms.qty is not None and terms.notional is not None:
        return invalid("only one of qty or notional is accepted")
    for name in ("qty", "notional"):
        value: Decimal | None = getattr(terms, name)
        if value is not None and value <= 0:
            return invalid(f"{name} must be > 0")
        if value is not None and _decimals(value) > 9:
            return invalid(f"{name} must be limited to 9 decimal places")
    return None


def _prices(terms: Terms) -> Refusal | None:
    needs = {
        "limit": ("limit_price",),
        "stop": ("stop_price",),
        "stop_limit": ("limit_price", "stop_price"),
    }.get(terms.type, ())
    kind = terms.type.replace("_", " ")
    for name in ("limit_price", "stop_price"):
        is_given = getattr(terms, name) is not None
        if name in needs and not is_given and terms.order_class != "oco":
            return invalid(f"{kind} orders require {name.replace('_', ' ')}")
        if name not in needs and is_given and terms.order_class != "oco":
            return invalid(f"{kind} orders must not have {name.replace('_', ' ')}")
    return None


def _trail(terms: Terms) -> Refusal | None:
    given = [v for v in (terms.trail_price, terms.trail_percent) if v is not None]
    if terms.type != "trailing_stop":
        return invalid("trail is only for trailing_stop orders") if given else None
    if len(given) != 1:
        return invalid("trailing_stop orders must specify one of trail_percent or trail_price")
    return None if given[0] > 0 else invalid("trail must be > 0")


def _ticks(terms: Terms) -> Refusal | None:
    """Two decimals from a dollar up, four below (Regulation NMS, Rule 612)."""
    for name in ("limit_price", "stop_price", "take_profit", "stop_loss", "stop_loss_limit"):
        price: Decimal | None = getattr(terms, name)
        if price is None:
            continue
        if price <= 0:
            return invalid(f"{name} must be > 0")
        if _decimals(price) > (2 if price >= 1 else 4):
            return invalid(
                f"invalid {name} {text(price)}. sub-penny increment does not fulfill minimum "
                "pricing criteria"
            )
    return None


def _in_force(terms: Terms) -> Refusal | None:
    if terms.time_in_force in ("opg", "cls") and terms.type not in ("market", "limit"):
        return invalid(f"{terms.time_in_force} orders must be market or limit orders")
    if terms.type == "trailing_stop" and terms.time_in_force not in ("day", "gtc"):
        return invalid("trailing_stop orders must be DAY or GTC orders")
    return None


def _extended_hours(terms: Terms) -> Refusal | None:
    if not terms.extended_hours:
        return None
    if terms.type == "limit" and terms.time_in_force in ("day", "gtc"):
        return None
    return invalid("extended hours order must be DAY or GTC limit orders")


def _fractional(terms: Terms) -> Refusal | None:
    if not terms.is_fractional:
        return None
    if terms.order_class != "simple":
        return invalid("fractional orders must be simple orders")
    if terms.time_in_force != "day":
        return invalid("fractional orders must be DAY orders")
    if terms.type == "trailing_stop":
        return invalid("fractional orders must be market, limit, stop or stop limit orders")
    return None


def _smallest(terms: Terms) -> Refusal | None:
    if terms.notional is not None and terms.notional < 1:
        return forbidden("cost basis must be >= minimal amount of order 1")
    return None


def _legs(terms: Terms) -> Refusal | None:
    kind, profit, loss = terms.order_class, terms.take_profit, terms.stop_loss
    if kind == "simple":
        return invalid("simple orders must not have legs") if profit or loss else None
    if terms.time_in_force not in ("day", "gtc"):
        return invalid(f"{kind} orders must be DAY or GTC orders")
    if terms.extended_hours:
        return invalid(f"{kind} orders are not eligible for extended hours")
    if kind == "oto" and (profit is None) == (loss is None):
        return invalid("oto orders require one of take_profit or stop_loss")
    if kind != "oto" and profit is None:
        return invalid(f"{kind} orders require take_profit.limit_price")
    if kind != "oto" and loss is None:
        return invalid(f"{kind} orders require stop_loss.stop_price")
    if kind == "oco" and terms.type != "limit":
        return invalid("oco orders must be limit orders")
    return None


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


_RULES: tuple[_Rule, ...] = (
    _listed,
    _quantity,
    _prices,
    _trail,
    _ticks,
    _in_force,
    _extended_hours,
    _fractional,
    _smallest,
    _legs,
)
