"""What it costs to check the session: a guarded route against the same work without its guard.

Both are asked in turn, call by call, in one process, through the test client.
"""

import tempfile
import time
from pathlib import Path

from flask import Flask

from tests.factories import headers_for, make_user
from tradingrobotplug import db, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.embedded import start_postgres, start_redis
from tradingrobotplug.web.auth import signed_in

from .figure import Figure, percentile

CALLS, WARM_UP = 2_000, 100
_PATHS = ("/bench/plain", "/bench/guarded")


def run() -> list[Figure]:
    """Milliseconds that the guard adds to a request: the difference of the medians."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        postgres, redis = start_postgres(home), start_redis(home)
        try:
            plain, guarded = _measured(home, postgres.url, redis.url)
        finally:
            db.engine().dispose()
            postgres.stop()
            redis.stop()
    added = percentile(guarded, 0.5) - percentile(plain, 0.5)
    return [
        Figure("request without session check, p50", percentile(plain, 0.5), "ms"),
        Figure("session check, p50", added, "ms", 1),
    ]


def _measured(home: Path, database_url: str, redis_url: str) -> list[list[float]]:
    settings = Settings(
        home=home, mode="embedded", database_url=database_url, redis_url=redis_url,
        jwt_secret="for-the-benchmark-" * 3,
    )  # fmt: skip
    db.Base.metadata.create_all(db.connect(database_url))
    queues.connect(redis_url)
    app = create_app(settings)
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
