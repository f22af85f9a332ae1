"""What of an order its venue reads."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

# How far from the quote a market order may trade outside the regular session, where venues take
# limit orders only.
COLLAR = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Terms:
    """An order's kind, prices and duration, and the protection that it brings along or asks for."""

    symbol: str
    side: str
    type: str
    time_in_force: str
    extended_hours: bool
    limit_price: Decimal | None
    stop_price: Decimal | None
    trail_percent: Decimal | None
    trail_amount: Decimal | None
    reference_price: Decimal
    protection: dict[str, Any]

    def as_columns(self) -> dict[str, Any]:
        """As the order's row keeps them."""
        return asdict(self)
