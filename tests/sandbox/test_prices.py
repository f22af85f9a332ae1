"""The simulated path is the same for everyone, for ever, and moves as it should."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tradingrobotplug.sandbox import prices
from tradingrobotplug.sandbox.listings import COINS, STOCKS

BACKEND = Path(__file__).parents[2] / "backend"
START = 1_795_000_000
PROGRAM = """
import numpy as np
from tradingrobotplug.sandbox import listings, prices
path = prices.path(listings.COINS["BTC-USD"], 1, np.arange(1795000000, 1795000005))
print(path.tolist())
"""


def test_another_process_sees_the_same_prices() -> None:
    here = prices.path(COINS["BTC-USD"], 1, np.arange(START, START + 5))
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=BACKEND, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == str(here.tolist())


def test_another_seed_is_another_path() -> None:
    seconds = np.arange(START, START + 5)
    one, two = (prices.path(STOCKS["TSLA"], seed, seconds) for seed in (1, 2))
    assert not np.allclose(one, two)


def test_a_price_does_not_depend_on_what_is_asked_with_it() -> None:
    alone = prices.path(STOCKS["TSLA"], 1, np.array([START]))
    among = prices.path(STOCKS["TSLA"], 1, np.arange(START - 90_000, START + 1))
    assert alone[0] == among[-1]


@pytest.mark.parametrize("symbol", ["TSLA", "SPY", "AAPL"])
@pytest.mark.parametrize("span", [60, 3_600, 86_400])
def test_the_price_moves_with_the_volatility_it_should_have(symbol: str, span: int) -> None:
    listing = STOCKS[symbol]
    seconds = np.arange(START, START + 400 * span, span)
    moves = [np.diff(np.log(prices.path(listing, seed, seconds))).std() for seed in range(20)]
    expected = listing.daily_vol * np.sqrt(span / 86_400)
    assert np.mean(moves) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("listing", [STOCKS["TSLA"], COINS["BTC-USD"]])
def test_the_price_stays_in_sight_of_its_level_for_years(listing: prices.Listing) -> None:
    decade = np.arange(START, START + 10 * 365 * 86_400, 86_400)
    path = prices.path(listing, 1, decade)
    assert path.min() > listing.level / 6
    assert path.max() < listing.level * 6


def test_two_seconds_apart_the_price_is_nearly_the_same() -> None:
    path = prices.path(COINS["BTC-USD"], 1, np.arange(START, START + 86_400))
    assert np.abs(np.diff(np.log(path))).max() < 0.001
