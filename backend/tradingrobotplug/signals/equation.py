"""Every alert that was stored is somewhere: the day's equation."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..models import Signal
from ..models.signals import END_STATES, OPEN_STATES

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Signals since a moment. `stored`: numbers that were given out, bot by bot without a gap;
    `ended` and `open`: rows in the states that there are."""

    stored: int
    ended: int
    open: int

    @property
    def unaccounted(self) -> int:
        """stored - (done + dead + expired + refused + rate_limited + ignored + discarded + open):
        what was lost, or is in no state that we know."""
        return self.stored - self.ended - self.open


def count(session: Session, since: datetime) -> Count:
    """Of each bot from its first number since then to its last."""
    bounds = (
        select(
            Signal.bot_id,
            func.min(Signal.seq).label("first"),
            func.max(Signal.seq).label("last"),
        )
        .where(Signal.id >= _first_id(since))
        .group_by(Signal.bot_id)
        .subquery()
    )
    row = aliased(Signal)
    per_bot = (
        select(
            (bounds.c.last - bounds.c.first + 1).label("stored"),
            func.count().filter(row.status.in_(END_STATES)).label("ended"),
            func.count().filter(row.status.in_(OPEN_STATES)).label("open"),
        )
        .join(row, row.bot_id == bounds.c.bot_id)
        .where(row.seq.between(bounds.c.first, bounds.c.last))
        .group_by(bounds.c.bot_id, bounds.c.first, bounds.c.last)
        .subquery()
    )
    totals = (func.coalesce(func.sum(c), 0) for c in (per_bot.c.stored, per_bot.c.ended))
    found = session.execute(select(*totals, func.coalesce(func.sum(per_bot.c.open), 0))).one()
    return Count(*(int(number) for number in found))


def _first_id(since: datetime) -> uuid.UUID:
    """The least id that a signal of then can have (RFC 9562: 48 bits of milliseconds lead)."""
    return uuid.UUID(int=int(since.timestamp() * 1000) << 80)
