"""Drawdowns with dates, from the figures of days."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.performance import days as record
from tradingrobotplug.performance import drawdowns, totals
from tradingrobotplug.performance.drawdowns import Drawdown

FIRST = date(2026, 3, 2)
growths = st.integers(0, 3_000).map(lambda n: Decimal(n) / 1_000)


def in_days(*days: list[str | Decimal]) -> list[tuple[date, totals.Totals]]:
    """A day's growth, value by value; the first day starts at 1."""
    last, found = Decimal(1), []
    for place, values in enumerate(days):
        window = totals.opened_at(last)
        for value in values:
            totals.add_mark(window, Decimal(value), Decimal(0))
        found.append((FIRST + timedelta(days=place), window))
        last = window.end
    return found


def fall(start: int, bottom: int, recovered: int | None, depth: str, length: int) -> Drawdown:
    """In days after the first."""
    end = None if recovered is None else FIRST + timedelta(days=recovered)
    return Drawdown(
        FIRST + timedelta(days=start), FIRST + timedelta(days=bottom), end, Decimal(depth), length
    )


def test_a_drawdown_has_its_start_depth_recovery_and_length() -> None:
    days = in_days(["1.1"], ["1.25"], ["1.2", "1.0"], ["1.1"], ["1.25"], ["1.3"])
    assert drawdowns.deepest(days, 5) == [fall(1, 2, 4, "-0.2", 3)]


def test_one_that_is_not_over_counts_up_to_the_last_day() -> None:
    days = in_days(["1"], ["0.9"], ["0.95"], ["0.8"], ["0.85"])
    assert drawdowns.deepest(days, 5) == [fall(0, 3, None, "-0.2", 4)]


def test_what_fell_and_rose_to_a_new_peak_in_one_day_is_over_that_day() -> None:
    days = in_days(["1"], ["2", "1.5", "3", "2.7"], ["3"])
    assert drawdowns.deepest(days, 5) == [fall(1, 1, 1, "-0.25", 0), fall(1, 1, 2, "-0.1", 1)]


def test_what_fell_and_came_back_to_its_peak_in_one_day_is_over_that_day() -> None:
    assert drawdowns.deepest(in_days(["0.5", "1"], ["0.9"]), 5) == [
        fall(0, 0, 0, "-0.5", 0),
        fall(0, 1, None, "-0.1", 1),
    ]


def test_the_deepest_come_first_and_no_more_than_asked_for() -> None:
    days = in_days(["0.9"], ["1.1"], ["0.55"], ["1.2"], ["0.9"])
    found = drawdowns.deepest(days, 2)
    assert [(d.start, d.depth) for d in found] == [
        (FIRST + timedelta(days=1), Decimal("-0.5")),
        (FIRST + timedelta(days=3), Decimal("-0.25")),
    ]


def test_a_record_that_only_rises_has_none() -> None:
    assert drawdowns.deepest(in_days(["1.1"], [], ["1.2", "1.3"]), 5) == []
    assert drawdowns.deepest([], 5) == []


@given(st.lists(st.lists(growths, max_size=5), min_size=1, max_size=12))
def test_the_deepest_is_as_deep_as_the_figure_says(values: list[list[Decimal]]) -> None:
    days = in_days(*values)
    found = drawdowns.deepest(days, 100)
    whole = record.whole(days)
    assert min((d.depth for d in found), default=Decimal(0)) == whole.drawdown
    assert all(d.start <= d.bottom <= (d.recovered or d.bottom) for d in found)
    assert sum(d.recovered is None for d in found) == (whole.end < whole.high)
