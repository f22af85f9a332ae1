"""What an alert says and nobody uses is named: a misspelt stop loss would be missed too late."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tradingrobotplug.signals.alert import read

ROOT = Path(__file__).parents[2]
PLACEHOLDERS = {
    "ticker": "AAPL", "strategy.order.action": "buy", "strategy.market_position": "long",
    "strategy.order.contracts": "1", "close": "200", "timenow": "2026-01-05T15:00:03Z",
}  # fmt: skip


def unused(alert: dict[str, Any]) -> tuple[str, ...]:
    return read(json.dumps(alert).encode()).unused


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ()),
        ({"stopLos": 45_000}, ("stop_los",)),
        ({"stopLoss": {"percent": 3, "trailPct": 2}}, ("stop_loss.trail_pct",)),
        ({"takeProfit": [{"percent": 3}, {"percent": 5, "qty": 1}]}, ("take_profit.qty",)),
        ({"limitPrice": 50_000}, ("limit_price",)),
        ({"limitPrice": 50_000, "orderType": "limit"}, ()),
        ({"trailPercent": 2, "comment": "x"}, ("trail_percent", "comment")),
        ({"qty": 1, "contracts": 2}, ("qty",)),
        ({"sentiment": "long", "market_position": "short"}, ("market_position",)),
    ],
)
def test_a_field_that_decides_nothing_is_named(
    fields: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert unused({"action": "buy", "symbol": "BTC-USD"} | fields) == names


def test_their_secret_is_named_and_not_shown() -> None:
    found = read(
        b'{"secret": "s3cr3t", "tv_exchange": "COINBASE", "tv_instrument": "BTCUSD",'
        b' "action": "buy", "order": {"amount": "0.01", "currency_type": "base"}}'
    )
    assert found.left_aside == "Not used: secret."


def test_very_many_and_very_long_names_are_cut() -> None:
    many = {f"{number}{'x' * 100}": 1 for number in range(30)}
    found = read(json.dumps({"action": "buy", "symbol": "BTC-USD"} | many).encode())
    assert found.left_aside is not None
    assert len(found.left_aside) < 1000
    assert found.left_aside.endswith(", ….")


def test_what_the_guide_says_to_paste_is_used_whole() -> None:
    guide = (ROOT / "docs" / "tradingview.md").read_text()
    written = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    filled = [re.sub(r"\{\{(.*?)\}\}", lambda m: PLACEHOLDERS[m[1]], text) for text in written]
    assert len(filled) == 3
    assert [read(text.encode()).unused for text in filled] == [(), (), ()]
