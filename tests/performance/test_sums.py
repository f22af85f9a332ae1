"""Round trips added up: which sums a range of days is read from, and that they say the same."""

import importlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import db
from tradingrobotplug.performance import periods, sums
from tradingrobotplug.performance.periods import Period
from tradingrobotplug.performance.sums import Span

from .books import Traded, refresh, snapshot, trade

MIGRATION = importlib.import_module(
    "tradingrobotplug.migrations.versions.0011_add_up_round_trips_by_month"
)
DAYS = st.dates(date(2025, 11, 1), date(2026, 3, 31))
EVERY = [date(2025, 10, 1) + timedelta(n) for n in range(240)]


def covered(span: Span) -> list[date]:
    """The days of EVERY whose trips are in the sums of this span."""
    keys = [(day, periods.key(span.period, day)) for day in EVERY]
    first, last = span.first or date.min, span.last or date.max
    return [day for day, key in keys if first <= key <= last]


@given(DAYS, DAYS)
def test_each_day_of_a_range_is_in_one_sum_and_no_other_is(one: date, other: date) -> None:
    first, last = sorted((one, other))
    read = sorted(day for span in sums.spans(first, last) for day in covered(span))
    assert read == [day for day in EVERY if first <= day <= last]


@given(DAYS)
def test_a_range_may_have_no_bound(day: date) -> None:
    since = sorted(d for span in sums.spans(day, None) for d in covered(span))
    until = sorted(d for span in sums.spans(None, day) for d in covered(span))
    assert since == [d for d in EVERY if d >= day]
    assert until == [d for d in EVERY if d <= day]


@given(DAYS, DAYS)
def test_no_more_than_the_days_of_two_months_are_read_one_by_one(one: date, other: date) -> None:
    first, last = sorted((one, other))
    days = [span for span in sums.spans(first, last) if span.period is Period.DAILY]
    assert sum(len(covered(span)) for span in days) <= 61


def test_all_of_a_record_is_one_span() -> None:
    assert sums.spans(None, None) == [Span(Period.ALL_TIME, None, None)]


@pytest.mark.usefixtures("clean")
def test_the_update_adds_up_what_was_there_as_fills_do() -> None:
    bot = make_bot(make_user())
    start = datetime(2026, 1, 28, 10, tzinfo=UTC)
    for number in range(8):
        at = start + timedelta(days=number, minutes=number)
        out = str(97 + number)
        trade(bot, Traded(at, "1", "100"), Traded(at + timedelta(hours=number), "-1", out, "0.1"))
    refresh(bot)
    before = snapshot([bot])["round_trip_sums"]
    assert {row["period"] for row in before} == {period.value for period in sums.PERIODS}
    with db.transaction() as session:
        session.execute(text("DELETE FROM round_trip_sums WHERE period <> 'daily'"))
        for period, start_of in MIGRATION._STARTS.items():
            session.execute(text(MIGRATION._added_up(period, start_of.replace(":", "\\:"))))
    assert snapshot([bot])["round_trip_sums"] == before
