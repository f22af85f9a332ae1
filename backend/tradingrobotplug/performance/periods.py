"""Windows: which one a trading day falls into, and how its returns are annualised."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from ..marketdata import calendar

CLOSING_AUCTION = timedelta(
    minutes=5
)  # its fills carry times just after the close, and belong to it
_MOMENT = timedelta(microseconds=1)


class Mode(StrEnum):
    """What is traded with; figures of two modes are never mixed."""

    LIVE = "live"
    PAPER = "paper"
    BACKTEST = "backtest"


class Period(StrEnum):
    """A window of figures, as the API and the plans spell it."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ALL_TIME = "all-time"


ALL_TIME_DATE = date(1970, 1, 1)  # key of the one all-time row


def key(period: Period, day: date) -> date:
    """The first day of the window that a trading day falls into."""
    if period is Period.WEEKLY:
        return day - timedelta(days=day.weekday())
    if period is Period.MONTHLY:
        return day.replace(day=1)
    return day if period is Period.DAILY else ALL_TIME_DATE


def periods_per_year(period: Period, asset_type: str) -> float:
    """Hours a year for a daily window, else days: 252 of 6.5 h (stocks) or 365 of 24 h."""
    days, hours = (365, 24.0) if asset_type == "crypto" else (252, 6.5)
    return days * hours if period is Period.DAILY else float(days)


def day_of(asset_type: str, at: datetime) -> date:
    """The trading day whose figures an instant counts in: a UTC day, or the session that ends next.

    What trades after a session's close counts in the next one, as at the broker.
    """
    if asset_type == "crypto":
        return calendar.trading_day(asset_type, at)
    session = calendar.session_from(at.astimezone(calendar.NEW_YORK).date())
    if at >= session.closes + CLOSING_AUCTION:
        return day_after(asset_type, session.day)
    return session.day


def day_of_sample(asset_type: str, at: datetime) -> date:
    """The trading day that a sample closes: one at midnight still belongs to the day it ends."""
    return day_of(asset_type, at - _MOMENT)


def bounds(asset_type: str, day: date) -> tuple[datetime, datetime]:
    """[start, end) of a trading day, as `day_of` has it; the bounds of all days leave no gap."""
    start, end = calendar.day_bounds(asset_type, day)
    if asset_type == "crypto":
        return start, end
    before = calendar.session_from((start - _MOMENT).astimezone(calendar.NEW_YORK).date())
    closes = calendar.closes_at(asset_type, day)
    return before.closes + CLOSING_AUCTION, closes + CLOSING_AUCTION


def instants(asset_type: str, first: date, last: date) -> tuple[datetime, datetime]:
    """[start, end) of the trading days from `first` to `last`, both included."""
    return _starts(asset_type, first), _starts(asset_type, last + timedelta(days=1))


def _starts(asset_type: str, day: date) -> datetime:
    """When the first trading day that is not before `day` begins."""
    if asset_type == "crypto":
        return bounds(asset_type, day)[0]
    known = calendar.sessions()
    session = calendar.session_from(min(max(day, known[2].day), known[-2].day))
    return bounds(asset_type, session.day)[0]


def day_after(asset_type: str, day: date) -> date:
    """The trading day that follows."""
    return calendar.trading_day(asset_type, calendar.day_bounds(asset_type, day)[1])


def shown_day(asset_type: str, now: datetime) -> date:
    """The day that is meant where none is named: until the next session opens, the one before it.

    So an evening and a weekend show how the last session went. Crypto: the UTC day.
    """
    day = day_of(asset_type, now)
    if asset_type == "crypto" or now >= calendar.session_from(day).opens:
        return day
    return day_of_sample(asset_type, bounds(asset_type, day)[0])


def traded_until(asset_type: str, at: datetime) -> bool:
    """Whether the market was in regular trading in the moment before `at`."""
    if asset_type == "crypto":
        return True
    session = calendar.session_from(at.astimezone(calendar.NEW_YORK).date())
    return session.opens < at <= session.closes
