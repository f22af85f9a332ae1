"""W2: a webhook's secret reaches no log, no file, no table and nothing in Redis.

The real processes take alerts in, refuse some, lose their database and are asked for things that
are not there; then every place that they write to is searched.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.processes.system import System, until

pytestmark = pytest.mark.slow

BUY = {"action": "buy", "symbol": "BTC-USD", "quantity": 0.001}
KEPT_FOR_ITS_OWNER = "demo.json"  # the demo's own notes: its password and its webhook's address


def send(url: str, body: bytes, method: str = "POST", token: str | None = None) -> int:
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def alert(number: int) -> bytes:
    return json.dumps(BUY | {"orderId": str(number)}).encode()


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, dict[str, Any]]]:
    """A system that has seen every kind of request to a webhook."""
    system = System(tmp_path_factory.mktemp("w2") / "home", TRP_LOG_LEVEL="DEBUG").start()
    ready = system.ready()
    url = ready["demo"]["webhook_url"]
    path = url.rpartition("/")[0]
    statuses = [
        send(url, alert(1)),
        send(url, b"{not json"),
        send(url, b"\xff\x00"),
        send(url, alert(1), "PUT"),
        send(f"{url}/more", alert(1)),
        send(f"{path}/wrong{url.rpartition('/')[2]}", alert(2)),
        send(f"{ready['api_url']}/api/bots?webhook={url}", b"", "GET"),
    ]
    system.kill_database()
    statuses += [send(url, alert(number)) for number in range(3, 6)]
    assert until(lambda: "PostgreSQL runs again" in system.errors.read_text(), 30)
    assert until(lambda: (system.home / "spool" / "alerts.jsonl").stat().st_size == 0, 30)
    statuses += [send(url, alert(number)) for number in range(6, 14)]
    time.sleep(1.5)  # Redis writes its file every second
    assert {200, 401, 404, 405, 422, 429} <= set(statuses)
    yield system, ready["demo"]
    system.stop()


@pytest.fixture
def words(used: tuple[System, dict[str, Any]]) -> tuple[bytes, ...]:
    """The secret as it may be written."""
    secret = used[1]["webhook_url"].rpartition("/")[2].encode()
    return secret, secret.hex().encode()


def holds(path: Path, words: tuple[bytes, ...]) -> bool:
    content = path.read_bytes() if path.is_file() else b""
    return any(word in content for word in words)


def test_w2_no_file_holds_the_secret(
    used: tuple[System, dict[str, Any]], words: tuple[bytes, ...]
) -> None:
    system, _ = used
    written = [path for path in system.home.rglob("*") if path.name != KEPT_FOR_ITS_OWNER]
    assert {"api.log", "sweeper.log", "postgres.log"} <= {path.name for path in written}
    assert any(path.suffix == ".aof" for path in written)
    assert [path for path in (*written, system.errors) if holds(path, words)] == []


def test_w2_no_table_holds_the_secret(
    used: tuple[System, dict[str, Any]], words: tuple[bytes, ...]
) -> None:
    system, demo = used
    address = json.loads((system.home / "runtime.json").read_text())["DATABASE_URL"]
    with psycopg.connect(address) as database:
        names = database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        tables = {
            name: database.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            ).fetchall()
            for (name,) in names
        }
    assert demo["bot_id"] in str(tables["webhook_logs"])
    found = [
        name for name, rows in tables.items() if any(word.decode() in str(rows) for word in words)
    ]
    assert found == []
