"""All at once equals one after the other, to the last digit of money."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.performance import totals, vectors
from tradingrobotplug.performance.totals import Totals

PICO = 10**12
pnls = st.decimals(-(10**9), 10**9, places=12) | st.sampled_from([Decimal(0), Decimal("-1e-12")])
values = st.decimals(0, 10**9, places=12)
rows = st.lists(st.tuples(pnls, values, st.integers(0, 10**14)), max_size=50)


def amounts(numbers: list[Decimal]) -> vectors.Amounts:
    whole = [int(number) for number in numbers]
    rest = [int((number - w) * PICO) for number, w in zip(numbers, whole, strict=True)]
    return vectors.Amounts(np.array(whole, np.int64), np.array(rest, np.int64))


@given(rows)
def test_trips_at_once_equal_trips_one_by_one(trips: list[tuple[Decimal, Decimal, int]]) -> None:
    one_by_one = Totals()
    for pnl, value, held in trips:
        totals.add_trip(one_by_one, pnl, value, timedelta(microseconds=held))
    columns = [list(column) for column in zip(*trips, strict=True)] or [[], [], []]
    at_once = vectors.of_trips(
        vectors.Trips(amounts(columns[0]), amounts(columns[1]), np.array(columns[2], np.int64))
    )
    assert at_once == one_by_one


def test_a_million_cents_are_ten_thousand_dollars_exactly() -> None:
    zeros, cents = np.zeros(10**6, np.int64), np.full(10**6, PICO // 100)
    trips = vectors.Trips(vectors.Amounts(zeros, cents), vectors.Amounts(zeros, -cents), zeros)
    found = vectors.of_trips(trips)
    assert (found.gross_profit, found.entry_value) == (Decimal(10_000), Decimal(-10_000))
    assert (found.longest_win, found.run, found.lead) == (10**6,) * 3
