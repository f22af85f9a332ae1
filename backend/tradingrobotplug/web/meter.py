"""Answers counted and timed, by method, route and status; never by path, which carries secrets."""

import time
from collections.abc import Iterator
from itertools import chain

from prometheus_client import Counter, Histogram
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.5, 1, 2, 5)


class Meter(Collector):
    """One for an application, used by everything in it that answers."""

    def __init__(self) -> None:
        names = ["method", "route"]
        self._answers = Counter("trp_requests", "Answers sent", [*names, "status"], registry=None)
        self._seconds = Histogram(
            "trp_request_seconds", "Time to answer", names, buckets=_BUCKETS, registry=None
        )

    def count(self, method: str, route: str, status: int, began: float | None) -> None:
        """An answer, and how long it took since `began` (time.perf_counter)."""
        self._answers.labels(method, route, status).inc()
        if began is not None:
            self._seconds.labels(method, route).observe(time.perf_counter() - began)

    def collect(self) -> Iterator[Metric]:
        yield from chain(self._answers.collect(), self._seconds.collect())
