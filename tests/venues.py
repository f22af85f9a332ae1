"""The sandbox over real HTTP on a free loopback port, and what tests tell it."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import venue
from tradingrobotplug.sandbox.app import create_app
from tradingrobotplug.trading import polling

KEY, SECRET = "sandbox-key", "sandbox-secret"
HEADERS = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox at `url`; its `app` where it runs in this process."""

    url: str
    app: Flask | None = None

    def tell(self, what: str, **body: Any) -> Any:
        """POST /sandbox/<what>; HTTPError if it refuses.

        In this process without a connection: most tests begin with a few of these.
        """
        path = f"/sandbox/{what}"
        if self.app is None:
            answer = requests.post(self.url + path, json=body, headers=HEADERS, timeout=5)
            answer.raise_for_status()
            return answer.json()
        here = self.app.test_client().post(path, json=body, headers=HEADERS, base_url=self.url)
        if here.status_code >= 400:
            raise requests.HTTPError(f"{here.status_code} for {path}: {here.text}")
        return here.get_json()

    def get(self, path: str, **params: Any) -> requests.Response:
        """GET with the credentials."""
        return requests.get(f"{self.url}{path}", params=params, headers=HEADERS, timeout=10)

    def reset(self) -> None:
        """Real time, open market, no faults, the path's own prices, its own keys and no orders."""
        self.tell("keys")
        self.tell("requests")
        self.tell("clock", at=None)
        self.tell("hours", hours="always")
        self.tell("faults")
        self.tell("price")

    @property
    def addresses(self) -> dict[str, str]:
        """Settings that lead the real SDKs here."""
        return {
            "alpaca_data_url": self.url,
            "alpaca_trading_url": self.url,
            "alpaca_paper_url": self.url,
            "alpaca_live_url": f"{self.url}/live",
            "coinbase_url": self.url,
            "coinbase_stream_url": f"ws{self.url.removeprefix('http')}/coinbase/stream",
            "alpaca_data_key": KEY,
            "alpaca_data_secret": SECRET,
        }


@contextmanager
def running_sandbox() -> Iterator[Sandbox]:
    """Serve the sandbox from a thread of this process."""
    app = create_app({"SANDBOX_KEY": KEY, "SANDBOX_SECRET": SECRET})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Sandbox(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the tests of a folder."""
    with running_sandbox() as found:
        yield found


@pytest.fixture
def markets(
    sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """The sandbox in its first state, with this process's market data read from it; orders are
    polled from their first moment on."""
    monkeypatch.setattr(polling, "FIRST", timedelta(0))
    sandbox.reset()
    venue.connect(replace(settings, **sandbox.addresses))
    yield sandbox
    sandbox.reset()
