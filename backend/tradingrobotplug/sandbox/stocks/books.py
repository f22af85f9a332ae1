"""An account's money and shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Prices = Callable[[str], Decimal]
_ZERO = Decimal(0)
_INITIAL, _MAINTENANCE = Decimal("0.5"), Decimal("0.3")  # of positions' value (Regulation T, FINRA)


@dataclass(slots=True)
class Position:
    """`qty` is negative when short; `entry` is the average price per share."""

    qty: Decimal
    entry: Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    """The books at present prices."""

    cash: Decimal
    long_value: Decimal
    short_value: Decimal  # negative
    multiplier: Decimal

    @property
    def equity(self) -> Decimal:
        """What is left if everything were sold and covered at these prices."""
        return self.cash + self.long_value + self.short_value

    @property
    def initial_margin(self) -> Decimal:
        """Half of every position."""
        return (self.long_value - self.short_value) * _INITIAL

    @property
    def maintenance_margin(self) -> Decimal:
        """Three tenths of every position."""
        return (self.long_value - self.short_value) * _MAINTENANCE

    @property
    def buying_power(self) -> Decimal:
        """Before open orders: cash without a margin account, else the free equity multiplied."""
        if self.multiplier == 1:
            return max(self.cash, _ZERO)
        return max(self.equity - self.initial_margin, _ZERO) * self.multiplier


@dataclass(slots=True)
class Books:
    """Cash and positions. Every trade keeps cash + shares at their price the same."""

    cash: Decimal
    positions: dict[str, Position] = field(default_factory=dict)

    def qty(self, symbol: str) -> Decimal:
        """Shares held, negative when short."""
        found = self.positions.get(symbol)
        return found.qty if found else _ZERO

    def trade(self, symbol: str, side: str, qty: Decimal, price: Decimal) -> Decimal:
        """Book a fill; returns the shares held after it."""
        signed = qty if side == "buy" else -qty
        self.cash -= signed * price
        held = self.positions.get(symbol) or Position(_ZERO, _ZERO)
        after = held.qty + signed
        if after == 0:
            self.positions.pop(symbol, None)
            return after
        if held.qty * signed >= 0:
            entry = (held.qty * held.entry + signed * price) / after
        else:
            entry = held.entry if held.qty * after > 0 else price
        self.positions[symbol] = Position(after, entry)
        return after

    def worth(self, prices: Prices, multiplier: Decimal) -> Worth:
        """The books at these prices."""
        values = [p.qty * prices(symbol) for symbol, p in self.positions.items()]
        return Worth(
            cash=self.cash,
            long_value=sum((v for v in values if v > 0), _ZERO),
            short_value=sum((v for v in values if v < 0), _ZERO),
            multiplier=multiplier,
        )


def settings(given: Mapping[str, object]) -> tuple[Decimal, Decimal]:
    """(opening cash, multiplier) of an account to be registered. ArithmeticError if unreadable."""
    return (Decimal(str(given.get("cash", 100_000))), Decimal(str(given.get("multiplier", 2))))
