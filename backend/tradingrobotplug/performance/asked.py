"""What trade analysis is asked about: whose round trips, in which mode, over which days."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import Bot, EquitySample, RoundTrip, TripSum
from ..plans import history
from ..plans.history import History
from . import curve, periods, windows


@dataclass(frozen=True, slots=True)
class Asked:
    """Of a user's bots (those of one robot; None: all) or of one bot. `first` is None where all of
    the record is meant; `last` may be the day in progress."""

    user_id: uuid.UUID
    bot: Bot | None
    plugin_id: str | None
    mode: str
    asset_type: str
    first: date | None
    last: date
    is_current: bool  # `last` is the day in progress: nothing is after it
    history: History

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """[start, end) of the days."""
        return periods.instants(self.asset_type, self.first or periods.ALL_TIME_DATE, self.last)

    def of(self, table: type[RoundTrip] | type[TripSum]) -> list[ColumnElement[bool]]:
        """Which rows are meant, whatever their days."""
        if self.bot is not None:
            return [table.bot_id == self.bot.id, table.mode == self.mode]
        owned: list[ColumnElement[bool]] = [table.user_id == self.user_id, table.mode == self.mode]
        return owned if self.plugin_id is None else [*owned, table.plugin_id == self.plugin_id]

    @property
    def samples(self) -> tuple[ColumnElement[bool], ...]:
        """Which equity samples are meant."""
        if self.bot is not None:
            return curve.of_bot(self.bot.id, self.mode)
        return curve.of_user(self.user_id, self.plugin_id or "", self.mode)

    @property
    def latest(self) -> tuple[ColumnElement[bool], ...]:
        """The samples of those days."""
        start, end = self.instants
        return (*self.samples, EquitySample.at >= start, EquitySample.at < end)

    @property
    def head(self) -> dict[str, Any]:
        """What an answer says of itself."""
        return {
            "user_id": str(self.user_id),
            "bot_id": str(self.bot.id) if self.bot else None,
            "plugin_id": self.bot.plugin_id if self.bot else self.plugin_id,
            "mode": self.mode,
            "start_date": self.first,
            "end_date": self.last,
            "history": self.history,
        }


def of_bot(session: Session, bot: Bot, query: Mapping[str, Any], now: datetime) -> Asked:
    """About one bot, in the mode that it trades in where none is named.

    Forbidden `plan_limit_reached` for days before the plan's history; Invalid.
    """
    mode = query["mode"] or bot.trading_mode
    days = _days(session, bot.user_id, bot.asset_type, query, now)
    return Asked(bot.user_id, bot, None, mode, bot.asset_type, *days)


def of_user(session: Session, user_id: uuid.UUID, query: Mapping[str, Any], now: datetime) -> Asked:
    """About a user's bots, on paper where no mode is named; refusals as above."""
    mode, plugin_id = query["mode"] or periods.Mode.PAPER.value, query.get("plugin_id")
    kind = windows.asset_type(session, user_id, plugin_id or "", mode)
    days = _days(session, user_id, kind, query, now)
    return Asked(user_id, None, plugin_id, mode, kind, *days)


def _days(
    session: Session, user_id: uuid.UUID, kind: str, query: Mapping[str, Any], now: datetime
) -> tuple[date | None, date, bool, History]:
    named, today = query["start_date"], periods.day_of(kind, now)
    known = history.of_days(session, user_id, named, now)
    first = named or known.first_date
    last = min(query["end_date"] or today, today)
    if first is not None and first > last:
        raise Invalid("invalid_input", "The range ends before it starts.")
    first = max(first, periods.ALL_TIME_DATE) if first else None
    return first, last, last == today, known
