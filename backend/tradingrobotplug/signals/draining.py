"""From the spool to the inbox, in order, once PostgreSQL answers again."""

import logging

from .. import clock, logs
from ..config import Settings
from . import store
from .arrival import Arrival
from .line import Line
from .spool import Spool, SpoolFailed

_PORTION = 100


def drain(settings: Settings) -> int:
    """Store what the spool holds and empty it; how many alerts. Harmless to repeat: a signal
    keeps the id it had in the spool."""
    spool = Spool(settings.home)
    if spool.is_empty():
        return 0
    with spool.draining() as is_ours:
        if not is_ours:
            return 0
        try:
            with store.connect(settings.database_url) as line:
                return _drain(line, spool, settings.webhooks_per_minute)
        except (store.Trouble, SpoolFailed) as error:
            logs.event("spool.waiting", level=logging.WARNING, error=type(error).__name__)
            return 0


def _drain(line: Line, spool: Spool, per_minute: int) -> int:
    offset = count = 0
    while True:
        arrivals, offset = spool.read(offset, _PORTION)
        if not arrivals and empty(spool, offset):
            logs.event("spool.drained", alerts=count)
            return count
        known = store.already_stored(line, [arrival.id for arrival in arrivals])
        fresh = [arrival for arrival in arrivals if arrival.id not in known]
        if fresh:
            insert(line, spool, fresh, per_minute)
        count += len(fresh)


def insert(line: Line, spool: Spool, arrivals: list[Arrival], per_minute: int) -> None:
    """Store a portion; what PostgreSQL does not take is set aside, one alert at a time."""
    try:
        verdicts = store.commit(line, arrivals, per_minute, clock.now())
    except store.Trouble:
        raise
    except store.BadRow as error:
        if len(arrivals) == 1:
            logs.event("spool.row_refused", level=logging.ERROR, error=type(error).__name__)
            spool.set_aside(arrivals[0])
            return
        for arrival in arrivals:
            insert(line, spool, [arrival], per_minute)
        return
    for arrival, verdict in zip(arrivals, verdicts, strict=True):
        logs.event("spool.stored", signal_id=arrival.id, verdict=verdict.word)


def empty(spool: Spool, offset: int) -> bool:
    """Empty the spool unless more has come in behind `offset`."""
    return spool.clear(offset)
