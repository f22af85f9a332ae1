"""From the webhook's arrival to the moment at which the broker has the order.

Everything that `trp up` starts runs, but for WordPress; each bot trades AAPL at an Alpaca paper
account of its own in the sandbox, which takes as long as it is told. When an order got there is
what the sandbox says: its clock is this machine's.
"""

import json
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests
from sqlalchemy import func, select

from tests.factories import SECRET, make_bot, make_user
from tests.trading.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.config import load as load_settings
from tradingrobotplug.models import AccountState, Bot, Order, Signal
from tradingrobotplug.vault import keyring

from .figure import Figure, percentile
from .load import load
from .pipeline import product

PER_SECOND, SECONDS, WARM_UP_SECONDS = 20, 20, 8
STEADY, BURST = 50, 200  # bots
_SETTLE_SECONDS, _FOR_EVER = 60, 10_000_000
_ALERT = {"symbol": "AAPL", "quantity": 1}


@dataclass(frozen=True, slots=True)
class Venue:
    """The sandbox that the product trades at."""

    url: str
    key: str
    secret: str

    def tell(self, what: str, **body: object) -> None:
        """POST /sandbox/<what>."""
        answer = requests.post(
            f"{self.url}/sandbox/{what}", json=body, headers=self._own, timeout=9
        )
        answer.raise_for_status()

    def takes(self, seconds: float) -> None:
        """How long each request of a trading account waits before it is served."""
        self.tell("faults")
        for path in ("/v2/orders", "/v2/account", "/v2/positions") if seconds else ():
            self.tell("faults", kind="hang", path=path, seconds=seconds, count=_FOR_EVER)

    def reached(self, key: str) -> dict[str, datetime]:
        """When each order of this account got there, by our id for it."""
        headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": key}
        asked = {"status": "all", "limit": 500, "direction": "asc"}
        answer = requests.get(f"{self.url}/v2/orders", asked, headers=headers, timeout=20)
        answer.raise_for_status()
        shown = answer.json()
        return {o["client_order_id"]: datetime.fromisoformat(o["submitted_at"]) for o in shown}

    @property
    def _own(self) -> dict[str, str]:
        return {"APCA-API-KEY-ID": self.key, "APCA-API-SECRET-KEY": self.secret}


def run() -> list[Figure]:
    """Twenty alerts a second over fifty bots, with a slow and with a quick broker; then two hundred
    bots that trade for the first time, all in one second."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with product(home) as port:
            noted = json.loads((home / "runtime.json").read_text())
            settings = load_settings(os.environ | noted)
            db.connect(settings.database_url)
            keyring.connect(settings)
            venue = Venue(
                settings.alpaca_paper_url, settings.alpaca_data_key, settings.alpaca_data_secret
            )
            venue.tell("requests", a_minute=_FOR_EVER)
            figures = _measured(venue, port)
            db.dispose()
    return figures


def _measured(venue: Venue, port: int) -> list[Figure]:
    bots = [_bot(venue, f"steady-{number}") for number in range(STEADY)]
    _look_at_all(STEADY)
    _warm_up(port, bots)
    venue.takes(0.05)
    slow = _steady(venue, port, bots)
    venue.takes(0)
    own = _steady(venue, port, bots)
    fresh = [_bot(venue, f"burst-{number}") for number in range(BURST)]
    _look_at_all(STEADY + BURST)
    venue.takes(0.05)
    last, count, refused = _burst(venue, port, fresh)
    wanted, load_average = PER_SECOND * SECONDS, os.getloadavg()[0]
    return [
        Figure("webhook → at a broker of 50 ms, p50", percentile(slow, 0.50), "ms"),
        Figure("webhook → at a broker of 50 ms, p99", percentile(slow, 0.99), "ms", 250),
        Figure("webhook → at a broker of 50 ms, orders", len(slow), "orders", wanted, "over"),
        Figure("webhook → at a broker of 0 ms, p50", percentile(own, 0.50), "ms"),
        Figure("webhook → at a broker of 0 ms, p99", percentile(own, 0.99), "ms", 100),
        Figure("webhook → at a broker of 0 ms, orders", len(own), "orders", wanted, "over"),
        Figure(f"{BURST} bots in one second, the last at its broker", last, "s", 5),
        Figure(f"{BURST} bots in one second, orders", count, "orders", BURST, "over"),
        Figure(f"{BURST} bots in one second, alerts not accepted", refused, "alerts", 1),
        Figure("load average while it was measured", load_average, "processes"),
    ]


def _look_at_all(accounts: int) -> None:
    """Until the reconciler has seen every account for the first time: nobody opens all at once."""
    seen = select(func.count()).where(AccountState.answered_at.is_not(None))
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        with db.transaction() as session:
            if session.scalar(seen) == accounts:
                return
        time.sleep(0.5)
    raise TimeoutError("The reconciler has not seen all accounts.")


def _bot(venue: Venue, key: str) -> Bot:
    """A bot of a user of its own, at an account that these keys open."""
    venue.tell("keys", broker="alpaca", environment="paper", key=key, secret=key, cash="10000000")
    user = make_user(f"{key}@example.com")
    account = keep(user, "alpaca", "paper", BrokerKeys(key, key))
    columns = {"asset_type": "stocks", "exchange": "alpaca", "trading_account_id": account.id}
    return make_bot(user, name=key, **columns)


def _warm_up(port: int, bots: Sequence[Bot]) -> None:
    """Each worker opens the accounts; until all of these orders have filled."""
    _send(port, bots, PER_SECOND, WARM_UP_SECONDS)
    of_these = Order.bot_id.in_([bot.id for bot in bots])  # robots trade beside them
    filled = select(func.count()).where(Order.state == "filled", of_these)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        with db.transaction() as session:
            if (session.scalar(filled) or 0) >= PER_SECOND * WARM_UP_SECONDS:
                return
        time.sleep(0.5)
    raise TimeoutError("The orders of the warm-up have not filled.")


def _steady(venue: Venue, port: int, bots: Sequence[Bot]) -> list[float]:
    """Milliseconds from each alert's arrival until the broker had its order."""
    since = clock.now()
    _send(port, bots, PER_SECOND, SECONDS)
    return [
        (at - received).total_seconds() * 1000
        for received, at in _reached(venue, bots, since, PER_SECOND * SECONDS)
    ]


def _burst(venue: Venue, port: int, bots: Sequence[Bot]) -> tuple[float, int, int]:
    """Seconds from the first alert's arrival until the last order was at its broker; how many of
    them there are, and how many alerts were not accepted."""
    since = clock.now()
    refused = _send(port, bots, len(bots), 1)
    found = _reached(venue, bots, since, len(bots) - refused)
    first = min(received for received, _ in found)
    return (max(at for _, at in found) - first).total_seconds(), len(found), refused


def _send(port: int, bots: Sequence[Bot], rate: int, seconds: float) -> int:
    """How many alerts were not accepted."""
    targets = [f"/webhook/{bot.id}/{SECRET}" for bot in bots]
    plan = {"port": port, "targets": targets, "connections": 32, "alert": _ALERT}
    return int(load(**plan, rate=rate, seconds=seconds)["refused"])


def _reached(
    venue: Venue, bots: Sequence[Bot], since: datetime, wanted: int
) -> list[tuple[datetime, datetime]]:
    """Arrival of the alert and of the order, of every order since then that the broker has."""
    received = _received(bots, since, wanted)
    with ThreadPoolExecutor(4) as pool:
        shown = pool.map(venue.reached, [bot.name for bot in bots])
        there = {name: at for orders in shown for name, at in orders.items()}
    return [(at, there[name]) for name, at in received.items() if name in there]


def _received(bots: Sequence[Bot], since: datetime, wanted: int) -> dict[str, datetime]:
    """When the alert of each order came in, once all orders have been answered."""
    answered = (
        select(Order.client_order_id, Signal.received_at)
        .join(Signal, Signal.id == Order.signal_id)
        .where(Order.bot_id.in_([bot.id for bot in bots]), Signal.received_at >= since)
        .where(Order.state.in_(("accepted", "partially_filled", "filled")))
    )
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        with db.transaction() as session:
            found = dict(session.execute(answered).tuples().all())
        if len(found) >= wanted or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
