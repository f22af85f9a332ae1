"""A real stream server, and a Redis of its own that may die."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from websockets.sync.client import ClientConnection, connect

from tests.factories import headers_for
from tests.processes.system import until
from tradingrobotplug import queues
from tradingrobotplug.cli import ports
from tradingrobotplug.config import Settings
from tradingrobotplug.embedded import Engine, start_redis
from tradingrobotplug.models import User
from tradingrobotplug.stream import server

HOST = "127.0.0.1"


class Stream:
    """Where it listens, and how to get in."""

    def __init__(self, client: FlaskClient, app: Flask) -> None:
        self.port = ports.free()
        self._client, self._app = client, app

    def ticket(self, user: User, **headers: str) -> str:
        """A fresh ticket of this user, by a session unless the headers say otherwise."""
        answer = self._client.post(
            "/api/stream/tickets", headers=headers or headers_for(self._app, user)
        )
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["ticket"])

    def connect(self, ticket: str, origin: Any = None) -> ClientConnection:
        """A connection with this ticket. InvalidStatus if it is refused."""
        url = f"ws://{HOST}:{self.port}/stream?ticket={ticket}"
        return connect(url, origin=origin, compression=None, close_timeout=1)

    def open(self, user: User) -> ClientConnection:
        """A connection of this user."""
        return self.connect(self.ticket(user))

    def status(self, path: str = "/stream") -> int:
        """What a plain request is answered with."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def connected(self) -> int:
        """How many connections it has."""
        with urllib.request.urlopen(f"http://{HOST}:{self.port}/health", timeout=5) as answer:
            return int(answer.read().split()[1])


def received(connection: ClientConnection) -> dict[str, Any]:
    """The next hint."""
    hint: dict[str, Any] = json.loads(connection.recv(5))
    return hint


@contextmanager
def running(settings: Settings, stream: Stream) -> Iterator[None]:
    stopped = Event()
    serving = server.serve(settings, HOST, stream.port, stopped)
    thread = Thread(target=asyncio.run, args=(serving,))
    thread.start()
    try:
        assert until(lambda: _answers(stream), 10)
        yield
    finally:
        stopped.set()
        thread.join(10)


def _answers(stream: Stream) -> bool:
    try:
        return stream.status() == 401
    except OSError:
        return False


@pytest.fixture
def stream(settings: Settings, app: Flask, client: FlaskClient) -> Iterator[Stream]:
    found = Stream(client, app)
    with running(settings, found):
        yield found


@pytest.fixture
def redis(settings: Settings, app: Flask, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Starts a Redis of this test's own, at one address however often it is started."""
    started: list[Engine] = []

    def start() -> Engine:
        started.append(start_redis(tmp_path))
        return started[-1]

    queues.connect(start().url)
    yield start
    started[-1].stop()
    queues.connect(settings.redis_url)


@pytest.fixture
def own_redis_stream(
    settings: Settings, client: FlaskClient, app: Flask, redis: Callable[[], Engine]
) -> Iterator[Stream]:
    found = Stream(client, app)
    with running(replace(settings, redis_url=str(queues._url)), found):
        yield found
