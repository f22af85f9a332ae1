"""The rules of trading with a broker's account and with real money.

An exit makes a position smaller, so each of them lets it through; what stands against it the venue
says itself.
"""

from ..money import as_text
from .proposal import Proposal
from .rules import Finding

_PAPER = "The bot trades on paper."
_EXIT: Finding = (True, "It is an exit, which always passes.")
TIMES_PAPER = 2  # how much larger than on paper the first live order may be


def live_is_allowed(proposal: Proposal) -> Finding:
    """By the plan of this moment: a smaller plan acts on the very next signal."""
    if proposal.is_exit:
        return _EXIT
    if proposal.permit.not_live is not None:
        return False, proposal.permit.not_live
    return True, "The plan includes live trading." if proposal.permit.is_live else _PAPER


def account_can_trade(proposal: Proposal) -> Finding:
    """Its keys are there, may trade, and are for the money that the bot trades with."""
    if proposal.is_exit:
        return _EXIT
    if proposal.permit.account_problem is not None:
        return False, proposal.permit.account_problem
    return True, "The bot's account may trade."


def daily_loss_limit_is_set(proposal: Proposal) -> Finding:
    """Plan safeguards: no live bot without max_daily_loss."""
    if proposal.is_exit:
        return _EXIT
    if not _is_safeguarded(proposal):
        return True, "The bot trades on paper, or the plan asks for no daily loss limit."
    if proposal.limits.get("max_daily_loss") is not None:
        return True, "A daily loss limit is set."
    return False, "This bot has no daily loss limit; your plan asks for one to trade live."


def first_live_order_is_small(proposal: Proposal) -> Finding:
    """Plan safeguards: until a live entry has filled, none is worth more than twice the largest
    entry that filled on paper."""
    if proposal.is_exit:
        return _EXIT
    if not _is_safeguarded(proposal) or not proposal.permit.is_first:
        return True, "This is not the bot's first live order, or the plan does not limit it."
    if proposal.permit.most_on_paper is None:
        return False, "This bot has not traded on paper yet."
    limit = proposal.permit.most_on_paper * TIMES_PAPER
    value = proposal.quantity * proposal.price
    if value <= limit:
        return True, f"The first live order is worth ${as_text(value)} of ${as_text(limit)}."
    return False, (
        f"The first live order would be worth ${as_text(value)}; it may be worth "
        f"${as_text(limit)}, {TIMES_PAPER} times this bot's largest entry on paper."
    )


def buying_power_suffices(proposal: Proposal) -> Finding:
    """The account pays for the entry, fee included."""
    if proposal.is_exit:
        return _EXIT
    if proposal.buying_power is None:
        return True, "No buying power of an account is known."
    value = proposal.quantity * proposal.price * (1 + proposal.fee_rate)
    if value <= proposal.buying_power:
        return True, f"${as_text(value)} of ${as_text(proposal.buying_power)} would be used."
    return False, (
        f"The entry would take ${as_text(value)}, fee included; the account has "
        f"${as_text(proposal.buying_power)} of buying power."
    )


def another_bot_is_not_crossed(proposal: Proposal) -> Finding:
    """Two bots on one account: a broker nets what they hold, and may take their orders against
    each other for a wash trade (FINRA rule 5210)."""
    if proposal.is_exit:
        return _EXIT
    if proposal.permit.crossed is not None:
        return False, proposal.permit.crossed
    return True, "No other bot on an account of this bot trades the other way."


def _is_safeguarded(proposal: Proposal) -> bool:
    return proposal.permit.is_live and proposal.permit.has_safeguards
