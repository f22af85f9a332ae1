"""The rules in their order, and what they say of a proposal."""

from collections.abc import Callable
from dataclasses import dataclass

from . import account_rules, rules
from .proposal import Proposal
from .rules import Finding, daily_loss_is_within_limit

__all__ = ["RULES", "Proposal", "Verdict", "daily_loss_is_within_limit", "judge"]


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


RULES: tuple[Callable[[Proposal], Finding], ...] = (
    rules.bot_takes_orders,
    rules.nobody_has_stopped_trading,
    rules.symbol_is_allowed,
    rules.signal_is_fresh,
    rules.short_is_allowed,
    rules.protection_is_on_its_side,
    rules.position_stays_within_limit,
    rules.daily_loss_is_within_limit,
    rules.positions_stay_within_count,
    rules.entries_stay_within_count,
    rules.cool_down_is_over,
    rules.within_trading_windows,
    rules.market_is_open,
    rules.price_is_near_the_market,
    rules.adds_to_a_position,
    rules.venue_takes_the_order,
    account_rules.live_is_allowed,
    account_rules.account_can_trade,
    account_rules.daily_loss_limit_is_set,
    account_rules.first_live_order_is_small,
    account_rules.buying_power_suffices,
    account_rules.another_bot_is_not_crossed,
)


def judge(proposal: Proposal) -> tuple[Verdict, ...]:
    """Every rule's verdict, in order."""
    return tuple(Verdict(rule.__name__, *rule(proposal)) for rule in RULES)
