"""RQ's workers as this product runs them: they show that they are alive, and two of the three keep
no record of a job that went well."""

import sys
import time
import traceback
import zlib
from typing import Any

from redis import Redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker, Worker
from rq.exceptions import DequeueTimeout, NoSuchJobError
from rq.job import Job
from rq.timeouts import JobTimeoutException
from rq.worker import BaseWorker

from . import db, logs, queues
from .beats import beat

_HEARD_SECONDS = 1.0  # between two signs of life, however many jobs were done meanwhile


class _Beating(BaseWorker):
    """Shows with its heartbeats that it is alive; what it logs names the job."""

    _beat_at = 0.0

    def perform_job(self, job: Job, queue: Queue) -> bool:
        with logs.about(job_id=job.id):
            return super().perform_job(job, queue)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        if pipeline is None and time.monotonic() - self._beat_at < _HEARD_SECONDS:
            return
        super().heartbeat(timeout, pipeline)
        self._beat_at = time.monotonic()
        name, _, pid = self.name.partition(":")
        beat(name, pid)


class _Errand(Job):
    """A job that leaves Redis as it is taken, read only as far as it takes to run it."""

    _kept: dict[bytes, bytes]

    def refresh(self) -> None:
        """Take it. NoSuchJobError if it is not there."""
        with self.connection.pipeline(transaction=False) as pipe:
            pipe.hgetall(self.key)
            pipe.delete(self.key)
            self._kept, _ = pipe.execute()
        if not self._kept:
            raise NoSuchJobError(self.id)
        self.data = zlib.decompress(self._kept[b"data"])
        self.timeout = int(self._kept[b"timeout"])

    def perform(self) -> Any:
        """Run it."""
        return self.func(*self.args, **self.kwargs)

    def put_back(self) -> None:
        """Keep a record of it after all."""
        self.restore(self._kept)
        self.save()


class _Errands(Queue):
    """Jobs that nobody keeps while they run."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> Any:
        """The queue's key and the id of its first job. DequeueTimeout after these seconds; None at
        once, where there are none to wait."""
        if timeout is None:
            first = connection.lpop(queue_key)
            return None if first is None else (queue_key, first)
        taken = connection.blpop([queue_key], timeout)
        if taken is None:
            raise DequeueTimeout(timeout, queue_key)
        return taken


class _Forgetful(_Beating, SimpleWorker):
    """Runs jobs in its own process, and keeps a record only of those that failed.

    RQ notes each step of every job, which costs several times what such a job does. Nothing here
    reads that: what a worker took along when it died is found in PostgreSQL.
    """

    job_class, queue_class = _Errand, _Errands
    _asked_at = 0.0

    def check_for_suspension(self, burst: bool) -> None:
        if time.monotonic() - self._asked_at >= _HEARD_SECONDS:
            super().check_for_suspension(burst)
            self._asked_at = time.monotonic()

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        if state != self._state:
            super().set_state(state, pipeline)

    def execute_job(self, job: Job, queue: Queue) -> None:
        assert isinstance(job, _Errand)
        with logs.about(job_id=job.id):
            try:
                with self.death_penalty_class(job.timeout, JobTimeoutException, job_id=job.id):
                    job.perform()
            except Exception:
                self._keep_failed(job, queue)

    def _keep_failed(self, job: _Errand, queue: Queue) -> None:
        job.put_back()
        self.prepare_execution(job)
        self.prepare_job_execution(job)
        self.handle_execution_ended(job, queue, job.failure_callback_timeout)
        self.handle_exception(job, *sys.exc_info())
        self.handle_job_failure(job, queue, exc_string=traceback.format_exc())


class SignalWorker(_Forgetful):
    """Notices a dead line within seconds: RQ's own time-outs would leave it deaf for minutes behind
    a half-open connection."""

    @property
    def dequeue_timeout(self) -> int:
        return 2

    @property
    def connection_timeout(self) -> int:
        return 4


class GeneralWorker(_Forgetful):
    """Runs what may take its time: fills bring jobs of a few milliseconds, and a fork for
    each would take the processor from the orders."""

    @property
    def dequeue_timeout(self) -> int:
        return 15


class ExportWorker(_Beating, Worker):
    """Runs each job in a fork: the memory of a large file goes with it, and what ends a job by
    force does not end the worker."""

    @property
    def dequeue_timeout(self) -> int:
        return 15

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        db.dispose(close=False)  # the parent's connections stay the parent's
        super().main_work_horse(job, queue)


Kind = type[SignalWorker] | type[GeneralWorker] | type[ExportWorker]
OF_QUEUE: dict[str, Kind] = {
    queues.SIGNALS: SignalWorker,
    queues.GENERAL: GeneralWorker,
    queues.EXPORTS: ExportWorker,
}
