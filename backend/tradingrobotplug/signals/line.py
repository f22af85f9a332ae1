"""A line to PostgreSQL for intake: several prepared statements in one round trip, durable.

libpq's pipeline through psycopg's thin binding. Cursors, adapters and a wait per statement cost
more of the processor than the storing does; here it is one wait per round trip.
"""

import select
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import psycopg
from psycopg import errors, pq

Call = tuple[str, Sequence[str | None]]
Rows = list[tuple[Any, ...]]  # text as PostgreSQL writes it, or None

# Intake reads and writes single rows by their keys; what the planner knows about tables that
# have just been made or have just grown must not lead it to anything else.
_OPTIONS = (
    "synchronous_commit=on",
    "statement_timeout=300",
    # A process that is stopped in mid-batch loses its locks after a second.
    "idle_in_transaction_session_timeout=1000",
    "application_name=trp-intake",
    "TimeZone=UTC",
    "DateStyle=ISO",
    "plan_cache_mode=force_generic_plan",
    "enable_seqscan=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
)


class Line:
    """One connection with its prepared statements. For one thread."""

    def __init__(self, database_url: str, statements: Mapping[str, str]) -> None:
        options = " ".join(f"-c {option}" for option in _OPTIONS)
        self._connection = psycopg.connect(
            database_url, autocommit=True, connect_timeout=2, options=options
        )
        self._line = self._connection.pgconn
        self._socket = select.poll()
        self._socket.register(self._line.socket, select.POLLIN)
        self._line.enter_pipeline_mode()
        for name, statement in statements.items():
            self._line.send_prepare(name.encode(), statement.encode())
        self._answers()

    def send(self, *calls: Call) -> None:
        """Have the statements run with those that are asked for next."""
        for name, values in calls:
            given = [None if value is None else value.encode() for value in values]
            self._line.send_query_prepared(name.encode(), given)

    def ask(self, *calls: Call) -> list[Rows]:
        """Run what was sent and these, in this order; the rows of each.

        psycopg.Error of the first that failed; those behind it were not run.
        """
        self.send(*calls)
        return [_rows(answer) for answer in self._answers()]

    def close(self) -> None:
        """Hang up; what was not committed is gone."""
        self._connection.close()

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answers(self) -> list[pq.abc.PGresult]:
        self._line.pipeline_sync()
        self._flush()
        answers: list[pq.abc.PGresult] = []
        while True:
            answer = self._next()
            if answer is not None and answer.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            if answer is not None:
                answers.append(answer)
            elif self._line.status != pq.ConnStatus.OK:
                raise psycopg.OperationalError("the connection is lost")
        for answer in answers:
            if answer.status == pq.ExecStatus.FATAL_ERROR:
                raise errors.error_from_result(answer)
        return answers

    def _flush(self) -> None:
        """Send all of it; a server that answers before it has read everything is listened to."""
        while self._line.flush():
            self._socket.modify(self._line.socket, select.POLLIN | select.POLLOUT)
            self._socket.poll()
            self._line.consume_input()
        self._socket.modify(self._line.socket, select.POLLIN)

    def _next(self) -> pq.abc.PGresult | None:
        while self._line.is_busy():
            self._socket.poll()
            self._line.consume_input()
        return self._line.get_result()


def _rows(answer: pq.abc.PGresult) -> Rows:
    columns = range(answer.nfields)
    return [
        tuple(_text(answer.get_value(row, column)) for column in columns)
        for row in range(answer.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
