"""Runs one process of the product for the fault tests: api, worker or sweeper.

python -m tests.faults.launch <role> <venue address> [crash point]
"""

import sys
import time

from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from werkzeug.serving import make_server

from tests.faults import points
from tests.faults.venue import VenueBroker
from tradingrobotplug import config, db, logs, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.marketdata import venue
from tradingrobotplug.signals import jobs
from tradingrobotplug.trading import submit


class Worker(SimpleWorker):
    """Looks up every 2 s, so that a link that went deaf is noticed."""

    death_penalty_class = TimerDeathPenalty

    @property
    def dequeue_timeout(self) -> int:
        return 2


def main(role: str, venue_url: str, point: str = "") -> None:
    settings = config.load()
    logs.configure("WARNING")
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)
    venue.connect(settings)
    submit.broker_for = lambda _: VenueBroker(venue_url)  # type: ignore[assignment]
    if point:
        points.install(point)
    {"api": _api, "worker": _worker, "sweeper": _sweeper}[role](settings)


def _api(settings: config.Settings) -> None:
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


def _worker(_: config.Settings) -> None:
    venue.warm()
    print("ready", flush=True)
    while True:
        try:
            queue = Queue(queues.SIGNALS, connection=queues.redis(), serializer=JSONSerializer)
            connection = queue.connection.__class__.from_url(queues._url, socket_timeout=4)
            queue = Queue(queues.SIGNALS, connection=connection, serializer=JSONSerializer)
            Worker([queue], connection=connection, serializer=JSONSerializer).work(
                logging_level="ERROR"
            )
        except Exception as error:
            print(type(error).__name__, file=sys.stderr)
        time.sleep(0.2)


def _sweeper(_: config.Settings) -> None:
    venue.warm()
    print("ready", flush=True)
    while True:
        started = time.monotonic()
        try:
            jobs.sweep()
        except Exception as error:
            print(type(error).__name__, file=sys.stderr)
        time.sleep(max(0.0, 0.3 - (time.monotonic() - started)))


if __name__ == "__main__":
    main(*sys.argv[1:])
