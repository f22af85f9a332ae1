"""One thread per process that stores what arrived together in one transaction.

Request threads hand their alert over and wait for the verdict. While a commit is under way the
next batch gathers by itself, so that the batch grows with the load and an idle process waits for
nothing.
"""

import logging
import queue
import threading
import time
from datetime import datetime

from .. import clock, logs
from . import store
from .arrival import Arrival, Verdict
from .line import Line

WAIT_SECONDS = 0.3
_BATCH = 64
_GATHER_SECONDS = 0.005  # under load: a fuller batch costs little more than a small one
_PAUSE_SECONDS = 0.25  # after trouble: nobody waits for a database that has just failed


class Unreachable(Exception):
    """PostgreSQL did not answer in time. The alert may or may not have been stored: storing it
    again under the same id is harmless."""


class Unstorable(Exception):
    """PostgreSQL answers, but does not take this row."""


class _Ticket:
    __slots__ = ("arrival", "done", "given_up", "result")

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self.done = threading.Lock()  # held until there is an answer; cheaper than an Event
        self.done.acquire()
        self.given_up = False
        self.result: Verdict | Exception | None = None

    def answer(self, result: Verdict | Exception) -> None:
        self.result = result
        self.done.release()


class Committer:
    """Stores alerts for every request thread of this process."""

    def __init__(self, database_url: str, per_minute: int) -> None:
        self._url = database_url
        self._per_minute = per_minute
        self._waiting: queue.SimpleQueue[_Ticket] = queue.SimpleQueue()
        self._line: Line | None = None
        self._trouble_until = 0.0
        self._was_busy = False
        threading.Thread(target=self._run, name="committer", daemon=True).start()

    def store(self, arrival: Arrival) -> Verdict:
        """Store the alert and say what became of it. Unreachable after 0.3 s, Unstorable."""
        if time.monotonic() < self._trouble_until:
            raise Unreachable
        ticket = _Ticket(arrival)
        self._waiting.put(ticket)
        if not ticket.done.acquire(timeout=WAIT_SECONDS):
            ticket.given_up = True
            raise Unreachable
        if isinstance(ticket.result, Verdict):
            return ticket.result
        assert ticket.result is not None
        raise ticket.result

    def _run(self) -> None:
        while True:
            batch = [ticket for ticket in self._gather() if not ticket.given_up]
            if not batch:
                continue
            try:
                self._commit(batch)
            except Exception:
                logging.getLogger("trp").exception("intake.failed")
                self._fail(batch, Unreachable())

    def _gather(self) -> list[_Ticket]:
        batch = [self._waiting.get()]
        if self._was_busy:
            time.sleep(_GATHER_SECONDS)
        while len(batch) < _BATCH:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        self._was_busy = len(batch) > 1
        return batch

    def _commit(self, batch: list[_Ticket]) -> None:
        try:
            verdicts = self._stored([ticket.arrival for ticket in batch], clock.now())
        except store.Trouble as error:
            self._fail(batch, Unreachable(), error)
        except store.BadRow as error:
            self._one_by_one(batch, error)
        else:
            for ticket, verdict in zip(batch, verdicts, strict=True):
                ticket.answer(verdict)

    def _stored(self, arrivals: list[Arrival], now: datetime) -> list[Verdict]:
        if self._line is None:
            self._line = store.connect(self._url)
        return store.commit(self._line, arrivals, self._per_minute, now)

    def _one_by_one(self, batch: list[_Ticket], error: Exception) -> None:
        if len(batch) == 1:
            logs.event("intake.row_refused", level=logging.ERROR, error=type(error).__name__)
            batch[0].answer(Unstorable())
            return
        for ticket in batch:
            self._commit([ticket])

    def _fail(
        self, batch: list[_Ticket], result: Exception, error: Exception | None = None
    ) -> None:
        self._trouble_until = time.monotonic() + _PAUSE_SECONDS
        line, self._line = self._line, None
        logs.event("intake.database_unreachable", level=logging.ERROR, error=type(error).__name__)
        for ticket in batch:
            ticket.answer(result)
        if line is not None:
            line.close()
