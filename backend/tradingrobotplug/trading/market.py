"""What must be known of the market before an order can be planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..marketdata.products import Product
from ..marketdata.quotes import Quote


@dataclass(frozen=True, slots=True)
class Market:
    """The symbol's quote and trading steps, a price for every other symbol that
    matters, and what the venue charges."""

    quote: Quote
    product: Product
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    is_open: bool = True  # the regular session
    fee_rate: Decimal = Decimal(0)  # the venue's fee as a share of an order's value
