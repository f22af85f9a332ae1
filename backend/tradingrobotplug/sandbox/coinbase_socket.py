"""A WebSocket over the connection that a request came in on, under gunicorn and werkzeug alike."""

import errno
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request, Response
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Gone(Exception):
    """Nobody is listening any more."""


class Taken(Response):
    """What a view returns whose connection is used up: the server is to drop it, silently."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Never answers. BrokenPipeError, as if the peer had left."""
        raise BrokenPipeError(errno.EPIPE, "the connection was a WebSocket")


class Socket:
    """The server's end of an open WebSocket."""

    def __init__(self, request: Request) -> None:
        """Shake hands. Gone if the request asks for something else."""
        self._connection = _connection(request)
        self._protocol = ServerProtocol()
        self._protocol.receive_data(_written(request))
        events = self._protocol.events_received()
        if not events or not isinstance(events[0], Handshake):
            raise Gone
        answer = self._protocol.accept(events[0])
        self._protocol.send_response(answer)
        self._flush()
        if answer.status_code != 101:
            raise Gone

    def read(self, seconds: float) -> bytes:
        """Whatever bytes come in, perhaps none, unanswered. Gone at the end."""
        self._connection.settimeout(seconds)
        try:
            arrived = self._connection.recv(65_536)
        except TimeoutError:
            return b""
        except OSError as error:
            raise Gone from error
        if not arrived:
            raise Gone
        return arrived

    def understand(self, arrived: bytes) -> list[str]:
        """The messages in these bytes. Pings are answered. Gone if the peer closes."""
        self._protocol.receive_data(arrived)
        events = self._protocol.events_received()
        self._flush()
        frames = [event for event in events if isinstance(event, Frame)]
        if any(frame.opcode is Opcode.CLOSE for frame in frames):
            raise Gone
        return [frame.data.decode() for frame in frames if frame.opcode is Opcode.TEXT]

    def send(self, text: str) -> None:
        """One message."""
        self._protocol.send_text(text.encode())
        self._flush()

    def close(self, code: int) -> None:
        """End it with this code. Gone, always."""
        self._protocol.send_close(code)
        self._flush()
        raise Gone

    def _flush(self) -> None:
        self._connection.settimeout(5)
        try:
            for chunk in self._protocol.data_to_send():
                if chunk:
                    self._connection.sendall(chunk)
        except OSError as error:
            raise Gone from error


def _connection(request: Request) -> socket.socket:
    for server in ("gunicorn.socket", "werkzeug.socket"):
        found = request.environ.get(server)
        if isinstance(found, socket.socket):
            return found
    raise Gone


def _written(request: Request) -> bytes:
    """The request as it came in: the server has read it already."""
    lines = [f"GET {request.path} HTTP/1.1", *(f"{k}: {v}" for k, v in request.headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
