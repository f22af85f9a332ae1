"""Figures are the same whatever the batches, and the same again from scratch."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories import make_bot, make_user
from tradingrobotplug import db
from tradingrobotplug.performance import jobs, service

from .books import START, Traded, at, closed, give, refresh, snapshot, trade

_emails = (f"trader{n}@example.com" for n in itertools.count())

pytestmark = pytest.mark.usefixtures("clean")
slowly = settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes here
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
amounts = st.tuples(
    st.integers(1, 3000), st.sampled_from(["0.5", "-0.5", "1.123456789", "-2"]),
    st.integers(1, 10**7), st.integers(0, 200), st.sampled_from(["BTC-USD", "ETH-USD"]),
)  # fmt: skip
flows = st.sampled_from(["2500.5", "-40000", "0.000000000001"])


def traded(rows, moments=itertools.accumulate):
    """Fills at rising times from (minutes later, quantity, price and fee in cents, symbol);
    `moments=list`: in any order of time."""
    moments = moments(minutes for minutes, *_ in rows)
    return [
        Traded(at(minutes=m), quantity, str(Decimal(price) / 100), str(Decimal(fee) / 100), symbol)
        for m, (_, quantity, price, fee, symbol) in zip(moments, rows, strict=True)
    ]


def sampled(bot, moment, price):
    """One hour's samples of the bot's user at this price."""
    known = itertools.product(("crypto", "stocks"), ("BTC-USD", "ETH-USD"))
    prices = {pair: Decimal(price) for pair in known}
    hour = service.Hour(moment, prices, frozenset(["crypto", "stocks"]))
    with db.transaction() as session:
        service.sample_user(session, bot.user_id, "paper", hour)


def rebuilt(bot):
    return jobs.rebuild_figures(bot.user_id, "paper")


def test_capital_given_late_counts_in_its_own_day_after_a_rebuild():
    bot = make_bot(make_user())
    midnight = START.replace(hour=0) + timedelta(days=1)
    trade(bot, Traded(START, "2", "100"))
    refresh(bot)
    sampled(bot, midnight, "110")
    give(bot, "500", midnight - timedelta(minutes=5))
    refresh(bot)
    trade(bot, Traded(midnight - timedelta(minutes=2), "-2", "130"))
    refresh(bot)
    closed(bot, midnight + timedelta(hours=2))
    before = snapshot([bot])
    found, counted = rebuilt(bot)
    assert snapshot([bot]) == before
    assert (found.different, counted.different) == ((), ())


@slowly
@given(st.lists(amounts, min_size=2, max_size=25), st.integers(1, 7))
def test_batches_of_any_size_give_the_same_figures(rows, size):
    whole, split = (make_bot(make_user(next(_emails)), plugin_id="demo") for _ in range(2))
    fills = traded(rows)
    trade(whole, *fills)
    refresh(whole)
    for batch in _batches(fills, size):
        trade(split, *batch)
        refresh(split)
    assert snapshot([whole]) == snapshot([split])


@slowly
@given(st.lists(st.tuples(st.integers(0, 1), amounts), min_size=2, max_size=20), st.data())
def test_a_rebuild_gives_identical_rows_whatever_came_when(rows, data):
    user = make_user(next(_emails))
    stocks = {"asset_type": "stocks", "exchange": "alpaca", "plugin_id": "demo"}
    bots = [make_bot(user, **stocks), make_bot(user)]
    for (place, _), fill in zip(rows, traded([row for _, row in rows], list), strict=True):
        trade(bots[place], fill)
        _perhaps(data, refresh, bots[place])
        hour = fill.at.replace(minute=0) + timedelta(hours=1)
        _perhaps(data, give, bots[place], data.draw(flows), fill.at)
        _perhaps(data, sampled, bots[place], hour, fill.price)
        _perhaps(data, closed, bots[place], hour)
    [refresh(bot) for bot in bots]
    before = snapshot(bots)
    found, counted = rebuilt(bots[0])
    assert snapshot(bots) == before
    assert (found.different, counted.different) == ((), ())


def _batches(fills, size):
    return [fills[start : start + size] for start in range(0, len(fills), size)]


def _perhaps(data, act, *arguments):
    data.draw(st.booleans()) and act(*arguments)
