"""What the paper broker refuses, in the words of the venues it stands for. A rule is a function
that returns the venue's reason, or None."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..money import ZERO, as_text
from .broker import OrderRequest
from .paper_books import OPEN, Books, held_for_orders
from .paper_costs import Costs, touched
from .paper_matching import Market

_SIDES = ("buy", "sell")
_PRICED = {
    "market": (False, False),
    "limit": (True, False),
    "stop": (False, True),
    "stop_limit": (True, True),
    "trailing_stop": (False, False),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An order, and what it would meet."""

    order: OrderRequest
    books: Books
    market: Market
    costs: Costs

    @property
    def is_crypto(self) -> bool:
        """Coinbase's words rather than Alpaca's."""
        return self.order.asset_type == "crypto"

    @property
    def held(self) -> Decimal:
        """Units of the symbol held."""
        return self.books.held(self.order.symbol)

    @property
    def is_exit(self) -> bool:
        """Whether it reduces a position."""
        return self.held * (1 if self.order.side == "buy" else -1) < 0

    @property
    def price(self) -> Decimal:
        """About what it will trade at: the limit, the stop, or the quote with slippage."""
        order, product = self.order, self.market.product
        named = order.limit_price or order.stop_price
        if order.limit_price is None:
            quantity = min(order.quantity, self.costs.available(order.side, self.market.quote))
            slipped = self.costs.price(order.side, quantity, self.market.quote, product.price_step)
            return max(named or ZERO, slipped)
        touch, _ = touched(order.side, self.market.quote)
        return order.limit_price if order.side == "buy" else max(order.limit_price, touch)


def well_formed(asked: Asked) -> str | None:
    """Side, kind, time in force, and the prices that the kind calls for."""
    order = asked.order
    wanted = _PRICED.get(order.type)
    if (
        wanted is None
        or order.side not in _SIDES
        or order.time_in_force not in ("day", "gtc", "ioc")
    ):
        return "invalid side, type or time_in_force"
    if wanted[0] != (order.limit_price is not None):
        return f"{order.type} orders {'require a' if wanted[0] else 'take no'} limit_price"
    if wanted[1] != (order.stop_price is not None):
        return f"{order.type} orders {'require a' if wanted[1] else 'take no'} stop_price"
    trails = sum(trail is not None for trail in (order.trail_percent, order.trail_amount))
    if trails != (1 if order.type == "trailing_stop" else 0):
        return f"{order.type} orders take {'one' if trails == 0 else 'no'} trail"
    return None


def quantity_fits(asked: Asked) -> str | None:
    """Above the least quantity, and a multiple of the venue's step."""
    quantity, product = asked.order.quantity, asked.market.product
    if quantity < product.min_quantity or quantity <= 0:
        least = as_text(product.min_quantity)
        if asked.is_crypto:
            return f"INVALID_SIZE: Order size is too small. Minimum size is: {least}"
        return f"qty must be > 0 (minimum {least})"
    if quantity % product.quantity_step:
        step = as_text(product.quantity_step)
        if asked.is_crypto:
            return f"INVALID_SIZE_PRECISION: base_size must be a multiple of {step}"
        return f"qty must be a multiple of {step}"
    return None


def prices_fit(asked: Asked) -> str | None:
    """Limit and stop lie on the venue's grid of prices."""
    step = asked.market.product.price_step
    for name in ("limit_price", "stop_price"):
        price: Decimal | None = getattr(asked.order, name)
        if price is None:
            continue
        if price <= 0:
            return f"{name} must be > 0"
        if price % step and asked.is_crypto:
            return f"INVALID_PRICE_PRECISION: {name} must be a multiple of {as_text(step)}"
        if price % step:
            return (
                f"invalid {name} {as_text(price)}. "
                "sub-penny increment does not fulfill minimum pricing criteria"
            )
    return None


def notional_suffices(asked: Asked) -> str | None:
    """Worth at least what the venue takes."""
    least = asked.market.product.min_notional
    if asked.order.quantity * asked.price >= least:
        return None
    if asked.is_crypto:
        return f"INVALID_SIZE: Order size is too small. Minimum size is: {as_text(least)} USD"
    return f"cost basis must be >= minimal amount of order {as_text(least)}"


def units_suffice(asked: Asked) -> str | None:
    """An exit takes what is held and not held back for other orders; it never crosses zero."""
    if not asked.is_exit:
        return None
    order = asked.order
    group = [o for o in asked.books.orders if order.oco_group and o.oco_group == order.oco_group]
    others = [o for o in asked.books.orders if o not in group]
    kept = held_for_orders(others, order.symbol, order.side)
    available = abs(asked.held) - kept
    if order.quantity - sum(o.filled_quantity for o in group) <= available:
        return None
    if asked.is_crypto:
        return "INSUFFICIENT_FUND: Insufficient balance in source account"
    return (
        f"insufficient qty available for order (requested: {as_text(order.quantity)}, "
        f"available: {as_text(available)}, held_for_orders: {as_text(kept)})"
    )


def short_is_possible(asked: Asked) -> str | None:
    """Coinbase has no short sales; Alpaca none of parts of a share; a bot none unless it may."""
    order = asked.order
    if order.side != "sell" or asked.is_exit:
        return None
    if asked.is_crypto:
        return "INSUFFICIENT_FUND: Insufficient balance in source account"
    if not order.allow_short:
        return (
            f"insufficient qty available for order (requested: {as_text(order.quantity)}, "
            "available: 0)"
        )
    if order.quantity % 1:
        return "fractional orders cannot be sold short"
    return None


def cash_suffices(asked: Asked) -> str | None:
    """An entry costs at most the buying power that other open entries leave."""
    if asked.is_exit:
        return None
    value = asked.order.quantity * asked.price
    need = value + asked.costs.fee(asked.order.quantity, asked.price)
    free = asked.books.buying_power() - _promised(asked)
    if need <= free:
        return None
    return (
        "INSUFFICIENT_FUND: Insufficient balance in source account"
        if asked.is_crypto
        else f"insufficient buying power (required: {need:.2f}, available: {max(free, ZERO):.2f})"
    )


RULES: tuple[Callable[[Asked], str | None], ...] = (
    well_formed,
    quantity_fits,
    prices_fit,
    notional_suffices,
    units_suffice,
    short_is_possible,
    cash_suffices,
)


def refusal(asked: Asked) -> str | None:
    """The first rule's reason against the order."""
    return next((reason for rule in RULES if (reason := rule(asked))), None)


def _promised(asked: Asked) -> Decimal:
    """What other open entries may still cost, at their own prices."""
    total = ZERO
    for order in asked.books.orders:
        sign = 1 if order.side == "buy" else -1
        if order.state not in OPEN or asked.books.held(order.symbol) * sign < 0:
            continue
        price = order.limit_price or order.stop_price
        if price is None:
            price = asked.price if order.symbol == asked.order.symbol else ZERO
        total += (order.quantity - order.filled_quantity) * price
    return total
