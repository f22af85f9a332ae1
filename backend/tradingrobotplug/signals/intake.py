"""The front door: PostgreSQL if it answers, else the spool; then the bell."""

import os
import threading
import time

from .. import logs
from ..config import Settings
from ..errors import Unavailable
from .arrival import Arrival, Verdict
from .bell import Bell
from .committer import Committer, Unreachable, Unstorable
from .spool import Spool, SpoolFailed


class Intake:
    """What a process needs to take alerts in."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings  # kept alive: `intake` knows them by their identity
        self._committer = Committer(settings.database_url, settings.webhooks_per_minute)
        self._spool = Spool(settings.home)
        self._bell = Bell()

    def accept(self, arrival: Arrival) -> Verdict:
        """Store the alert and ring. Unavailable (503) if it could be stored nowhere."""
        verdict = self._store(arrival)
        if verdict.word == "received":
            self._bell.ring(arrival.bot_id, is_ahead=verdict.has_priority)
        return verdict

    def _store(self, arrival: Arrival) -> Verdict:
        if self._spool.is_empty():
            try:
                return self._committer.store(arrival)
            except Unreachable:
                pass
            except Unstorable as error:
                raise _unavailable() from error
        return self._put_in_spool(arrival)

    def _put_in_spool(self, arrival: Arrival) -> Verdict:
        started = time.monotonic()
        try:
            self._spool.append(arrival)
        except SpoolFailed as error:
            logs.event("spool.failed", level=50, error=error)
            raise _unavailable() from error
        ms = round((time.monotonic() - started) * 1000)
        logs.event("signal.spooled", signal_id=arrival.id, bot_id=arrival.bot_id, ms=ms)
        return Verdict("received", arrival.id)


_intakes: dict[int, Intake] = {}
_making = threading.Lock()


def intake(settings: Settings) -> Intake:
    """This process's intake; made at the first alert, after the server has forked."""
    found = _intakes.get(id(settings))
    if found is None:
        with _making:
            found = _intakes.setdefault(
                id(settings), _intakes.get(id(settings)) or Intake(settings)
            )
    return found


os.register_at_fork(after_in_child=_intakes.clear)


def _unavailable() -> Unavailable:
    return Unavailable("not_stored", "The alert could not be stored. Please send it again.")
