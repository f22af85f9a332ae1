"""A shop over the sandbox's Stripe: what customers, banks, time and Stripe itself do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from flask.testing import FlaskClient
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from tests.venues import Sandbox
from tradingrobotplug import db
from tradingrobotplug.billing import changes, checkout, customers, jobs, shop, stripe_api
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
    last: str = ""  # of Stripe's events that were delivered
    ahead: timedelta = timedelta(0)  # Stripe's time, of the real one

    def now(self) -> datetime:
        """Stripe's time, which is to be the product's as well."""
        return datetime.now(UTC) + self.ahead

    def post(self, body: str, headers: dict[str, str] | None = None) -> TestResponse:
        """What Stripe, or somebody else, posts to the webhook."""
        return self.client.post(
            "/webhook/stripe", data=body, headers=signed(body) if headers is None else headers
        )

    def events(self, after: str = "") -> list[dict[str, Any]]:
        """All that Stripe has told (after this event), the oldest first."""
        with stripe_api.asking() as stripe:
            asked: Any = {"limit": 100} | ({"ending_before": after} if after else {})
            found = [json.loads(str(one)) for one in stripe.v1.events.list(asked).data]
        return found[::-1]

    def deliver(self, events: Iterable[dict[str, Any]]) -> None:
        """Post these events, and work them off one by one."""
        for event in events:
            assert self.post(json.dumps(event)).status_code == 200
            jobs.process(event["id"])

    def catch_up(self) -> None:
        """Deliver what is new."""
        while events := self.events(self.last):
            self.deliver(events)
            self.last = events[-1]["id"]

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

    def paid_on(self, url: str) -> None:
        """Somebody pays on this page, if it still takes money."""
        pay(url)
        self.catch_up()

    def pay_nothing(self, user: User, plan_id: str) -> None:
        """A subscription of the user's whose first payment was not made."""
        customer = customers.ensure(user.id, self.now())
        with stripe_api.asking() as stripe:
            [price] = stripe.v1.prices.list({"lookup_keys": [f"trp_plan_{plan_id}"]}).data
            stripe.v1.subscriptions.create(
                {
                    "customer": customer.stripe_id,
                    "items": [{"price": price.id}],
                    "payment_behavior": "default_incomplete",
                }
            )
        self.catch_up()

    def change(self, user: User, plan_id: str) -> str:
        """Change the plan as shown."""
        return changes.change(user.id, plan_id, None, self.now())

    def advance(self, **span: float) -> None:
        """Let time pass, deliver what happens meanwhile, and do what is due then."""
        seconds = int(timedelta(**span).total_seconds())
        self.sandbox.tell("stripe/clock", advance_seconds=seconds)
        self.ahead += timedelta(seconds=seconds)
        self.catch_up()
        jobs.watch()

    def advance_to_status(self, user: User, status: str) -> None:
        """Let days pass until the subscription stands so; 40 at most."""
        for _ in range(40):
            self.advance(days=1)
            if self.row(user).status == status:
                return
        raise AssertionError(f"still {self.row(user).status}")

    def pay_open_invoice(self, user: User) -> None:
        """The customer pays what is open."""
        with stripe_api.asking() as stripe:
            found = stripe.v1.invoices.list({"customer": self.customer(user), "status": "open"})
            for invoice in found.data:
                stripe.v1.invoices.pay(invoice.id)
        self.catch_up()

    def restock(self) -> None:
        """At a Stripe that has forgotten everything."""
        shop.stock(catalogue.robots().values())
        self.last = self.events()[-1]["id"]

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
    found = Shop(sandbox, client)
    found.restock()
    return found
