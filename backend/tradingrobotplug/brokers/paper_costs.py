"""What the simulation charges: fees, spread and slippage. docs/paper-trading.md explains each."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_UP, Decimal

from ..config import Settings
from ..marketdata.quotes import Quote

BPS = Decimal(10_000)
_FEE_STEP = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Costs:
    """`impact_bps` per displayed size taken; `depth`: displayed sizes that one pass may take."""

    fee_bps: Decimal
    slippage_bps: Decimal
    impact_bps: Decimal = Decimal(1)
    depth: Decimal = Decimal(10)

    def fee(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Basis points of the notional, rounded up to 1e-8."""
        return (quantity * price * self.fee_bps / BPS).quantize(_FEE_STEP, ROUND_UP)

    def available(self, side: str, quote: Quote) -> Decimal:
        """How much one pass may trade at this quote."""
        return self.depth * (quote.ask_size if side == "buy" else quote.bid_size)

    def price(self, side: str, quantity: Decimal, quote: Quote, step: Decimal) -> Decimal:
        """The far side of the spread, moved against the order by slippage and impact, rounded
        against it to `step`."""
        touch, size = touched(side, quote)
        participation = quantity / size if size else self.depth
        bps = self.slippage_bps + self.impact_bps * participation
        if side == "buy":
            return _on_grid(touch * (1 + bps / BPS), step, ROUND_CEILING)
        return max(_on_grid(touch * (1 - bps / BPS), step, ROUND_FLOOR), step)


def costs_of(settings: Settings) -> Costs:
    """The costs that the settings ask for."""
    return Costs(Decimal(settings.paper_fee_bps), Decimal(settings.paper_slippage_bps))


def touched(side: str, quote: Quote) -> tuple[Decimal, Decimal]:
    """(price, size) that an order of this side meets: buys pay the ask, sells get the bid."""
    if side == "buy":
        return quote.ask, quote.ask_size
    return quote.bid, quote.bid_size


def _on_grid(price: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (price / step).to_integral_value(rounding=rounding) * step
