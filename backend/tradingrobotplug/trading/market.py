"""What must be known of the market before an order can be planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..marketdata.hours import SessionKind
from ..marketdata.products import Product
from ..marketdata.quotes import Quote
from .holdings import Positions
from .standing import Standing


@dataclass(frozen=True, slots=True)
class Market:
    """The symbol's quote and trading steps, a price for every other symbol that
    matters, and what the account may spend.

    `positions`: what the bot holds, where it was read under the bot's lock and nothing was
    cancelled since; None: it is to be read.
    """

    quote: Quote
    product: Product
    standing: Standing
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    session: SessionKind = "regular"
    positions: Positions | None = None

    @property
    def is_open(self) -> bool:
        """Whether the regular session is on."""
        return self.session == "regular"
