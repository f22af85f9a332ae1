"""What must be known of the market before an order can be planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..marketdata.hours import SessionKind
from ..marketdata.products import Product
from ..marketdata.quotes import Quote
from .standing import Standing


@dataclass(frozen=True, slots=True)
class Market:
    """The symbol's quote and trading steps, a price for every other symbol that
    matters, and what the account may spend."""

    quote: Quote
    product: Product
    standing: Standing
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    session: SessionKind = "regular"

    @property
    def is_open(self) -> bool:
        """Whether the regular session is on."""
        return self.session == "regular"
