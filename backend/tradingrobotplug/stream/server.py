"""`trp stream`: WebSocket connections that carry hints to open pages."""

import asyncio
import logging
from contextlib import suppress
from http import HTTPStatus
from threading import Event
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from sqlalchemy.exc import SQLAlchemyError
from websockets.asyncio import server
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .. import clock, db, logs, queues
from ..config import Settings
from . import gate
from .hub import Hub, Member
from .tickets import Holder

# Close codes; those from 4000 on are ours (RFC 6455 section 7.4.2).
TRY_AGAIN_LATER = 1013
NOTHING_IS_READ = 1008
SESSION_ENDED = 4401
TOO_MANY = 4429

LOOK_AGAIN_SECONDS = 25.0  # a session that is over costs its connection within 30
PING_SECONDS = 20.0
_CLOSE_SECONDS = 2.0


async def serve(settings: Settings, host: str, port: int, stopped: Event) -> None:
    """Serve until stopped. OSError if the port is taken."""
    db.connect(settings.database_url, pool_size=settings.db_pool)
    queues.connect(settings.redis_url)
    # Its lines would show addresses with tickets in them, and strangers' broken requests.
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
    stream = _Stream(settings)
    feeding = asyncio.create_task(stream.hub.feed(settings.redis_url))
    async with server.serve(
        stream.serve_one,
        host,
        port,
        process_request=stream.admit,
        compression=None,
        server_header=None,
        open_timeout=10,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        close_timeout=_CLOSE_SECONDS,
        max_size=1024,
        max_queue=1,
    ):
        await asyncio.to_thread(stopped.wait)
        feeding.cancel()


class _Peer:
    """A connection, as the hub sees it."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._leaving: asyncio.Task[None] | None = None

    def drop(self) -> None:
        # A close frame would wait behind what is not being read.
        self._connection.transport.abort()

    def send_away(self) -> None:
        self._leaving = asyncio.create_task(self._connection.close(TRY_AGAIN_LATER))


class _Stream:
    def __init__(self, settings: Settings) -> None:
        self.hub = Hub()
        self._settings = settings
        self._holders: WeakKeyDictionary[ServerConnection, Holder] = WeakKeyDictionary()

    async def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """None where the request may become a connection, else the answer to it."""
        target = urlsplit(request.path)
        if target.path == "/health":
            return connection.respond(HTTPStatus.OK, f"ok, {self.hub.size} connected\n")
        if target.path != "/stream":
            return _answer(connection, HTTPStatus.NOT_FOUND)
        if not self.hub.is_fed:
            return _answer(connection, HTTPStatus.SERVICE_UNAVAILABLE)
        origins = request.headers.get_all("Origin")
        origin = ", ".join(origins) if origins else None
        now = clock.now()
        try:
            self._holders[connection] = await asyncio.to_thread(
                gate.let_in, self._settings, target.query, origin, now
            )
        except gate.Refused as refusal:
            return _answer(connection, refusal.status)
        await self.hub.expect(self._holders[connection])
        return None

    async def serve_one(self, connection: ServerConnection) -> None:
        """One connection from its opening to its end."""
        member = Member(self._holders[connection], _Peer(connection))
        if not await self.hub.join(member):
            await connection.close(TOO_MANY, "Too many connections.")
            return
        logs.event("stream.opened", user_id=member.holder.user_id)
        parts = (
            self._send(connection, member),
            self._watch(connection, member),
            _listen(connection),
        )
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.leave(member)
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                _report(outcome)

    async def _send(self, connection: ServerConnection, member: Member) -> None:
        while True:
            await connection.send(await member.outbox.get())

    async def _watch(self, connection: ServerConnection, member: Member) -> None:
        holds = True
        while holds:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            try:
                holds = await asyncio.to_thread(
                    gate.holds, self._settings, member.holder, clock.now()
                )
            except SQLAlchemyError:
                await connection.close(TRY_AGAIN_LATER)
                return
        await connection.close(SESSION_ENDED, "This session has ended.")


async def _listen(connection: ServerConnection) -> None:
    """Nothing is asked for over the stream; who talks is shown out."""
    with suppress(ConnectionClosed):
        await connection.recv()
        await connection.close(NOTHING_IS_READ, "This stream only sends.")


def _answer(connection: ServerConnection, status: HTTPStatus) -> Response:
    return connection.respond(status, f"{status.phrase}\n")


def _report(outcome: BaseException | None) -> None:
    if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionClosed):
        logging.getLogger("trp").error("stream.failed", exc_info=outcome)
