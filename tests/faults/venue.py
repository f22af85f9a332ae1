"""A venue of its own: a real HTTP server that counts orders, and our adapter for it.

An order id is unique for ever: the same id again returns the first order. Faults happen after the
order was accepted, which is where they cost money.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import requests

from tradingrobotplug.brokers.broker import (
    Execution,
    NoClearAnswer,
    NotReached,
    OrderRequest,
    Outcome,
    Reference,
)

Fault = Literal["hang", "504", "late", "slow"]


@dataclass(slots=True)
class Book:
    """What the venue has seen. `orders` holds each accepted order once, in order."""

    orders: list[str] = field(default_factory=list)
    accepted_at: dict[str, float] = field(default_factory=dict)
    requests: int = 0
    faults: list[Fault] = field(default_factory=list)  # for the next requests, one each
    lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.orders.clear()
            self.accepted_at.clear()
            self.faults.clear()
            self.requests = 0

    def accept(self, order_id: str) -> None:
        """Take the order unless it is known."""
        with self.lock:
            if order_id not in self.accepted_at:
                self.orders.append(order_id)
                self.accepted_at[order_id] = time.time()

    def next_fault(self) -> Fault | None:
        """Count the request; what goes wrong with it."""
        with self.lock:
            self.requests += 1
            return self.faults.pop(0) if self.faults else None


@contextmanager
def running_venue() -> Iterator[tuple[str, Book]]:
    """Serve the venue from threads of this process."""
    book = Book()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fault = book.next_fault()
            if fault == "late":  # accepted when nobody waits any more
                time.sleep(2.5)
            book.accept(body["id"])
            time.sleep({"hang": 2.5, "slow": 1.0}.get(fault or "", 0))
            self._answer(504 if fault == "504" else 200, body["id"])

        def _answer(self, status: int, order_id: str) -> None:
            content = json.dumps({"id": order_id}).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # the caller has gone

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", book
    server.shutdown()


class VenueBroker:
    """The adapter, as one for a real venue would be."""

    id_unique: Literal["forever"] = "forever"

    def __init__(self, url: str) -> None:
        self._url = url

    def submit(self, order: OrderRequest) -> Outcome:
        """Send the order; 2 s at most."""
        try:
            answer = requests.post(self._url, json={"id": order.client_order_id}, timeout=(1, 2))
        except requests.ConnectTimeout as error:
            raise NotReached("connect") from error
        except requests.RequestException as error:
            raise NoClearAnswer(type(error).__name__) from error
        if answer.status_code != 200:
            raise NoClearAnswer(str(answer.status_code))
        at = datetime.now(UTC)
        execution = Execution("1", order.quantity, Decimal(100), Decimal(0), at)
        return Outcome("filled", order.client_order_id, order.client_order_id, (execution,))

    def look_up(self, order: Reference) -> Outcome | None:
        """Nothing asks: the id is unique for ever."""
        raise NoClearAnswer(order.client_order_id)

    def cancel(self, order: Reference) -> Outcome | None:
        """Every order of this venue fills at once."""
        raise NoClearAnswer(order.client_order_id)
