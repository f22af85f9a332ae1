"""Coinbase's stream of a user's orders, and the heartbeats that tell silence from death."""

import json
from collections.abc import Callable, Mapping

from .stream import Heard, StreamUnusable, told_in


class CoinbaseStream:
    """Implements `stream.OrderStream`. `sign` makes a token for one subscription."""

    beats = True

    def __init__(self, url: str, sign: Callable[[], str]) -> None:
        self.url = url
        self._sign = sign
        self._expected: int | None = None

    def opening(self) -> list[str]:
        """Without products, the user's orders are those of every product."""
        return [self._subscription(channel) for channel in ("heartbeats", "user")]

    def hear(self, message: str | bytes) -> Heard:
        """Whatever is told of orders is a hint. So is a number that is not the next one: messages
        of all channels are counted together, and one of those that are missing was about orders."""
        told = told_in(message)
        if told.get("type") == "error":
            raise StreamUnusable("Coinbase does not open the stream to these keys.")
        return Heard(is_hint=self._has_gap(told) or told.get("channel") == "user")

    def _has_gap(self, told: Mapping[str, object]) -> bool:
        number, expected = told.get("sequence_num"), self._expected
        self._expected = number + 1 if isinstance(number, int) else None
        return expected is not None and number != expected

    def _subscription(self, channel: str) -> str:
        return json.dumps({"type": "subscribe", "channel": channel, "jwt": self._sign()})
