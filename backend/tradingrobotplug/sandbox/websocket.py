"""A WebSocket on the connection of a WSGI request, by `websockets`' protocol without I/O.

gunicorn's threads and werkzeug's test server both hand the socket over in the environment; the
thread that serves the request serves the socket until it closes."""

import logging
import select
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

from flask import Response
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

_WORDS = {"HTTP_CONNECTION": "Connection", "HTTP_UPGRADE": "Upgrade", "HTTP_HOST": "Host"}

# websockets would log every connection.
_LOG = logging.getLogger("tradingrobotplug.sandbox.websocket")
_LOG.setLevel(logging.WARNING)
_LONGEST = 10  # seconds that one message may take to be sent
_PATIENCE = 1  # seconds for the other side's goodbye
_TOLD = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class Bell:
    """Wakes the thread that waits at a channel."""

    def __init__(self) -> None:
        self._rings, self.waits = socket.socketpair()
        self._rings.setblocking(False)
        self.waits.setblocking(False)
        self._is_ringing = False

    def ring(self) -> None:
        """From any thread, and as often as one likes."""
        if self._is_ringing:
            return
        self._is_ringing = True
        with suppress(OSError):  # put away
            self._rings.send(b"!")

    def quieten(self) -> None:
        """What has rung so far has been heard."""
        with suppress(BlockingIOError):
            self.waits.recv(4096)
        self._is_ringing = False  # last: a ring before this is heard by the look that follows

    def put_away(self) -> None:
        """It rings no more."""
        self._rings.close()
        self.waits.close()


class Channel:
    """An accepted WebSocket; not `is_open` if the request was no handshake or it has closed."""

    def __init__(self, environ: dict[str, Any]) -> None:
        found = environ.get("gunicorn.socket") or environ["werkzeug.socket"]
        assert isinstance(found, socket.socket)
        self._socket = found
        self.bell = Bell()
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._poll.register(self.bell.waits, select.POLLIN)
        self._protocol = ServerProtocol(logger=_LOG)
        self._parts: list[bytes] = []
        self._messages: list[str] = []
        self._protocol.receive_data(_head(environ))
        (asked,) = self._protocol.events_received()
        answer = self._protocol.accept(asked)  # type: ignore[arg-type]
        self._protocol.send_response(answer)
        self.is_open = answer.status_code == 101
        self._socket.settimeout(_LONGEST)
        self._flush()

    def wait(self, seconds: float | None) -> str | None:
        """The next message; None if the bell rings before it has come whole, or so many seconds
        have passed."""
        if self._messages:
            return self._messages.pop(0)
        milliseconds = None if seconds is None else seconds * 1000
        ready = {number for number, _ in self._poll.poll(milliseconds)}
        if self.bell.waits.fileno() in ready:
            self.bell.quieten()
        if self._socket.fileno() in ready:
            self._receive()
        return self._messages.pop(0) if self._messages else None

    def send(self, messages: Iterable[bytes]) -> None:
        """Binary messages, as Alpaca's trading stream sends them, in one go; none after its end."""
        if not self.is_open:
            return
        for message in messages:
            self._protocol.send_binary(message)
        self._flush()

    def close(self, code: int = 1000) -> None:
        """Say goodbye, wait a little for the answer, and end the connection."""
        if self.is_open:
            self._protocol.send_close(code)
            self._flush()
            self._socket.settimeout(_PATIENCE)
            self._receive()
        self.is_open = False
        # The server would go on to read requests from it.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> None:
        try:
            received = self._socket.recv(65_536)
        except OSError:
            self.is_open = False
            return
        if received:
            self._protocol.receive_data(received)
        else:
            self._protocol.receive_eof()
        self._flush()
        if self._protocol.close_expected() or not received:
            self.is_open = False
        self._collect()

    def _collect(self) -> None:
        for frame in self._protocol.events_received():
            if isinstance(frame, Frame) and frame.opcode in _TOLD:
                self._parts.append(bytes(frame.data))
                if frame.fin:
                    self._messages.append(b"".join(self._parts).decode(errors="replace"))
                    self._parts = []

    def _flush(self) -> None:
        written = b"".join(self._protocol.data_to_send())
        try:
            if written:
                self._socket.sendall(written)
        except OSError:
            self.is_open = False


class Ended(Response):
    """Tells the server that the connection was served and takes no HTTP answer any more."""

    def __call__(self, environ: Any, start_response: Any) -> NoReturn:
        # Each server has its own way to be told so.
        if "gunicorn.socket" in environ:
            raise StopIteration
        raise ConnectionError


def _head(environ: dict[str, Any]) -> bytes:
    """The request's head again: the server has read it from the socket already."""
    lines = [f"GET {environ.get('PATH_INFO', '/')} HTTP/1.1"]
    for name, value in environ.items():
        if name in _WORDS or name.startswith("HTTP_SEC_WEBSOCKET_"):
            word = _WORDS.get(name) or name.removeprefix("HTTP_").replace("_", "-").title()
            lines.append(f"{word}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
