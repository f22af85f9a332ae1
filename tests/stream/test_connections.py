import os
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.factories import headers_for, make_bot, make_user
from tests.processes.system import until
from tests.stream.conftest import HOST, Stream, received
from tradingrobotplug import clock, db, live, queues
from tradingrobotplug.embedded import Engine
from tradingrobotplug.models import ApiKey, Bot, User, UserSession
from tradingrobotplug.stream import hub, server

from .test_tickets import key

__all__ = ["key"]


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


def tell(bot: Bot) -> None:
    live.publish(live.Hint(bot.user_id, "bot", bot.id, bot.id))


def closing_code(connection: ClientConnection, seconds: float = 10) -> int:
    with pytest.raises(ConnectionClosed):
        connection.recv(seconds)
    return int(connection.protocol.close_code or 0)


def test_a_change_arrives_as_a_hint_without_figures(
    stream: Stream, app: Flask, client: FlaskClient, user: User, bot: Bot
) -> None:
    with stream.open(user) as page:
        headers = headers_for(app, user)
        client.post(f"/api/bots/{bot.id}/status", json={"status": "paused"}, headers=headers)
        hint = received(page)
    at = hint.pop("at")
    assert hint == {"type": "bot", "bot_id": str(bot.id), "id": str(bot.id)}
    assert at.startswith(str(clock.now().date()))


def test_a2_what_happens_to_others_never_arrives(stream: Stream, user: User, bot: Bot) -> None:
    other = make_user("other@example.com")
    others_bot = make_bot(other)
    with stream.open(user) as mine, stream.open(other) as theirs:
        tell(others_bot)
        tell(bot)
        assert received(mine)["bot_id"] == str(bot.id)
        assert received(theirs)["bot_id"] == str(others_bot.id)
        assert stream.connected() == 2


def test_every_page_of_a_user_is_told(stream: Stream, user: User, bot: Bot) -> None:
    with stream.open(user) as one, stream.open(user) as other:
        tell(bot)
        assert received(one) == received(other)


def test_who_comes_back_is_told_again(stream: Stream, user: User, bot: Bot) -> None:
    with stream.open(user) as page:
        tell(bot)
        received(page)
    assert until(lambda: stream.connected() == 0, 5)
    tell(bot)  # to nobody: no more is asked for
    channel = live.channel(user.id)
    assert until(lambda: not queues.redis().pubsub_numsub(channel)[0][1], 5)
    with stream.open(user) as page:
        assert queues.redis().pubsub_numsub(channel)[0][1] == 1
        tell(bot)
        received(page)


def test_the_sixth_connection_of_a_user_is_closed(stream: Stream, user: User) -> None:
    with ExitStack() as pages:
        for _ in range(5):
            pages.enter_context(stream.open(user))
        assert closing_code(stream.open(user)) == server.TOO_MANY
        assert stream.connected() == 5
    assert until(lambda: stream.connected() == 0, 5)
    with stream.open(user):
        assert stream.connected() == 1


def test_who_talks_is_shown_out(stream: Stream, user: User) -> None:
    with stream.open(user) as page:
        page.send("hello")
        assert closing_code(page) == server.NOTHING_IS_READ


def test_a_session_is_looked_at_again_within_half_a_minute() -> None:
    assert server.LOOK_AGAIN_SECONDS + 5 <= 30


def test_a_revoked_session_loses_its_connection_and_no_other(
    stream: Stream, user: User, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LOOK_AGAIN_SECONDS", 0.2)
    other = make_user("other@example.com")
    with stream.open(user) as page, stream.open(other) as others:
        with db.transaction() as session:
            mine = update(UserSession).where(UserSession.user_id == user.id)
            session.execute(mine.values(revoked_at=clock.now()))
        assert closing_code(page) == server.SESSION_ENDED
        with pytest.raises(TimeoutError):
            others.recv(0.5)


def test_a_revoked_api_key_loses_its_connection(
    stream: Stream, user: User, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LOOK_AGAIN_SECONDS", 0.2)
    with stream.connect(stream.ticket(user, **{"X-API-Key": key})) as page:
        with pytest.raises(TimeoutError):
            page.recv(0.5)
        with db.transaction() as session:
            session.execute(update(ApiKey).values(revoked_at=clock.now()))
        assert closing_code(page) == server.SESSION_ENDED


def deaf(stream: Stream, user: User) -> socket.socket:
    """A connection whose other end reads nothing, not even pings."""
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    end.connect((HOST, stream.port))
    lines = (
        f"GET /stream?ticket={stream.ticket(user)} HTTP/1.1",
        f"Host: {HOST}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    )
    end.sendall("\r\n".join([*lines, "", ""]).encode())
    return end


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PING_SECONDS", 0.3)


def test_a_dead_peer_is_closed(quick_pings: None, stream: Stream, user: User) -> None:
    with deaf(stream, user):
        assert until(lambda: stream.connected() == 1, 5)
        assert until(lambda: stream.connected() == 0, 10)


def test_a_slow_reader_is_dropped_and_a_quick_one_goes_on(
    stream: Stream, user: User, bot: Bot
) -> None:
    with deaf(stream, user) as slow, stream.open(user) as quick:
        assert until(lambda: stream.connected() == 2, 5)
        filler = '{"type": "bot", "padding": "' + "x" * 4000 + '"}'
        assert until(lambda: flood(user, filler, quick) and stream.connected() == 1, 20)
        read_to_the_end(slow)
        tell(bot)
        assert received(quick)["bot_id"] == str(bot.id)


def read_to_the_end(end: socket.socket) -> None:
    """Read until the server has ended the connection. TimeoutError if it does not."""
    end.settimeout(3)
    deque(iter(lambda: end.recv(65536), b""), maxlen=0)


def flood(user: User, text: str, reader: ClientConnection) -> bool:
    """Publish a hundred hints; whether the reader got them all."""
    with queues.redis().pipeline(transaction=False) as pipe:
        for _ in range(100):
            pipe.publish(live.channel(user.id), text)
        pipe.execute()
    return [reader.recv(5) for _ in range(100)] == [text] * 100


def test_without_redis_everybody_is_sent_away_until_it_is_back(
    own_redis_stream: Stream, redis: Callable[[], Engine], user: User, bot: Bot, app: Flask,
    client: FlaskClient,
) -> None:  # fmt: skip
    stream = own_redis_stream
    with stream.open(user) as page:
        queues.redis().shutdown(nosave=True)
        assert closing_code(page) == server.TRY_AGAIN_LATER
    refused = client.post("/api/stream/tickets", headers=headers_for(app, user))
    assert (stream.status(), refused.status_code) == (503, 503)
    redis()
    assert until(lambda: stream.status() == 401, 10)
    time.sleep(live._PAUSE_SECONDS)
    with stream.open(user) as page:
        tell(bot)
        assert received(page)["bot_id"] == str(bot.id)


def test_a_frozen_redis_counts_as_away(own_redis_stream: Stream, user: User) -> None:
    pid = queues.redis().info("server")["process_id"]
    with own_redis_stream.open(user) as page:
        os.kill(pid, signal.SIGSTOP)
        try:
            assert closing_code(page, 3 * hub.SILENT_SECONDS) == server.TRY_AGAIN_LATER
        finally:
            os.kill(pid, signal.SIGCONT)
