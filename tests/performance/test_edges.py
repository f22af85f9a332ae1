"""Histories with an edge, by name. No database: fills are taken in in memory."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tradingrobotplug.performance import periods
from tradingrobotplug.performance.periods import Period

from .ledgers import Record

START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
FRIDAY_HALF_DAY = datetime(2025, 11, 28, 18, tzinfo=UTC)  # the day after Thanksgiving, 13:00


def new_york(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2026 in New York."""
    return datetime(2026, month, day, hour, minute, tzinfo=periods.calendar.NEW_YORK)


def closed(record: Record, period: Period = Period.DAILY) -> list[tuple[str, str]]:
    """(date, closed at) of the windows that are over."""
    return [
        (window.date.isoformat(), window.closed_at.isoformat())
        for window in record.windows(period)
        if window.closed_at
    ]


def test_a_gap_of_months_is_full_of_days_without_return() -> None:
    record = Record()
    record.trip(START, "10")
    record.trip(START + timedelta(days=120), "-10")
    record.up_to(START + timedelta(days=121))
    whole = record.windows(Period.ALL_TIME)[0].totals
    assert (whole.trades, whole.returns) == (2, 121)
    assert len(record.windows(Period.MONTHLY)) == 5
    assert record.figures(Period.MONTHLY, 1)["trade_count"] == 0


def test_a_flow_on_a_trade_day_is_no_return() -> None:
    record = Record(capital="1000")
    record.trip(START, "100")
    record.flow(START + timedelta(hours=1), "8900")
    record.trip(START + timedelta(hours=2), "1000")
    found = record.figures()
    # 1,000 → 1,100 is 10 %; with the deposit 10,000 → 11,000 is 10 % more.
    assert found["total_return_pct"] == pytest.approx(21, rel=1e-12)
    assert (found["total_return"], found["total_pnl"]) == (1100, 1100)
    assert record.book.equity == 11_000
    assert record.journal("flow")[0].flow == 8900


def test_a_withdrawal_is_no_drawdown() -> None:
    record = Record(capital="1000")
    record.trip(START, "100")
    record.flow(START, "-600")
    record.trip(START + timedelta(days=1), "-50")
    assert record.figures()["max_drawdown"] == pytest.approx(-10)
    assert record.figures()["total_return_pct"] == pytest.approx(-1)


def test_capital_before_the_first_fill_is_what_the_bot_begins_with() -> None:
    record = Record(capital="0")
    record.flow(START, "500")
    record.flow(START, "250")
    record.trip(START + timedelta(days=1), "75")
    assert record.journal("start")[0].equity == 750
    assert record.journal("flow") == []
    assert record.figures()["total_return_pct"] == pytest.approx(10)


def test_a_total_loss_stays_one_after_new_capital() -> None:
    record = Record(capital="100")
    record.trip(START, "-100")
    record.flow(START + timedelta(days=1), "1000")
    record.trip(START + timedelta(days=2), "500")
    found = record.figures()
    assert (found["total_return_pct"], found["max_drawdown"]) == (-100, -100)
    assert found["total_pnl"] == 400


def test_fills_out_of_order_count_when_they_become_known() -> None:
    record = Record()
    record.trip(START + timedelta(days=1), "10")
    record.trip(START, "-4")
    record.up_to(START + timedelta(days=2))
    days = [window.totals.trades for window in record.windows(Period.DAILY)]
    assert days == [2, 0]
    assert record.figures()["total_pnl"] == 6


def test_a_half_day_closes_at_one_o_clock_in_new_york() -> None:
    record = Record("stocks")
    record.trip(FRIDAY_HALF_DAY - timedelta(hours=1), "10")
    record.up_to(FRIDAY_HALF_DAY + timedelta(minutes=4))
    assert closed(record) == []
    record.up_to(FRIDAY_HALF_DAY + timedelta(minutes=5))
    assert closed(record) == [("2025-11-28", "2025-11-28T18:00:00+00:00")]
    assert record.windows(Period.DAILY)[-1].date == date(2025, 12, 1)
    assert closed(record, Period.MONTHLY)[0][0] == "2025-11-01"


def test_a_holiday_is_no_trading_day() -> None:
    record = Record("stocks")
    record.trip(new_york(2, 10, month=4), "10")  # Thursday; Good Friday follows
    record.up_to(new_york(6, 9, month=4))
    assert [day for day, _ in closed(record)] == ["2026-04-02"]
    assert record.windows(Period.DAILY)[-1].date == date(2026, 4, 6)


def test_the_closing_auction_belongs_to_its_session_and_what_follows_to_the_next() -> None:
    record = Record("stocks")
    record.trip(new_york(3, 16) + timedelta(seconds=2), "10")
    record.trip(new_york(3, 17), "5")
    record.up_to(new_york(4, 20))
    assert [w.totals.gross_profit for w in record.windows(Period.DAILY)][:2] == [10, 5]


def test_the_days_around_the_change_to_summer_time_close_at_four() -> None:
    record = Record("stocks")
    record.trip(new_york(6, 10), "10")  # Friday before Sunday, 8 March 2026
    record.up_to(new_york(10, 10))
    assert [at for _, at in closed(record)] == [
        "2026-03-06T21:00:00+00:00",
        "2026-03-09T20:00:00+00:00",
    ]


def test_the_hour_of_an_exit_is_that_of_new_york_on_either_side_of_the_change() -> None:
    record = Record("stocks")
    record.trip(datetime(2026, 3, 6, 15, tzinfo=UTC), "10")
    record.trip(datetime(2026, 3, 9, 15, tzinfo=UTC), "10")
    days = [cell for cell in record.taken.trips if cell.period == Period.DAILY]
    assert [(cell.weekday, cell.hour) for cell in days] == [(4, 10), (0, 11)]


def test_the_year_ends_a_month_but_not_its_week() -> None:
    record = Record()
    last = datetime(2025, 12, 31, 23, tzinfo=UTC)  # a Wednesday
    record.trip(last, "10")
    record.trip(last + timedelta(hours=2), "5")
    months = [(w.date, w.totals.trades) for w in record.windows(Period.MONTHLY)]
    assert months == [(date(2025, 12, 1), 1), (date(2026, 1, 1), 1)]
    assert [(w.date, w.totals.trades) for w in record.windows(Period.WEEKLY)] == [
        (date(2025, 12, 29), 2)
    ]


def test_a_week_is_closed_off_with_sunday_and_a_month_on_the_first() -> None:
    record = Record()
    record.trip(START, "10")
    record.up_to(datetime(2026, 4, 1, tzinfo=UTC))
    assert closed(record, Period.WEEKLY)[0] == ("2026-03-02", "2026-03-09T00:00:00+00:00")
    assert closed(record, Period.MONTHLY) == [("2026-03-01", "2026-04-01T00:00:00+00:00")]


def test_hours_are_the_returns_of_a_day_and_days_those_of_the_rest() -> None:
    record = Record()
    record.trip(START, "10")
    record.hour(START + timedelta(hours=1))
    record.trip(START + timedelta(hours=1, minutes=5), "10")
    record.hour(START + timedelta(hours=2))
    assert record.book.ledger is not None
    day = record.book.ledger.windows[Period.DAILY].totals
    assert day.returns == 2
    assert day.return_sum == pytest.approx(Decimal("0.01") + Decimal(10) / 1010)
    assert record.windows(Period.ALL_TIME)[0].totals.returns == 0


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (new_york(3, 12), "2026-03-03"),  # in the session
        (new_york(3, 18), "2026-03-03"),  # in the evening
        (new_york(4, 9, 29), "2026-03-03"),  # before the next one opens
        (new_york(4, 9, 30), "2026-03-04"),
        (new_york(7, 12), "2026-03-06"),  # on Saturday
        (new_york(8, 23), "2026-03-06"),  # on Sunday
    ],
)
def test_the_day_that_is_shown_is_the_last_session_until_the_next_opens(
    now: datetime, shown: str
) -> None:
    assert periods.shown_day("stocks", now).isoformat() == shown


@pytest.mark.parametrize("kind", ["stocks", "crypto"])
def test_the_bounds_of_days_leave_no_gap_and_hold_their_day(kind: str) -> None:
    day, end = date(2025, 11, 20), None
    found = []
    for _ in range(30):
        start, until = periods.bounds(kind, day)
        found.append(
            (end in (None, start), periods.day_of(kind, start), periods.day_of_sample(kind, until))
            == (True, day, day)
        )
        day, end = periods.day_after(kind, day), until
    assert found == [True] * 30
