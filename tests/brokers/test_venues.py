"""The table of brokers: the one place that knows them by their names."""

import re
from pathlib import Path

import pytest

import tradingrobotplug
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.keys import BrokerKeys

ROOT = Path(tradingrobotplug.__file__).parent
ABOVE = ("trading_accounts", "trading", "bots", "performance", "signals", "robots", "models")
SOURCES = [path for folder in ABOVE for path in (ROOT / folder).rglob("*.py")]
NAMED = re.compile(rf"[\"']({'|'.join(venues.VENUES)})[\"']", re.IGNORECASE)
TRADED_THERE = {ROOT / "trading" / "symbols.py"}  # how TradingView names exchanges


def test_nothing_above_the_brokers_knows_one_by_its_name() -> None:
    knowing = [path for path in SOURCES if NAMED.search(path.read_text())]
    assert set(knowing) <= TRADED_THERE


def test_each_asset_type_is_traded_somewhere() -> None:
    assert (venues.trading("stocks"), venues.trading("crypto")) == (["alpaca"], ["coinbase"])


@pytest.mark.parametrize(
    ("broker", "environment"), [("kraken", "live"), ("coinbase", "paper"), ("paper", "paper")]
)
def test_an_account_that_no_broker_has_is_not_opened(broker: str, environment: str) -> None:
    with pytest.raises(ValueError, match="environment"):
        venues.opened(broker, environment, BrokerKeys("key", "secret"))
