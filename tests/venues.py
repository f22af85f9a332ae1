"""The sandbox over real HTTP on a free loopback port, and what tests tell it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.serving import make_server

from tradingrobotplug.sandbox.app import create_app

KEY, SECRET = "sandbox-key", "sandbox-secret"
HEADERS = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox at `url`."""

    url: str

    def tell(self, what: str, **body: Any) -> None:
        """POST /sandbox/<what>."""
        answer = requests.post(f"{self.url}/sandbox/{what}", json=body, headers=HEADERS, timeout=5)
        answer.raise_for_status()

    def get(self, path: str, **params: Any) -> requests.Response:
        """GET with the credentials."""
        return requests.get(f"{self.url}{path}", params=params, headers=HEADERS, timeout=10)

    def reset(self) -> None:
        """Real time, open market, no faults; pinned prices are let go by whoever pinned them."""
        self.tell("clock", at=None)
        self.tell("hours", hours="always")
        self.tell("faults")

    @property
    def addresses(self) -> dict[str, str]:
        """Settings that lead the real SDKs here."""
        return {
            "alpaca_data_url": self.url,
            "alpaca_trading_url": self.url,
            "coinbase_url": self.url,
            "alpaca_data_key": KEY,
            "alpaca_data_secret": SECRET,
        }


@contextmanager
def running_sandbox() -> Iterator[Sandbox]:
    """Serve the sandbox from a thread of this process."""
    app = create_app({"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Sandbox(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
