"""Real HTTP servers on loopback that stand for Telegram, Discord, Slack and users' own."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TAKEN = (200, b"ok", {})
Reply = tuple[int, bytes, dict[str, str]]


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    """A running server: what it was sent, and what it answers next instead of yes."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)  # asked for in TLS (SNI)
    dribble: Callable[[Any], None] | None = None  # writes the answer itself

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """As it was started."""
        self.requests.clear()
        self.replies.clear()
        self.names.clear()
        self.dribble = None

    @property
    def last(self) -> Request:
        return self.requests[-1]

    @property
    def texts(self) -> list[str]:
        """What was said, in a chat or to a webhook."""
        return [request.json.get("text") or request.json["content"] for request in self.requests]


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Serve from a thread of this process."""
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who was cut off
    service.port = server.server_port
    if tls is not None:
        tls.sni_callback = lambda _, name, __: service.names.append(name)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.requests.append(Request(self.path, dict(self.headers), body))
            if service.dribble is not None:
                service.dribble(self.wfile)
                return
            status, text, headers = service.replies.pop(0) if service.replies else TAKEN
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            service.requests.append(Request(f"GET {self.path}", dict(self.headers), b""))
            self.send_error(405)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler
