"""A shop over the sandbox's Stripe: what customers, banks, time and Stripe itself do."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from flask.testing import FlaskClient
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.billing import changes, checkout, jobs, shop, stripe_api
from tradingrobotplug.billing.checkout import Way
from tradingrobotplug.billing.customers import of_user
from tradingrobotplug.models import PluginAccess, Subscription, User
from tradingrobotplug.plans.entitlements import entitlements
from tradingrobotplug.robots import catalogue

KEY, SECRET = "sk_test_sandbox", "whsec_for_tests_only"
GOOD, BROKE, ASKS = "4242424242424242", "4000000000000341", "4000002760003184"
WAY = Way("http://127.0.0.1:8000/paid", "http://127.0.0.1:8000/left")
ROBOT = "tsla_improved_strategy"


def stripe_at(sandbox: Sandbox) -> dict[str, str]:
    """Settings that lead Stripe's SDK here."""
    return {
        "stripe_secret_key": KEY,
        "stripe_webhook_secret": SECRET,
        "stripe_api_base": f"{sandbox.url}/stripe",
    }


def signed(body: str, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """The headers with which Stripe posts this body."""
    header = WebhookSignature.generate_signature_header(body, secret, at)
    return {"Stripe-Signature": header, "Content-Type": "application/json"}


def pay(url: str, card: str = GOOD) -> str:
    """Type a card into a page of Stripe's; where that leads."""
    form = {"number": card, "name": "T. Rader", "act": "pay"}
    answer = requests.post(url, data=form, allow_redirects=False, timeout=10)
    return answer.headers.get("Location", "")


@dataclass
class Shop:
    """The product, its customers and Stripe, in one place."""

    sandbox: Sandbox
    client: FlaskClient
    told: int = 0  # how many of Stripe's events were delivered

    def now(self) -> datetime:
        """Stripe's time, which is the product's as well."""
        return clock.now()

    def post(self, body: str, headers: dict[str, str] | None = None) -> TestResponse:
        """What Stripe, or somebody else, posts to the webhook."""
        return self.client.post(
            "/webhook/stripe", data=body, headers=signed(body) if headers is None else headers
        )

    def events(self) -> list[dict[str, Any]]:
        """All that Stripe has told, the oldest first."""
        with stripe_api.asking() as stripe:
            found = stripe.v1.events.list({"limit": 100})
            return [json.loads(str(one)) for one in found.auto_paging_iter()][::-1]

    def deliver(self, events: Iterable[dict[str, Any]]) -> None:
        """Post these events, and work them off one by one."""
        for event in events:
            assert self.post(json.dumps(event)).status_code == 200
            jobs.process(event["id"])

    def catch_up(self) -> None:
        """Deliver what is new."""
        events = self.events()
        self.deliver(events[self.told :])
        self.told = len(events)

    def shuffled(self, seed: int, *, repeats: int = 2) -> None:
        """Deliver everything so far again, in a disorder, each so many times."""
        events = self.events() * repeats
        random.Random(seed).shuffle(events)
        self.deliver(events)

    def buy(self, user: User, plan_id: str, card: str = GOOD, code: str | None = None) -> str:
        """Buy a plan on Stripe's page; where the browser ends up."""
        url = checkout.buy_plan(user.id, plan_id, WAY, code, self.now())
        there = pay(url, card)
        self.catch_up()
        return there

    def buy_robot(self, user: User, card: str = GOOD) -> str:
        """Buy the robot on Stripe's page."""
        there = pay(checkout.buy_robot(user.id, ROBOT, WAY, None, self.now()), card)
        self.catch_up()
        return there

    def change(self, user: User, plan_id: str) -> str:
        """Change the plan as shown."""
        return changes.change(user.id, plan_id, None, self.now())

    def advance(self, **span: float) -> None:
        """Let time pass, deliver what happens meanwhile, and do what is due then."""
        self.sandbox.tell("stripe/clock", advance_seconds=int(timedelta(**span).total_seconds()))
        self.catch_up()
        jobs.watch()

    def plan(self, user: User) -> str:
        """The plan in force here."""
        with db.transaction() as session:
            return entitlements(session, user.id).plan_id

    def row(self, user: User) -> Subscription:
        """What is stored of the subscription."""
        with db.transaction() as session:
            found = session.get(Subscription, user.id)
        assert found is not None
        return found

    def access(self, user: User) -> PluginAccess | None:
        """What is stored of the access to the robot."""
        with db.transaction() as session:
            return session.get(PluginAccess, (user.id, ROBOT))

    def customer(self, user: User) -> str:
        """The user's customer at Stripe."""
        with db.transaction() as session:
            found = of_user(session, user.id)
        assert found is not None
        return found.stripe_id

    def at_stripe(self, user: User) -> Any:
        """The subscription that counts, as Stripe has it."""
        with stripe_api.asking() as stripe:
            found = stripe.v1.subscriptions.list({"customer": self.customer(user), "status": "all"})
            ranked = sorted(
                found.data,
                key=lambda s: (s.status in ("active", "trialing", "past_due"), s.created),
            )
            return json.loads(str(ranked[-1]))

    def spoil_card(self, user: User, declines: str) -> None:
        """From now on the customer's card is declined so; empty: it is fine."""
        with stripe_api.asking() as stripe:
            methods = stripe.v1.payment_methods.list({"customer": self.customer(user)})
        for method in methods.data:
            self.sandbox.tell("stripe/cards", payment_method=method.id, declines=declines)


def opened(sandbox: Sandbox, client: FlaskClient) -> Shop:
    """A shop with everything on sale, at an empty Stripe."""
    sandbox.tell("stripe/reset")
    shop.stock(catalogue.robots().values())
    found = Shop(sandbox, client)
    found.told = len(found.events())
    return found


def sandbox_clock(sandbox: Sandbox) -> Callable[[], datetime]:
    """What time it is at the simulated Stripe, to be the product's."""

    def now() -> datetime:
        answer = requests.post(
            f"{sandbox.url}/sandbox/stripe/clock",
            json={"advance_seconds": 0},
            headers={"APCA-API-KEY-ID": "sandbox-key", "APCA-API-SECRET-KEY": "sandbox-secret"},
            timeout=5,
        )
        return datetime.fromtimestamp(answer.json()["now"], UTC)

    return now
