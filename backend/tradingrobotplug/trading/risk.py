"""The rules an order passes before it is stored: a plain list of small functions.

Each returns its sentence and whether it passes. An exit makes a position smaller, so the rules
that limit what may be opened let it through.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..money import ZERO, as_text


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
    allow_short: bool = False
    max_signal_age_seconds: int = 120
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    limits: dict[str, Any] = field(default_factory=dict)  # a bot's risk_management


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer."""

    rule: str
    passes: bool
    detail: str

    def as_json(self) -> dict[str, str]:
        """As the signal's log keeps it."""
        word = "pass" if self.passes else "refuse"
        return {"rule": self.rule, "verdict": word, "detail": self.detail}


Finding = tuple[bool, str]


def judge(proposal: Proposal) -> tuple[Verdict, ...]:
    """Every rule's verdict, in order."""
    return tuple(Verdict(rule.__name__, *rule(proposal)) for rule in RULES)


def bot_takes_orders(proposal: Proposal) -> Finding:
    """Running: all. Paused: exits only. Stopped: none."""
    if proposal.bot_status == "running":
        return True, "The bot is running."
    if proposal.bot_status == "paused" and proposal.is_exit:
        return True, "The bot is paused; exits still pass."
    return False, f"The bot is {proposal.bot_status}."


def symbol_is_allowed(proposal: Proposal) -> Finding:
    """Only the bot's symbols are entered; a position may always be left."""
    if proposal.is_exit or not proposal.symbols or proposal.symbol in proposal.symbols:
        return True, f"{proposal.symbol} may be traded."
    return False, f"{proposal.symbol} is not among this bot's symbols."


def signal_is_fresh(proposal: Proposal) -> Finding:
    """An entry on an old signal buys at a price that the strategy never saw."""
    if proposal.is_exit or proposal.sent_at is None:
        return True, "No age limit applies."
    age = int((proposal.now - proposal.sent_at).total_seconds())
    limit = proposal.max_signal_age_seconds
    if age <= limit:
        return True, f"The alert is {age} s old; the limit is {limit} s."
    return False, f"The alert is {age} s old; this bot's limit is {limit} s."


def short_is_allowed(proposal: Proposal) -> Finding:
    """A sell without a position is a short sale."""
    if proposal.is_exit or proposal.side == "buy" or proposal.allow_short:
        return True, "No short sale, or short sales are allowed."
    return False, f"There is no position in {proposal.symbol} to sell, and this bot does not short."


def protection_is_on_its_side(proposal: Proposal) -> Finding:
    """A stop above a long's price (or a target below it) would end the trade at once."""
    if proposal.is_exit:
        return True, "An exit needs no protection."
    sign = 1 if proposal.side == "buy" else -1
    for name, level, direction in (
        ("stop loss", proposal.stop_loss, sign),
        ("take profit", proposal.take_profit, -sign),
    ):
        if level is not None and (proposal.price - level) * direction <= 0:
            return False, (
                f"The {name} of {as_text(level)} is on the wrong side of the price "
                f"{as_text(proposal.price)}."
            )
    return True, "Stop loss and take profit are on their sides of the price, or not set."


def position_stays_within_limit(proposal: Proposal) -> Finding:
    """max_position_size: the value in dollars of what is held after the order."""
    limit = _amount(proposal, "max_position_size")
    if limit is None or proposal.is_exit:
        return True, "No limit applies."
    value = (abs(proposal.held) + proposal.quantity) * proposal.price
    if value <= limit:
        return True, f"The position would be ${as_text(value)} of at most ${as_text(limit)}."
    return False, (
        f"The position would be worth ${as_text(value)}; this bot's limit is ${as_text(limit)}."
    )


def daily_loss_is_within_limit(proposal: Proposal) -> Finding:
    """max_daily_loss: realised today plus unrealised; once reached, only exits pass."""
    limit = _amount(proposal, "max_daily_loss")
    if limit is None or proposal.is_exit:
        return True, "No limit applies."
    result = proposal.day_result or ZERO
    if result > -limit:
        return True, f"Today's result is ${as_text(result)}; the limit is −${as_text(limit)}."
    return False, (
        f"Today's result of ${as_text(result)} has reached this bot's daily loss limit of "
        f"${as_text(limit)}: no new entries today."
    )


def positions_stay_within_count(proposal: Proposal) -> Finding:
    """max_open_positions: adding to a position opens no new one."""
    limit = proposal.limits.get("max_open_positions")
    if limit is None or proposal.is_exit or proposal.held != 0:
        return True, "No limit applies."
    if proposal.open_positions < int(limit):
        return True, f"{proposal.open_positions} of at most {limit} positions are open."
    return False, f"{proposal.open_positions} positions are open; this bot's limit is {limit}."


RULES: tuple[Callable[[Proposal], Finding], ...] = (
    bot_takes_orders,
    symbol_is_allowed,
    signal_is_fresh,
    short_is_allowed,
    protection_is_on_its_side,
    position_stays_within_limit,
    daily_loss_is_within_limit,
    positions_stay_within_count,
)


def _amount(proposal: Proposal, name: str) -> Decimal | None:
    value = proposal.limits.get(name)
    return None if value is None else Decimal(str(value))
