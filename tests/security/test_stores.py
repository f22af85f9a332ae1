"""What the stores beside PostgreSQL hold: Redis holds ids only (O5)."""

import json
import time
import zlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from tests.factories import SECRET, headers_for, make_bot, make_user
from tests.security.operations import BODIES
from tradingrobotplug import queues

ALERT = {"action": "buy", "symbol": "BTC-USD", "quantity": "0.00123", "orderId": "my-order-7"}
READERS = {
    b"string": lambda client, key: client.get(key),
    b"list": lambda client, key: client.lrange(key, 0, -1),
    b"set": lambda client, key: client.smembers(key),
    b"zset": lambda client, key: client.zrange(key, 0, -1),
    b"hash": lambda client, key: client.hgetall(key),
}


def everything(client: "Redis[Any]") -> str:
    """Every key with its value, as text; what RQ packs is unpacked by asking for it as JSON."""
    found = {key: READERS[client.type(key)](client, key) for key in client.scan_iter("*")}
    return str(found)


@pytest.fixture
def used(app: Flask, client: FlaskClient) -> Any:
    """Alerts taken in and refused, people signed in, a page read."""
    user = make_user("reader@example.com")
    bot = make_bot(user)
    headers = headers_for(app, user)
    client.post(f"/webhook/{bot.id}/{SECRET}", json=ALERT)
    client.post(f"/webhook/{bot.id}/not-the-{SECRET}", json=ALERT)
    made = client.post("/api/auth/register", json=BODIES["POST /api/auth/register"]).get_json()
    client.post("/api/auth/login", json=BODIES["POST /api/auth/login"])
    client.post("/api/auth/login", json=BODIES["POST /api/auth/login"] | {"password": "wrong"})
    client.get("/api/dashboard", headers=headers)
    deadline = time.monotonic() + 5
    while not queues.redis().llen("rq:queue:signals") and time.monotonic() < deadline:
        time.sleep(0.01)  # the bell rings from a thread of its own
    return {"bot": bot, "token": headers["Authorization"].split()[1]} | made


def test_o5_redis_holds_ids_only(used: dict[str, Any]) -> None:
    text = everything(queues.redis())
    body = BODIES["POST /api/auth/register"]
    kept = (
        SECRET,
        "BTC-USD",
        "0.00123",
        "my-order-7",
        "example.com",
        body["password"],
        used["token"],
        used["refresh_token"],
    )
    assert str(used["bot"].id) in text
    assert [word for word in kept if word in text] == []


def test_o5_a_job_carries_the_id_of_its_bot_and_nothing_else(used: dict[str, Any]) -> None:
    [job] = queues.redis().lrange("rq:queue:signals", 0, -1)
    kept = queues.redis().hgetall(f"rq:job:{job.decode()}")
    path, _, args, more = json.loads(zlib.decompress(kept[b"data"]))
    assert (path, args, more) == (queues.PROCESS_SIGNALS[1], [str(used["bot"].id)], {})
