"""Alpaca's stream of trade updates, of one account. It has no heartbeat of its own."""

import json

from .keys import BrokerKeys
from .stream import Heard, StreamUnusable, told_in

_UPDATES = "trade_updates"
_LISTEN = json.dumps({"action": "listen", "data": {"streams": [_UPDATES]}})


class AlpacaStream:
    """Implements `stream.OrderStream`. `address`: the environment's, as for requests."""

    beats = False

    def __init__(self, keys: BrokerKeys, address: str) -> None:
        self.url = f"ws{address.removeprefix('http')}/stream"
        self._keys = keys

    def opening(self) -> list[str]:
        """The keys; what is listened to follows once they are accepted."""
        shown = {"key_id": self._keys.key, "secret_key": self._keys.secret}
        return [json.dumps({"action": "authenticate", "data": shown})]

    def hear(self, message: str | bytes) -> Heard:
        """Whatever is told of orders is a hint, and so is that the telling begins."""
        told = told_in(message)
        about = told.get("data")
        said = about if isinstance(about, dict) else {}
        if told.get("stream") == _UPDATES:
            return Heard(is_hint=True, of_trade=said.get("event") == "fill")
        if told.get("stream") == "listening":
            return Heard(is_hint=_UPDATES in (said.get("streams") or ()))
        if told.get("stream") != "authorization":
            return Heard(is_hint=False)
        if said.get("status") != "authorized":
            raise StreamUnusable("Alpaca does not open the stream to these keys.")
        return Heard(is_hint=False, reply=_LISTEN)
