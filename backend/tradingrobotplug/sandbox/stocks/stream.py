"""The stream of trade updates: authenticate, listen, then every change of the account's orders."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, current_app, request

from ..websocket import Bell, Channel, Ended
from . import passing
from .account import Account
from .door import account_of

blueprint = Blueprint("stream", __name__)

_PAUSE = 0.3  # seconds between two looks at the market, which may have filled what rests


@dataclass(slots=True)
class Streams:
    """What is done to every stream that is open: counted up, so that each notices once."""

    closings: int = 0
    replays: int = 0
    replayed: int = 1
    _bells: set[Bell] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, bell: Bell) -> None:
        """Ring it whenever something is done to all."""
        with self._lock:
            self._bells.add(bell)

    def drop(self, bell: Bell) -> None:
        """Its stream is over."""
        with self._lock:
            self._bells.discard(bell)

    def close(self) -> None:
        """End them all."""
        with self._lock:
            self.closings += 1
            self._ring()

    def replay(self, events: int) -> None:
        """Send the last events again on each."""
        with self._lock:
            self.replayed = events
            self.replays += 1
            self._ring()

    def _ring(self) -> None:
        for bell in self._bells:
            bell.ring()


@blueprint.route("/stream", websocket=True)
def paper() -> Response:
    """The stream of paper accounts."""
    return _serve("paper")


@blueprint.route("/live/stream", websocket=True)
def live() -> Response:
    """The stream of live accounts."""
    return _serve("live")


def _serve(environment: str) -> Response:
    streams = current_app.config["STREAMS"]
    assert isinstance(streams, Streams)
    channel = Channel(request.environ)
    listener = _Listener(environment, channel, streams)
    try:
        while channel.is_open:
            message = channel.wait(listener.patience)
            if message is not None:
                listener.hear(message)
            listener.look()
    finally:
        listener.leave()
    channel.close()
    return Ended()


class _Listener:
    """One client: who it is, and up to which event it has been told."""

    def __init__(self, environment: str, channel: Channel, streams: Streams) -> None:
        self._environment, self._channel, self._streams = environment, channel, streams
        streams.add(channel.bell)  # first, or what is done meanwhile would go unnoticed
        self._closings, self._replays = streams.closings, streams.replays
        self._account: Account | None = None
        self._told: int | None = None
        self._looked_at = 0.0
        self._has_resting = False

    @property
    def patience(self) -> float | None:
        """Seconds until the next look. None while nothing rests: all news will ring the bell."""
        return _PAUSE if self._has_resting else None

    def hear(self, message: str) -> None:
        """Answer what the client asks."""
        try:
            asked = json.loads(message)
            action = asked["action"]
            given = dict(asked.get("data") or asked)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._say("authorization", {"status": "error", "message": "invalid message"})
            return
        if action in ("authenticate", "auth"):
            self._authenticate(action, given)
        elif action == "listen" and self._account is not None:
            self._listen(given.get("streams", []))
        else:
            self._say("authorization", {"status": "unauthorized", "action": action})

    def leave(self) -> None:
        """Be told no more."""
        self._part()
        self._streams.drop(self._channel.bell)
        self._channel.bell.put_away()

    def look(self) -> None:
        """Send what has happened to the account since the last look."""
        if self._closings != self._streams.closings:
            self._channel.close()
            return
        if self._account is None or self._told is None:
            return
        if not self._has_news() and time.monotonic() - self._looked_at < _PAUSE:
            return
        self._looked_at = time.monotonic()
        with self._account.held():
            passing.catch_up(self._account)
            events = self._account.since(self._told)
            self._told = self._account.told
            if self._replays != self._streams.replays:
                self._replays = self._streams.replays
                events += self._account.since(self._told - self._streams.replayed)
            self._has_resting = bool(self._account.working())
        self._channel.send(_message("trade_updates", event) for event in events)

    def _has_news(self) -> bool:
        assert self._account is not None
        return self._told != self._account.told or self._replays != self._streams.replays

    def _authenticate(self, action: str, given: dict[str, Any]) -> None:
        key = str(given.get("key_id") or given.get("key") or "")
        secret = str(given.get("secret_key") or given.get("secret") or "")
        found = account_of(self._environment, key, secret)
        if found is not self._account:
            self._part()
        self._account = found
        word = "unauthorized" if self._account is None else "authorized"
        self._say("authorization", {"status": word, "action": action})

    def _listen(self, streams: list[str]) -> None:
        assert self._account is not None
        wanted = [name for name in streams if name == "trade_updates"]
        with self._account.held():
            self._told = self._account.told if wanted else None
            self._account.bells.add(self._channel.bell)
            self._has_resting = bool(self._account.working())
        self._say("listening", {"streams": wanted})

    def _part(self) -> None:
        """From the account that it listens to."""
        if self._account is not None:
            with self._account.held():
                self._account.bells.discard(self._channel.bell)
        self._account, self._told, self._has_resting = None, None, False

    def _say(self, stream: str, what: dict[str, Any]) -> None:
        self._channel.send([_message(stream, what)])


def _message(stream: str, what: dict[str, Any]) -> bytes:
    return json.dumps({"stream": stream, "data": what}).encode()
