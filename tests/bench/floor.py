"""The floor that intake is measured against: one plain durable INSERT per request, nothing else.

Flask and gunicorn with the same workers and threads as the product's intake; no secret, no limit,
no sequence, no repeats.
"""

import os
import threading
import uuid
from typing import Any

import psycopg
from flask import Flask, request

app = Flask(__name__)
_local = threading.local()


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    connection: psycopg.Connection[Any] = _local.connection
    return connection


@app.post("/webhook/<bot_id>/<secret>")
def receive(bot_id: str, secret: str) -> dict[str, Any]:
    signal_id = uuid.uuid4()
    _connection().execute(
        "INSERT INTO floor_alerts (id, bot_id, body, received_at) VALUES (%s, %s, %s, now())",
        (signal_id, uuid.UUID(bot_id), request.get_data()),
        prepare=True,
    )
    return {"received": True, "signal_id": str(signal_id)}
