from decimal import Decimal

import pytest

from tradingrobotplug.marketdata.products import Product
from tradingrobotplug.trading.intent import Intent, Level, StopLoss
from tradingrobotplug.trading.protection import Levels, levels, wanted

D = Decimal
STOCK = Product("AAPL", D("0.000000001"), D("0.01"), D("0.000000001"), D(1))


def test_the_alert_s_prices_win_over_the_bot_s_percentages() -> None:
    intent = Intent("buy", "AAPL", stop_loss=StopLoss(Level(D("95.5"))))
    limits = {"stop_loss_percent": "10", "take_profit_percent": "20"}

    assert wanted(intent, limits, STOCK) == {
        "stop_loss": "95.5",
        "take_profit_percent": "20",
        "price_step": "0.01",
    }


def test_nothing_is_wanted_where_nobody_asked() -> None:
    assert wanted(Intent("buy", "AAPL"), {}, STOCK) == {}


@pytest.mark.parametrize(
    ("protection", "is_long", "found"),
    [
        ({"stop_loss": "95.5"}, True, Levels(D("95.5"), None)),
        ({"stop_loss_percent": "10", "take_profit_percent": "20"}, True, Levels(D(90), D(120))),
        ({"stop_loss_percent": "10", "take_profit_percent": "20"}, False, Levels(D(110), D(80))),
        ({"take_profit_percent": "0.3333"}, True, Levels(None, D("100.33"))),
    ],
)
def test_percentages_count_from_the_entry_s_average_price(protection, is_long, found) -> None:
    assert levels(protection | {"price_step": "0.01"}, D(100), is_long) == found
