from decimal import Decimal
from typing import Any

import pytest

from tradingrobotplug.trading.direction import Move, decide
from tradingrobotplug.trading.intent import Intent, quantity_in_words

ENTRY_BUY, ENTRY_SELL = Move("buy", False), Move("sell", False)
PART_SELL, PART_BUY = Move("sell", True), Move("buy", True)
ALL_SELL, ALL_BUY = Move("sell", True, whole=True), Move("buy", True, whole=True)


@pytest.mark.parametrize(
    ("action", "target", "quantity", "held", "move"),
    [
        ("buy", None, None, 0, ENTRY_BUY),
        ("buy", None, 2, 5, ENTRY_BUY),
        ("buy", "long", 2, 0, ENTRY_BUY),
        ("buy", None, 2, -5, PART_BUY),
        ("buy", None, None, -5, ALL_BUY),
        ("buy", "long", 2, -5, ALL_BUY),
        ("buy", "short", 2, -5, PART_BUY),
        ("buy", "short", 2, 0, None),
        ("sell", None, None, 0, ENTRY_SELL),
        ("sell", None, 2, -5, ENTRY_SELL),
        ("sell", "short", 2, 0, ENTRY_SELL),
        ("sell", None, 2, 5, PART_SELL),
        ("sell", None, None, 5, ALL_SELL),
        ("sell", "short", 2, 5, ALL_SELL),
        ("sell", "long", 2, 5, PART_SELL),
        ("sell", "long", 2, 0, None),
        ("sell", "flat", 2, 5, ALL_SELL),
        ("buy", "flat", 2, -5, ALL_BUY),
        ("sell", "flat", 2, 0, None),
        ("close", None, None, 5, ALL_SELL),
        ("close", None, 2, 5, PART_SELL),
        ("close", "flat", 2, 5, ALL_SELL),
        ("close", None, None, -5, ALL_BUY),
        ("close", None, None, 0, None),
    ],
)
def test_an_intent_moves_the_position_one_way(action, target, quantity, held, move) -> None:
    asked = None if quantity is None else Decimal(quantity)
    intent = Intent(action=action, symbol="AAPL", quantity=asked, target=target)

    assert decide(intent, Decimal(held)) == move


@pytest.mark.parametrize(
    ("closing", "held", "move"),
    [
        ("long", 5, ALL_SELL),
        ("long", -5, None),
        ("short", -5, ALL_BUY),
        ("short", 5, None),
        ("short", 0, None),
    ],
)
def test_a_close_for_one_side_leaves_the_other(closing: Any, held: int, move: Move | None) -> None:
    assert decide(Intent("close", "AAPL", closing=closing), Decimal(held)) == move


@pytest.mark.parametrize(
    ("quantity", "kind", "words"),
    [
        ("0.01", "units", "0.01"),
        ("500", "dollars", "$500"),
        ("50", "percent_of_position", "50 % of"),
        ("1", "risk_percent", "1 % of the equity at risk of"),
    ],
)
def test_a_quantity_says_what_it_counts(quantity: str, kind: str, words: str) -> None:
    assert quantity_in_words(quantity, kind) == words
