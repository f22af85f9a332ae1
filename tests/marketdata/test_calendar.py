"""Trading days partition time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingrobotplug.marketdata.calendar import closes_at, day_bounds, trading_day


@pytest.mark.parametrize(
    ("asset_type", "at", "day"),
    [
        ("crypto", "2026-11-21T23:59+00:00", "2026-11-21"),
        ("crypto", "2026-11-21T23:59-05:00", "2026-11-22"),
        ("stocks", "2026-11-20T15:00+00:00", "2026-11-20"),
        ("stocks", "2026-11-21T04:59+00:00", "2026-11-20"),  # still Friday in New York
        ("stocks", "2026-11-21T05:00+00:00", "2026-11-23"),  # Saturday belongs to Monday
        ("stocks", "2026-11-26T15:00+00:00", "2026-11-27"),  # Thanksgiving to Friday
        ("stocks", "2026-07-03T15:00+00:00", "2026-07-06"),  # Independence Day, observed
    ],
)
def test_an_instant_belongs_to_its_trading_day(asset_type: str, at: str, day: str) -> None:
    assert trading_day(asset_type, datetime.fromisoformat(at)) == date.fromisoformat(day)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["crypto", "stocks"]),
    st.integers(min_value=1_262_304_000, max_value=1_811_000_000).map(
        lambda second: datetime.fromtimestamp(second, UTC)
    ),
)
def test_every_instant_lies_in_the_bounds_of_its_day_alone(asset_type: str, at: datetime) -> None:
    day = trading_day(asset_type, at)
    start, end = day_bounds(asset_type, day)
    assert start <= at < end
    assert trading_day(asset_type, end) > day
    assert day_bounds(asset_type, trading_day(asset_type, end))[0] == end
    assert trading_day(asset_type, end - timedelta(microseconds=1)) == day
    assert start < closes_at(asset_type, day) <= end


def test_a_half_day_closes_at_one_o_clock_in_new_york() -> None:
    expected = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    assert closes_at("stocks", date(2026, 11, 27)) == expected
