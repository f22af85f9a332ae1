from decimal import Decimal
from typing import Any

import pytest

from tradingrobotplug.marketdata.products import Product
from tradingrobotplug.trading.intent import Intent, Level, StopLoss, TakeProfit
from tradingrobotplug.trading.levels import Leg, Slice, slices, stop_price, target_prices, wanted

D = Decimal
STOCK = Product("AAPL", D("0.000000001"), D("0.01"), D("0.000000001"), D(1))
WHOLE = Product("XYZ", D(1), D("0.01"), D(1), D(1))
STOP = StopLoss(Level(D("95.5")))


def target(value: str, share: str = "100", unit: Any = "percent") -> TakeProfit:
    return TakeProfit(Level(D(value), unit), D(share))


def kept(
    stop: StopLoss | None = None, *targets: TakeProfit, product: Product = STOCK, **limits: str
) -> dict[str, Any]:
    return wanted(Intent("buy", "AAPL", stop_loss=stop, take_profits=targets), limits, product)


def test_the_alert_s_levels_win_over_the_bot_s_percentages() -> None:
    found = kept(STOP, stop_loss_percent="10", take_profit_percent="20")
    assert found["stop_loss"] == {"value": "95.5", "unit": "price", "type": "stop"}
    assert found["take_profits"] == [{"value": "20", "unit": "percent", "share": "100"}]


def test_nothing_is_wanted_where_nobody_asked() -> None:
    assert kept() == {}


@pytest.mark.parametrize(
    ("protection", "is_long", "stop", "targets"),
    [
        (kept(STOP), True, D("95.5"), []),
        (kept(stop_loss_percent="10", take_profit_percent="20"), True, D(90), [D(120)]),
        (kept(stop_loss_percent="10", take_profit_percent="20"), False, D(110), [D(80)]),
        (kept(None, target("0.3333")), True, None, [D("100.33")]),
        (kept(StopLoss(Level(D(7), "amount"))), True, D(93), []),
        (kept(trailing_stop_percent="2"), False, D(102), []),
    ],
)
def test_distances_count_from_the_entry_s_average_price(
    protection: dict[str, Any], is_long: bool, stop: Decimal | None, targets: list[Decimal]
) -> None:
    assert stop_price(protection, D(100), is_long) == stop
    assert target_prices(protection, D(100), is_long) == targets


def test_one_target_and_the_stop_guard_the_whole_quantity() -> None:
    legs = (
        Leg("stop_loss", "stop", stop_price=D("95.5")),
        Leg("take_profit", "limit", limit_price=D(110)),
    )
    assert slices(kept(STOP, target("10")), D(100), True, D(3)) == [Slice(D(3), legs)]


def test_every_target_has_its_share_and_its_own_stop() -> None:
    found = slices(
        kept(STOP, target("5", "30"), target("10", "30"), product=WHOLE), D(100), True, D(10)
    )
    assert [(part.quantity, [leg.name for leg in part.legs]) for part in found] == [
        (D(3), ["stop_loss", "take_profit"]),
        (D(3), ["stop_loss", "take_profit"]),
        (D(4), ["stop_loss"]),
    ]


def test_what_rounding_leaves_over_goes_to_the_last_slice() -> None:
    targets = (target("5", "33"), target("6", "33"), target("7", "34"))
    found = slices(kept(None, *targets, product=WHOLE), D(100), True, D(10))
    assert [part.quantity for part in found] == [D(3), D(3), D(4)]


def test_a_quantity_too_small_to_share_goes_to_one_target() -> None:
    found = slices(
        kept(STOP, target("5", "50"), target("9", "50"), product=WHOLE), D(100), True, D(1)
    )
    assert [(part.quantity, len(part.legs)) for part in found] == [(D(1), 1)]


def test_targets_for_a_part_leave_the_rest_alone_where_there_is_no_stop() -> None:
    found = slices(kept(None, target("5", "50"), product=WHOLE), D(100), True, D(10))
    assert [part.quantity for part in found] == [D(5)]


def test_a_trailing_stop_keeps_its_distance() -> None:
    found = slices(kept(trailing_stop_percent="2"), D(100), True, D(1))
    assert found[0].legs == (Leg("stop_loss", "trailing_stop", trail_percent=D(2)),)


def test_a_stop_limit_has_both_prices() -> None:
    stop = StopLoss(Level(D(95)), "stop_limit", Level(D("94.5")))
    assert slices(kept(stop), D(100), True, D(1))[0].legs == (
        Leg("stop_loss", "stop_limit", stop_price=D(95), limit_price=D("94.5")),
    )
