"""Whether a market trades now. The venue's own clock decides; the calendar stands in for it."""

import threading
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from . import alpaca, venue
from .calendar import NEW_YORK, session_from, trading_day
from .shapes import QuoteUnavailable

SessionKind = Literal["regular", "extended", "closed"]

_KEPT_SECONDS = 5
_EXTENDED_OPEN, _EXTENDED_CLOSE = time(4), time(20)


@dataclass(frozen=True, slots=True)
class _Clock:
    is_open: bool
    next_open: datetime
    asked_at: datetime


_kept: list[_Clock] = []
_asking = threading.Lock()


def is_open(asset_type: str, now: datetime) -> bool:
    """Whether the regular session is on. Crypto always trades."""
    return asset_type == "crypto" or _clock(now).is_open


def next_open(asset_type: str, now: datetime) -> datetime:
    """When the next regular session begins; now for crypto."""
    return now if asset_type == "crypto" else _clock(now).next_open


def session_kind(now: datetime) -> SessionKind:
    """Of the US stock market: regular, extended (4:00–20:00 in New York around it), or closed."""
    if _clock(now).is_open:
        return "regular"
    local = now.astimezone(NEW_YORK)
    is_session = session_from(local.date()).day == local.date()
    if is_session and _EXTENDED_OPEN <= local.time() < _EXTENDED_CLOSE:
        return "extended"
    return "closed"


def _clock(now: datetime) -> _Clock:
    found = _fresh(now)
    if found is None:
        with _asking:
            found = _fresh(now) or _ask(now)
            _kept[:] = [found]
    return found


def _fresh(now: datetime) -> _Clock | None:
    for clock in tuple(_kept):
        if abs((now - clock.asked_at).total_seconds()) <= _KEPT_SECONDS:
            return clock
    return None


def _ask(now: datetime) -> _Clock:
    try:
        is_on, opens, _ = alpaca.clock()
    except QuoteUnavailable:
        session = session_from(trading_day("stocks", now))
        if now >= session.closes:
            session = session_from(session.day + timedelta(days=1))
        is_on = session.opens <= now
        opens = session_from(session.day + timedelta(days=1)).opens if is_on else session.opens
    return _Clock(is_on, opens, now)


venue.on_forget(_kept.clear)
