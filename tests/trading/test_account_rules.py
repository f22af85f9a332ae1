"""The rules of trading at a broker's account and with real money."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.trading.test_risk import ENTRY, EXIT, refusals
from tradingrobotplug.trading.proposal import Permit
from tradingrobotplug.trading.risk import Proposal, judge

D = Decimal
LIVE = Permit(is_live=True)
GUARDED = Permit(is_live=True, has_safeguards=True)
FIRST = replace(GUARDED, is_first=True, most_on_paper=D(600))
LIMIT = {"max_daily_loss": "500"}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"permit": replace(LIVE, not_live="The plan ended.")}, "live_is_allowed"),
    ({"permit": replace(LIVE, account_problem="Revoked.")}, "account_can_trade"),
    ({"permit": GUARDED}, "daily_loss_limit_is_set"),
    (
        {"permit": replace(FIRST, most_on_paper=D("499.99")), "limits": LIMIT},
        "first_live_order_is_small",
    ),
    (
        {"permit": replace(FIRST, most_on_paper=None), "limits": LIMIT},
        "first_live_order_is_small",
    ),
    ({"buying_power": D("999.99")}, "buying_power_suffices"),
    ({"buying_power": D(1000), "fee_rate": D("0.001")}, "buying_power_suffices"),
    ({"permit": Permit(crossed="Other sells it.")}, "another_bot_is_not_crossed"),
]


@pytest.mark.parametrize(("changes", "rule"), REFUSED)
def test_an_entry_is_refused_by_its_rule(changes: dict[str, Any], rule: str) -> None:
    assert refusals(replace(ENTRY, **changes)) == [rule]


@pytest.mark.parametrize("changes", [changes for changes, _ in REFUSED])
def test_an_exit_passes_each_of_them(changes: dict[str, Any]) -> None:
    assert refusals(replace(EXIT, **changes)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"permit": LIVE},
        {"permit": GUARDED, "limits": LIMIT},
        {"permit": replace(FIRST, most_on_paper=D(500)), "limits": LIMIT},
        {"permit": replace(FIRST, is_first=False, most_on_paper=D(1)), "limits": LIMIT},
        {"permit": replace(FIRST, has_safeguards=False, most_on_paper=D(1))},
        {"permit": Permit(has_safeguards=True)},
        {"buying_power": D(1000)},
        {"buying_power": D(1001), "fee_rate": D("0.001")},
        {"buying_power": None, "fee_rate": D("0.001")},
    ],
)
def test_an_entry_within_its_bounds_passes(changes: dict[str, Any]) -> None:
    assert refusals(replace(ENTRY, **changes)) == []


def sentence(proposal: Proposal) -> str:
    (found,) = (verdict.detail for verdict in judge(proposal) if not verdict.passes)
    return found


def test_the_account_s_and_the_plan_s_own_words_are_the_reason() -> None:
    permit = replace(LIVE, not_live="The Free plan does not include live trading.")
    assert sentence(replace(ENTRY, permit=permit)) == permit.not_live


def test_a_first_order_that_is_too_large_is_refused_with_both_numbers() -> None:
    permit = replace(FIRST, most_on_paper=D("250.5"))
    assert sentence(replace(ENTRY, permit=permit, limits=LIMIT)) == (
        "The first live order would be worth $1000; it may be worth $501, 2 times this bot's "
        "largest entry on paper."
    )


def test_too_little_buying_power_is_said_with_both_numbers() -> None:
    proposal = replace(ENTRY, buying_power=D(1000), fee_rate=D("0.006"))
    assert sentence(proposal) == (
        "The entry would take $1006, fee included; the account has $1000 of buying power."
    )
