"""Events on their way to webhook endpoints: signed, sent again on failure, or spoiled on demand.

https://docs.stripe.com/webhooks: at least once, in no certain order; whatever is not answered by
2xx is sent again. Here the pauses are seconds, 1, 2, 4 … up to 8 times, so that tests see them.
"""

import hmac
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from .things import Thing

_MOST_ATTEMPTS = 8
_PATIENCE_SECONDS = 10
_KEPT_ATTEMPTS = 2_000


@dataclass(slots=True)
class Delivery:
    """One event for one endpoint, from `due` on (real time)."""

    event: Thing
    endpoint: Thing
    due: float
    attempt: int = 1


@dataclass(slots=True)
class Switches:
    """How deliveries are spoiled: each is sent `duplicates` times, after `delay_seconds` and up to
    `disorder_seconds` more by chance; while `is_held` none is sent."""

    duplicates: int = 1
    delay_seconds: float = 0.0
    disorder_seconds: float = 0.0
    is_held: bool = False


@dataclass(slots=True)
class Outbox:
    """Deliveries that wait, and what became of the others."""

    switches: Switches = field(default_factory=Switches)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)
    _under_way: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    # Disorder that can be repeated, no secret.
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # nosec B311  # see above

    def __len__(self) -> int:
        """How many wait or are under way."""
        with self._changed:
            return len(self._waiting) + self._under_way

    def put(self, event: Thing, endpoints: list[Thing]) -> None:
        """For each endpoint that wants this type."""
        wanting = [e for e in endpoints if _wants(e, event["type"])]
        event["pending_webhooks"] = len(wanting)
        with self._changed:
            for endpoint in wanting * self.switches.duplicates:
                pause = self.switches.delay_seconds
                pause += self._random.random() * self.switches.disorder_seconds
                self._waiting.append(Delivery(event, endpoint, time.time() + pause))
            self._changed.notify_all()

    def forget(self) -> None:
        """Nothing waits any more, and nothing is spoiled."""
        with self._changed:
            self._waiting.clear()
            self.attempts.clear()
            self.switches = Switches()
            self._random.seed(1)

    def take(self, patience: float) -> list[Delivery]:
        """Those that are due, in the order of their times; waits for one for `patience` seconds."""
        with self._changed:
            if not self._due():
                nearest = min((d.due - time.time() for d in self._waiting), default=patience)
                self._changed.wait(min(patience, max(nearest, 0.01)))
            found = sorted(self._due(), key=lambda delivery: delivery.due)
            self._waiting = [d for d in self._waiting if d not in found]
            self._under_way += len(found)
            return found

    def send(self, delivery: Delivery) -> None:
        """Send it, and put it back for later if it was not taken."""
        status = post(delivery.event, delivery.endpoint)
        with self._changed:
            self._under_way -= 1
            self._note(delivery, status)
            if 200 <= status < 300:
                delivery.event["pending_webhooks"] = max(delivery.event["pending_webhooks"] - 1, 0)
            elif delivery.attempt < _MOST_ATTEMPTS and delivery.endpoint["status"] == "enabled":
                delivery.due = time.time() + 2 ** (delivery.attempt - 1)
                delivery.attempt += 1
                self._waiting.append(delivery)

    def _due(self) -> list[Delivery]:
        if self.switches.is_held:
            return []
        now = time.time()
        return [delivery for delivery in self._waiting if delivery.due <= now]

    def _note(self, delivery: Delivery, status: int) -> None:
        told = {"event": delivery.event["id"], "type": delivery.event["type"], "status": status}
        self.attempts.append(told | {"attempt": delivery.attempt, "url": delivery.endpoint["url"]})
        del self.attempts[:-_KEPT_ATTEMPTS]


def post(event: Thing, endpoint: Thing) -> int:
    """The status that the endpoint answers to this event; 0 if it doesn't answer."""
    body = json.dumps(event, indent=2)
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                endpoint["url"],
                data=body.encode(),
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "Stripe-Signature": signature(body, endpoint["_secret"]),
                    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                },
                timeout=_PATIENCE_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
    return answer.status_code


def signature(body: str, secret: str) -> str:
    """https://docs.stripe.com/webhooks#verify-manually, at the real time, not the simulated."""
    moment = int(time.time())
    found = hmac.new(secret.encode(), f"{moment}.{body}".encode(), "sha256").hexdigest()
    return f"t={moment},v1={found}"


def _wants(endpoint: Thing, kind: str) -> bool:
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or kind in wanted)
