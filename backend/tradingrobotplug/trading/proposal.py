"""An order about to be planned, as the rules see it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Permit:
    """What the bot's mode, account and plan say of an entry; the defaults fit the paper broker."""

    is_live: bool = False
    not_live: str | None = None  # why the plan lets it enter nothing live
    account_problem: str | None = None  # why its account can't trade
    has_safeguards: bool = False  # the plan asks for them
    is_first: bool = False  # no live entry has filled since it went live
    most_on_paper: Decimal | None = None  # the largest entry that filled on paper, by value
    crossed: str | None = None  # what another bot on the account does in the other direction


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order about to be planned, and all that the rules look at."""

    bot_status: str
    symbols: tuple[str, ...]
    symbol: str
    side: str
    is_exit: bool
    quantity: Decimal
    price: Decimal
    held: Decimal  # signed
    open_positions: int
    day_result: Decimal | None  # realised today + unrealised; None where no rule asks
    sent_at: datetime | None
    now: datetime
    asset_type: str = "stocks"
    venue: str = "paper"
    buying_power: Decimal | None = None  # of the account; None: its venue's books decide
    fee_rate: Decimal = Decimal(0)  # of a market order's value
    adds: bool = False
    order_type: str = "market"
    time_in_force: str = "day"
    market_price: Decimal | None = None  # the middle of the last quote
    is_open: bool = True  # the regular session
    extended_hours: bool = False
    halted: str | None = None  # who has stopped trading, when and why
    locked_until: datetime | None = None  # the daily loss limit was reached
    entries_today: int = 0
    last_entry_at: datetime | None = None
    max_signal_age_seconds: int = 120
    stop_loss: Decimal | None = None
    take_profits: tuple[Decimal, ...] = ()
    limits: dict[str, Any] = field(default_factory=dict)  # a bot's risk_management
    execution: dict[str, Any] = field(default_factory=dict)  # a bot's execution
    permit: Permit = Permit()

    @property
    def allow_short(self) -> bool:
        """Whether the bot may sell what it does not hold."""
        return bool(self.execution.get("allow_short"))
