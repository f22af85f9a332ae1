"""Coinbase Advanced's WebSocket: the channels `user` and `heartbeats`.

One thread per stream. What it says is a hint: it closes, goes silent, repeats itself or leaves
something out when /sandbox/faults says so.
"""

import contextlib
import json
import queue
import time
from typing import Any

from flask import Blueprint, Response, request

from .accounts import CoinbaseKey, coinbase_signer
from .alpaca import market
from .coinbase_answers import channel_order, moment
from .coinbase_book import Book, Listener
from .coinbase_faults import faults
from .coinbase_orders import Order
from .coinbase_resting import advance
from .coinbase_socket import Gone, Socket, Taken

blueprint = Blueprint("coinbase_stream", __name__)

_LOOK_SECONDS = 0.05
_SILENT_AT_FIRST = 5  # seconds within which Coinbase wants a subscription
_BATCH = 50  # orders of a snapshot


@blueprint.get("/coinbase/stream", websocket=True)
def stream() -> Response:
    """The WebSocket; 400 for anything else."""
    with contextlib.suppress(Gone):
        _Session(Socket(request)).run()
    return Taken()


class _Session:
    """One connection and what it has subscribed to."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._opened = time.monotonic()
        self._sequence = 0
        self._beats: int | None = None
        self._book: Book | None = None
        self._products: set[str] = set()
        self._changes: Listener = queue.SimpleQueue()
        self._last: list[dict[str, Any]] = []

    def run(self) -> None:
        """Hear and tell until the peer leaves: Gone."""
        try:
            while True:
                arrived = self._socket.read(_LOOK_SECONDS)
                self._break()
                for text in self._socket.understand(arrived) if arrived else ():
                    self._hear(text)
                self._tell()
        finally:
            if self._book is not None:
                self._book.listeners.remove(self._changes)

    def _hear(self, text: str) -> None:
        try:
            asked = json.loads(text)
            channel, is_on = asked["channel"], asked["type"] == "subscribe"
            products = {str(name) for name in asked.get("product_ids") or []}
        except (ValueError, KeyError, TypeError):
            self._socket.send(json.dumps({"type": "error", "message": "invalid message"}))
            return
        key = coinbase_signer(str(asked.get("jwt", "")), None)
        if channel == "heartbeats":
            self._beats = 0 if is_on else None
        elif channel != "user" or key is None or not key.permissions["can_view"]:
            self._socket.send(json.dumps({"type": "error", "message": "authentication failure"}))
            return
        elif is_on:
            self._subscribe(key, products)
        else:
            self._unsubscribe()
        self._say("subscriptions", [{"subscriptions": self._subscriptions()}])

    def _subscribe(self, key: CoinbaseKey, products: set[str]) -> None:
        self._unsubscribe()
        self._book, self._products = key.book, products
        with key.book.lock:
            advance(key.book, market())
            key.book.listeners.append(self._changes)
            shown = [channel_order(o, key.book) for o in key.book.live() if self._is_meant(o)]
        for start in range(0, max(len(shown), 1), _BATCH):
            self._say("user", [_event("snapshot", shown[start : start + _BATCH])])

    def _unsubscribe(self) -> None:
        if self._book is not None:
            self._book.listeners.remove(self._changes)
            self._book, self._changes = None, queue.SimpleQueue()

    def _break(self) -> None:
        is_subscribed = self._book is not None or self._beats is not None
        if not is_subscribed and time.monotonic() - self._opened > _SILENT_AT_FIRST:
            self._socket.close(1000)
        if is_subscribed and faults().take("stream_silence"):
            while True:
                self._socket.read(_LOOK_SECONDS)
        closing = faults().take("stream_close") if is_subscribed else None
        if closing is not None:
            self._socket.close(closing.status)

    def _tell(self) -> None:
        self._beat()
        if self._book is not None:
            self._tell_orders(self._book)

    def _beat(self) -> None:
        if self._beats is None or time.monotonic() - self._opened < self._beats:
            return
        self._beats = int(time.monotonic() - self._opened) + 1
        at = market().now().strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC")
        self._say("heartbeats", [{"current_time": at, "heartbeat_counter": str(self._beats)}])

    def _tell_orders(self, book: Book) -> None:
        if self._last and faults().take("stream_replay"):
            self._say("user", self._last)
        with book.lock:
            advance(book, market())
            changed = [order for order in self._drained() if self._is_meant(order)]
            told = [channel_order(order, book) for order in changed]
        for one in told:
            events = [_event("update", [one])]
            if faults().take("stream_gap"):
                self._sequence += 1
            else:
                self._say("user", events)
                self._last = events

    def _drained(self) -> list[Order]:
        found = []
        while not self._changes.empty():
            found.append(self._changes.get())
        return found

    def _is_meant(self, order: Order) -> bool:
        is_visible = order.visible_at is None or order.visible_at <= market().now()
        return is_visible and (not self._products or order.ticket.listing.symbol in self._products)

    def _subscriptions(self) -> dict[str, list[str]]:
        user = {"user": [self._book.portfolio]} if self._book is not None else {}
        return user | ({"heartbeats": ["heartbeats"]} if self._beats is not None else {})

    def _say(self, channel: str, events: list[dict[str, Any]]) -> None:
        message = {
            "channel": channel,
            "client_id": "",
            "timestamp": moment(market().now()),
            "sequence_num": self._sequence,
            "events": events,
        }
        self._sequence += 1
        self._socket.send(json.dumps(message))


def _event(kind: str, orders: list[dict[str, Any]]) -> dict[str, Any]:
    none: dict[str, list[str]] = {
        "perpetual_futures_positions": [],
        "expiring_futures_positions": [],
    }
    return {"type": kind, "orders": orders, "positions": none}
