"""What the product does not do: answer 200, then enqueue with Retry(max=3), and send without an
order id. Here to prove that the harness sees alerts lost and orders doubled.
"""

import os
import uuid

import redis
import requests
from flask import Flask, request
from rq import Queue, Retry, SimpleWorker
from werkzeug.serving import make_server


def trade(alert_id: str, venue_url: str) -> None:
    """Send the alert's order; an error makes RQ run it again."""
    order = {"id": f"{alert_id}:{uuid.uuid4()}"}
    requests.post(venue_url, json=order, timeout=(1, 2)).raise_for_status()


def main(role: str, port: int, venue_url: str) -> None:
    """The process `naive-worker` or `naive-api`; it does not return."""
    queue = Queue("naive", connection=redis.Redis.from_url(os.environ["REDIS_URL"]))
    if role == "naive-worker":
        SimpleWorker([queue], connection=queue.connection).work(logging_level="CRITICAL")
    app = Flask(__name__)

    @app.get("/health")
    def health() -> str:
        return "well"

    @app.post("/webhook/<bot_id>/<secret>")
    def receive(bot_id: str, secret: str) -> dict[str, object]:
        alert_id = request.get_json(force=True)["orderId"]
        queue.enqueue("tests.faults.naive.trade", alert_id, venue_url, retry=Retry(max=3))
        return {"received": True, "signal_id": alert_id}

    make_server("127.0.0.1", port, app, threaded=True).serve_forever()
