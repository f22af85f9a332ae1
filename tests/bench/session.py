"""What it costs to check the session: a guarded route against the same work without its guard.

Both are asked in turn, call by call, in one process, through the test client.
"""

import time

from flask import Flask

from tests.factories import headers_for, make_user
from tradingrobotplug import queues
from tradingrobotplug.web.auth import signed_in

from .engines import application
from .figure import Figure, percentile

CALLS, WARM_UP = 2_000, 100
_PATHS = ("/bench/plain", "/bench/guarded")


def run() -> list[Figure]:
    """Milliseconds that the guard adds to a request: the difference of the medians."""
    with application() as app:
        plain, guarded = _measured(app)
    added = percentile(guarded, 0.5) - percentile(plain, 0.5)
    return [
        Figure("request without session check, p50", percentile(plain, 0.5), "ms"),
        Figure("session check, p50", added, "ms", 1),
    ]


def _measured(app: Flask) -> list[list[float]]:
    plain, guarded = _PATHS
    app.add_url_rule(plain, "plain", _answer)
    app.add_url_rule(guarded, "guarded", signed_in(_answer))
    return _calls(app)


def _answer() -> dict[str, bool]:
    return {"success": True}


def _calls(app: Flask) -> list[list[float]]:
    client, headers = app.test_client(), headers_for(app, make_user())
    times: list[list[float]] = [[] for _ in _PATHS]
    for number in range(WARM_UP + CALLS):
        if number % 250 == 0:
            queues.redis().flushall()  # the request limit starts anew: it is not what is measured
        for taken, path in zip(times, _PATHS, strict=True):
            started = time.perf_counter()
            answer = client.get(path, headers=headers)
            taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, answer.text
    return [taken[WARM_UP:] for taken in times]
