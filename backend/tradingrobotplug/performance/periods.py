"""Windows: which one a trading day falls into, and how its returns are annualised."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from ..marketdata import calendar


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


def day_after(asset_type: str, day: date) -> date:
    """The trading day that follows."""
    return calendar.trading_day(asset_type, calendar.day_bounds(asset_type, day)[1])


def day_of_sample(asset_type: str, at: datetime) -> date:
    """The trading day that a sample closes: one at midnight still belongs to the day it ends."""
    return calendar.trading_day(asset_type, at - timedelta(microseconds=1))


def traded_until(asset_type: str, at: datetime) -> bool:
    """Whether the market was in regular trading in the moment before `at`."""
    if asset_type == "crypto":
        return True
    session = calendar.session_from(at.astimezone(calendar.NEW_YORK).date())
    return session.opens < at <= session.closes
