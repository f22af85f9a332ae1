"""Lots, terms and possible wash sales, against a plain derivation of the same."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.performance.unit_lots import NEW_YORK, derived, history, matched
from tradingrobotplug.performance.exports.lots import (
    Execution,
    Ledger,
    Method,
    is_long_term,
)
from tradingrobotplug.performance.exports.wash_sales import Replacements

CENT_PART = Fraction(1, 10**9)
METHODS = {
    "fifo": {},
    "lifo": dict.fromkeys(range(2020, 2060), Method.LIFO),
    "highest_cost": dict.fromkeys(range(2020, 2060), Method.HIGHEST_COST),
    "another one each year": {2023: Method.LIFO, 2024: Method.HIGHEST_COST, 2026: Method.LIFO},
}


def differences(seeds, methods):
    """Seeds whose histories come out differently."""
    return [seed for seed in seeds if not same(history(seed), methods)]


def same(fills, methods):
    ours, plain = matched(fills, methods), derived(fills, methods)
    return ours.keys() == plain.keys() and all(near(ours[key], plain[key]) for key in plain)


def near(ours, plain):
    amounts = zip(ours[3:5], plain[3:5], strict=True)
    return (
        ours[:3] == plain[:3]
        and ours[5] == plain[5]
        and ours[6] == plain[6]
        and all(abs(a - b) <= CENT_PART * max(1, abs(b)) for a, b in amounts)
    )


@pytest.mark.parametrize("methods", METHODS.values(), ids=METHODS)
def test_lots_equal_a_plain_derivation_on_hundreds_of_histories(methods):
    assert differences(range(600), methods) == []


@settings(max_examples=150, deadline=None)
@given(
    st.integers(10_000, 10**9),
    st.dictionaries(st.integers(2023, 2027), st.sampled_from(list(Method))),
)
def test_lots_equal_a_plain_derivation_whatever_is_chosen_each_year(seed, methods):
    assert differences([seed], methods) == []


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_nothing_is_lost_between_fills_and_disposals(seed):
    """What was sold minus what it cost, plus what is open at cost, is the cash that moved."""
    fills = history(seed, 60)
    ledger = Ledger(lambda _: Method.FIFO)
    disposals = [d for fill in fills for d in ledger.take(fill)]
    open_lots = [lot for book in ledger._books.values() for *_, lot in book.lots]
    cash = sum(
        (f.quantity * f.price if f.side == "sell" else -f.quantity * f.price) - f.fee for f in fills
    )
    held = sum(
        (1 if lot.side == "long" else -1) * lot.price * lot.remaining
        + lot.fee * lot.remaining / lot.quantity
        for lot in open_lots
    )
    assert abs(sum(d.gain for d in disposals) - held - cash) < Decimal("1e-9")


@pytest.mark.parametrize(
    ("acquired", "sold", "is_long"),
    [
        (date(2023, 1, 15), date(2024, 1, 15), False),
        (date(2023, 1, 15), date(2024, 1, 16), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2023, 2, 28), date(2024, 2, 29), False),  # Revenue Ruling 66-7: the end of a month
        (date(2023, 2, 28), date(2024, 3, 1), True),
        (date(2024, 2, 28), date(2025, 2, 28), False),
        (date(2024, 2, 28), date(2025, 3, 1), True),
        (date(2024, 12, 31), date(2025, 12, 31), False),
        (date(2024, 12, 31), date(2026, 1, 1), True),
    ],
)
def test_a_term_is_long_after_more_than_a_year(acquired, sold, is_long):
    assert is_long_term(acquired, sold) is is_long


def fill(side, quantity, price, day, fee="0", symbol="TSLA", pool="A", kind="stocks"):
    at = datetime.combine(day, datetime.min.time(), NEW_YORK) + timedelta(hours=11)
    amounts = (Decimal(quantity), Decimal(price), Decimal(fee))
    return Execution(pool, kind, symbol, side, *amounts, at)


def disposals(fills, method=Method.FIFO):
    replacements = Replacements(date(2000, 1, 1), date(2050, 1, 1))
    ledger = Ledger(lambda _: method, replacements.note)
    found = [d for f in fills for d in ledger.take(f)]
    return [(d, replacements.days(d)) for d in found]


DAY = date(2025, 3, 3)


def test_a_sale_takes_its_fee_from_the_proceeds_and_the_purchase_adds_its_own_to_the_cost():
    ((found, _),) = disposals([fill("buy", 10, "5", DAY, "1"), fill("sell", 10, "7", DAY, "2")])
    assert (found.proceeds, found.cost_basis, found.fees, found.gain) == (68, 51, 3, 17)


def test_a_short_is_sold_first_and_is_never_long_term():
    sold, bought = fill("sell", 4, "9", DAY, "1"), fill("buy", 4, "6", DAY.replace(2027), "2")
    ((found, _),) = disposals([sold, bought])
    assert (found.side, found.acquired, found.sold) == (
        "short",
        DAY.replace(2027),
        DAY.replace(2027),
    )
    assert (found.proceeds, found.cost_basis, found.is_long_term) == (35, 26, False)


def test_a_sale_beyond_what_is_held_opens_a_short_with_its_part_of_the_fee():
    fills = [fill("buy", 1, "5", DAY), fill("sell", 4, "8", DAY, "4"), fill("buy", 3, "6", DAY)]
    first, second = (d for d, _ in disposals(fills))
    assert (first.proceeds, second.proceeds, second.cost_basis) == (7, 21, 18)


@pytest.mark.parametrize(
    ("method", "cost"), [(Method.FIFO, 10), (Method.LIFO, 20), (Method.HIGHEST_COST, 30)]
)
def test_each_method_takes_its_own_lot_first(method, cost):
    fills = [fill("buy", 1, p, DAY + timedelta(n)) for n, p in enumerate(["10", "30", "20"])]
    ((found, _),) = disposals([*fills, fill("sell", 1, "40", DAY + timedelta(9))], method)
    assert found.cost_basis == cost


def days_of(*fills):
    return [day for _, days in disposals(fills) for day in days]


@pytest.mark.parametrize(
    ("offset", "is_flagged"), [(-31, False), (-30, True), (30, True), (31, False)]
)
def test_a_loss_is_flagged_if_the_stock_was_bought_within_thirty_days(offset, is_flagged):
    again = DAY + timedelta(offset)
    first = fill("buy", 5, "10", DAY - timedelta(90))
    loss, other = fill("sell", 5, "8", DAY), fill("buy", 5, "9", again)
    fills = sorted([first, loss, other], key=lambda f: f.at)
    assert days_of(*fills) == ([again] if is_flagged else [])


@pytest.mark.parametrize(
    "fills",
    [
        [fill("buy", 5, "10", DAY), fill("sell", 5, "8", DAY)],
        [fill("buy", 5, "10", DAY), fill("sell", 2, "8", DAY), fill("sell", 3, "8", DAY)],
        [fill("buy", 5, "10", DAY), fill("sell", 2, "8", DAY)],
        [fill("buy", 2, "10", DAY), fill("buy", 2, "9", DAY), fill("sell", 4, "8", DAY)],
        [fill("buy", 5, "10", DAY), fill("sell", 5, "12", DAY), fill("buy", 5, "12", DAY)],
        [
            fill("buy", 5, "10", DAY, kind="crypto"), fill("sell", 5, "8", DAY, kind="crypto"),
            fill("buy", 5, "8", DAY, kind="crypto"),
        ],
        [fill("buy", 5, "10", DAY), fill("sell", 5, "8", DAY), fill("buy", 5, "8", DAY, "0", "F")],
    ],
    ids=["sold out", "sold in parts", "part of one lot", "two lots sold out", "a gain", "crypto",
         "another stock"],
)  # fmt: skip
def test_no_wash_sale_is_seen_where_nothing_replaces_the_loss(fills):
    assert days_of(*fills) == []


def test_what_another_account_bought_replaces_a_loss_too():
    fills = [
        fill("buy", 5, "10", DAY),
        fill("sell", 5, "8", DAY),
        fill("buy", 1, "8", DAY, pool="B"),
    ]
    assert days_of(*fills) == [DAY]
